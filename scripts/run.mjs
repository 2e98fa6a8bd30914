// Entry of every npm script: installs what is missing, then runs scripts/tasks/<task>.mjs under the project's own Node.js.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installProject, ownNode, root, say } from './toolchain.mjs';

const [task = '', ...args] = process.argv.slice(2);
const script = path.join(root, 'scripts', 'tasks', `${task}.mjs`);
if (!/^[a-z-]+$/.test(task) || !existsSync(script)) {
  say(`There is no task "${task}".`);
  process.exit(2);
}
try {
  installProject();
  const node = ownNode();
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  // The task decides what a signal means: a recording, for one, is still written then.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm starts a shell, which starts this. Where npm is killed (`timeout npm test`), the shell dies and tells nobody: the task would go on alone.
  const shell = process.ppid;
  const orphaned = () => process.ppid !== shell && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event !== undefined) setInterval(orphaned, 500).unref();
  child.on('error', (error) => {
    say(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
