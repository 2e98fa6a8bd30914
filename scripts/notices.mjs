// The licences of the packages that end up in the bundle, which most of them ask to be passed on.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

/**
 * @param {readonly string[]} inputs the bundle's source files, relative to the repository
 * @returns one text with name, version and licence of every package among them
 * @throws when a package has no licence text
 */
export function thirdPartyNotices(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll('\\', '/'));
    if (found) folders.add(found[1]);
  }
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined || !existsSync(path.join(root, folder, file)))
      throw new Error(`${folder} has no licence file`);
    const text = readFileSync(path.join(root, folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return ['Sandbox Foresight contains parts of these packages.\n', ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}
