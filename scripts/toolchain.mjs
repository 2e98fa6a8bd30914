// Installs what the project needs and finds the Node it brings along. Runs on Node 20 and newer, before anything else is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

// Nobody listens any more, as behind `2>&1 | head`: no reason to die in the middle of a task that has something to clean up.
process.stderr.on('error', () => undefined);

/** Says something to the person at the keyboard. Standard output is for results only. */
export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Runs npm in `folder`; its output goes to standard error.
 * @throws when npm fails, with the command in the message.
 */
export function npm(folder, ...args) {
  const done = spawnSync('npm', [...args, '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) throw new Error(`"npm ${args.join(' ')}" failed in ${folder}`, { cause: done.error });
}

/**
 * Runs `install` unless it already ran for exactly these lock files.
 * The stamp lives inside node_modules, so that removing that folder is a clean start.
 */
export function installOnce(folder, lockFiles, install) {
  const hash = createHash('sha256');
  for (const file of lockFiles) hash.update(readFileSync(path.join(folder, file)));
  const wanted = hash.digest('hex');
  const stamp = path.join(folder, 'node_modules', '.sandbox-foresight-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  install();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Installs the project's own packages from the lock file, when that has not been done yet. */
export function installProject() {
  installOnce(root, ['package-lock.json'], () => {
    say('Installing packages …');
    // No install scripts: nothing this project uses needs one, and none can then surprise a newcomer.
    npm(root, 'ci', '--ignore-scripts');
  });
}

/** The Node.js this project runs its tools with: the one from the lock file, else the present one if it is new enough. */
export function ownNode() {
  const require = createRequire(import.meta.url);
  const packaged = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}/package.json`;
  try {
    const folder = path.dirname(require.resolve(packaged));
    return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    // No packaged Node.js for this platform; the present one may do.
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  throw new Error(
    `Node.js ${process.versions.node} is too old for the tools used here and no packaged one exists for ${process.platform}-${process.arch}. Install Node.js 24.`,
  );
}
