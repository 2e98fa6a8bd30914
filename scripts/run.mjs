// Entry of every npm script: installs what is missing, then runs scripts/tasks/<task>.mjs under the project's own Node.js.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
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
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
