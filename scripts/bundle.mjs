// Builds the extension and packs it as a VSIX.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { dashboardBundle, extensionBundle } from '../esbuild.js';
import { installedReadme } from './installed-readme.mts';
import { thirdPartyNotices } from './notices.mjs';
import { root } from './toolchain.mjs';

const dist = path.join(root, 'dist');
/** The page of the installed extension, relative to the root. */
const readme = 'dist/readme.md';
const maxVsixBytes = 1024 * 1024;

/**
 * Bundles src/extension.ts into dist/extension.js, src/history/worker.ts into dist/history-worker.js and media/dashboard into dist/dashboard.js and
 * dist/dashboard.css, with dist/meta.json (what is in them) and dist/third-party-notices.txt beside them.
 * @returns the bundle's path
 * @throws when esbuild finds an error, which it has printed
 */
export async function buildExtension({ dev = false } = {}) {
  mkdirSync(dist, { recursive: true });
  const bundle = path.join(dist, 'extension.js');
  for (const name of ['extension', 'history-worker']) rmSync(path.join(dist, `${name}.js.map`), { force: true });
  const built = await Promise.all([build(extensionBundle({ dev })), build(dashboardBundle({ dev }))]);
  const metafile = {
    inputs: Object.assign({}, ...built.map((each) => each.metafile.inputs)),
    outputs: Object.assign({}, ...built.map((each) => each.metafile.outputs)),
  };
  writeFileSync(path.join(dist, 'meta.json'), JSON.stringify(metafile));
  writeFileSync(path.join(dist, 'third-party-notices.txt'), thirdPartyNotices(Object.keys(metafile.inputs)));
  return bundle;
}

/**
 * Builds, and packs what .vscodeignore lets through.
 * @returns the path of the VSIX
 * @throws when vsce fails or the file is larger than 1 MB
 */
export async function packageExtension() {
  await buildExtension();
  const vsix = path.join(dist, 'sandbox-foresight.vsix');
  rmSync(vsix, { force: true });
  writeFileSync(path.join(root, readme), installedReadme(readFileSync(path.join(root, 'README.md'), 'utf8')));
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  // One bundle, so no node_modules. A relative link would be refused: there is no public address to put before it.
  const options = ['--no-dependencies', '--allow-missing-repository', '--readme-path', readme];
  const args = [vsce, 'package', ...options, '-o', vsix];
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error('vsce could not pack the extension', { cause: done.error });
  const { size } = statSync(vsix);
  if (size > maxVsixBytes)
    throw new Error(`The VSIX has ${size} bytes, more than ${maxVsixBytes}; dist/meta.json tells what is in it.`);
  return vsix;
}
