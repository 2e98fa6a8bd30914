// Runs a command in a process group of its own and ends that group when whoever started this goes away, however that happens:
// standard input is a pipe from the starter, and its end is the sign. So no code-server outlives a killed test run.
import { spawn } from 'node:child_process';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

const signalGroup = (signal) => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // ESRCH: all of them have ended, which is what was wanted
  }
};
let ending = false;
const end = () => {
  if (ending) return;
  ending = true;
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), 8000).unref();
};

process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  signalGroup('SIGKILL'); // file watchers linger for seconds after the server has gone
  process.exit(code ?? (signal && ending ? 0 : 1));
});
