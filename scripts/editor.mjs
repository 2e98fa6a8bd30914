// Brings the two things the workbench tests need and a fresh machine lacks: code-server, and Chromium to show it in.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { writeArgon2, writeStandIns } from './code-server-stand-ins.mjs';
import { installOnce, npm, root, say } from './toolchain.mjs';

const editorFolder = path.join(root, 'test', 'editor');
/** What the recipe below depends on besides the lock file; a change installs again. */
const recipe = ['../../scripts/editor.mjs', '../../scripts/code-server-stand-ins.mjs'];

/**
 * Installs code-server from npm, without install scripts and without a compiler. Does nothing when that has been done.
 * `oldest` installs the oldest supported version (with the Node.js it wants) in place of the newest.
 * @throws when npm fails
 */
export function installEditor({ oldest = false } = {}) {
  const folder = oldest ? path.join(editorFolder, 'oldest') : editorFolder;
  const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  // An `npm install` by hand prunes the nested folders and leaves the stamp: a missing one asks for a new start.
  const nested = [path.join(vscode, 'node_modules'), path.join(vscode, 'extensions', 'node_modules')];
  if (nested.some((modules) => !existsSync(modules))) {
    rmSync(path.join(folder, 'node_modules', '.sandbox-foresight-installed'), { force: true });
  }
  const locks = ['package.json', 'package-lock.json', ...recipe.map((file) => (oldest ? path.join('..', file) : file))];
  installOnce(folder, locks, () => {
    say(`Installing ${oldest ? 'the oldest supported' : 'a'} VS Code server for the tests (about half a minute) …`);
    npm(folder, 'ci', '--ignore-scripts');
    if (oldest) completeOldest(folder, vscode);
    else completeNewest(vscode);
    if (!existsSync(path.join(vscode, 'out', 'server-main.js')))
      throw new Error(`code-server is not complete in ${folder}`);
  });
}

/** The server's own packages come from the shrinkwrap files inside code-server. */
function completeNewest(vscode) {
  // The shrinkwrap lacks one peer package (tslib), which the strict check of `npm ci` would refuse.
  npm(vscode, 'ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps');
  npm(path.join(vscode, 'extensions'), 'ci', '--omit=dev', '--ignore-scripts');
  writeStandIns(path.join(vscode, 'node_modules'));
}

/**
 * The shrinkwrap of the old version names a package by its git address and packages that download or compile in their install
 * scripts. The lock file of test/editor/oldest lists them all, with newer ones (prebuilt) in the place of those.
 */
function completeOldest(folder, vscode) {
  const modules = path.join(folder, 'node_modules');
  for (const link of [path.join(vscode, 'node_modules'), path.join(vscode, 'extensions', 'node_modules')]) {
    rmSync(link, { force: true, recursive: true });
    symlinkSync(path.relative(path.dirname(link), modules), link, process.platform === 'win32' ? 'junction' : 'dir');
  }
  writeStandIns(modules);
  writeArgon2(modules);
}

const debianPackages = ['chromium', 'fonts-liberation'];

/**
 * Finds Chromium or a browser made of it; on Debian, as root, installs it.
 * @returns its path, or undefined after the one command that gets it was printed
 * @throws when $CHROMIUM names something that does not run
 */
export function installChromium() {
  const wanted = process.env.CHROMIUM;
  if (wanted) {
    if (runs(wanted)) return wanted;
    throw new Error(`$CHROMIUM is "${wanted}", which does not run.`);
  }
  const present = findChromium();
  if (present) return present;
  if (isDebian() && process.getuid?.() === 0) {
    say('Installing Chromium from Debian …');
    apt('update');
    apt('install', '--yes', '--no-install-recommends', ...debianPackages);
    const installed = findChromium();
    if (installed) return installed;
  }
  say(`The workbench tests need Chromium. Run: ${chromiumCommand()}`);
  return undefined;
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  candidates.push(
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    path.join(process.env.ProgramFiles ?? 'C:\\Program Files', 'Google', 'Chrome', 'Application', 'chrome.exe'),
    path.join(
      process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)',
      'Microsoft',
      'Edge',
      'Application',
      'msedge.exe',
    ),
  );
  return candidates.find((file) => existsSync(file) && runs(file));
}

/** Ubuntu's /usr/bin/chromium-browser, for one, is a script that only names a snap. */
function runs(file) {
  if (process.platform === 'win32') return existsSync(file);
  const done = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return done.status === 0 && /\d+\.\d+/.test(done.stdout);
}

function isDebian() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID=debian$/m.test(readFileSync(file, 'utf8'));
}

function apt(...args) {
  const done = spawnSync('apt-get', args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  // The caller looks whether Chromium is there, which is what counts: `update` may fail for one source of several.
  if (done.status !== 0) say(`"apt-get ${args.join(' ')}" failed.`);
}

function chromiumCommand() {
  if (process.platform === 'darwin') return 'brew install --cask chromium';
  if (process.platform === 'win32') return 'winget install Google.Chrome';
  if (isDebian()) {
    const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
    return `${sudo}apt-get update && ${sudo}apt-get install --yes ${debianPackages.join(' ')}`;
  }
  return 'CHROMIUM=/path/to/chromium npm test   (install Chromium with your system’s package manager first)';
}
