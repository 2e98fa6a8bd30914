import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { installedReadme } from '../../../scripts/installed-readme.mts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = installedReadme(read('README.md'));

describe('the page of the installed extension', () => {
  it('shows no picture, which the editor would not load', () => {
    expect(read('README.md')).toContain('![');
    expect(page).not.toMatch(/!\[|<img|<picture|<video/);
  });

  it('links to nothing that the editor would not open', () => {
    expect(read('README.md')).toContain('](docs/');
    const links = [...page.matchAll(/\]\(([^)]*)\)|href="([^"]*)"/g)].map(([, link, href]) => link ?? href);
    for (const link of links) expect(link).toMatch(/^https:\/\//);
    // A pointer goes as a whole.
    expect(page).not.toMatch(/More:|docs\/|\n{3}/);
  });

  it('speaks of no script of the repository', () => {
    expect(page).not.toMatch(/npm (run|test)/);
  });

  it('has all the rest: how to connect, what it does and cannot do, settings and commands', () => {
    const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      'What you see',
      'Connect',
      'What it does to your sandbox',
      'What is remembered',
      'What it cannot do',
      'Settings',
      'Commands',
    ]);
    for (const { title } of manifest.contributes.commands) expect(page).toContain(`| *${title}* |`);
    for (const name of Object.keys(manifest.contributes.configuration[0]?.properties ?? {})) {
      expect(page).toContain(`| \`${name}\` |`);
    }
  });

  it('is not made when a section to leave out has another name', () => {
    expect(() => installedReadme('# A\n\n## Try this\n')).toThrow(/"Try it"/);
  });

  it('takes the place of README.md in the package, and no picture of it is packed', () => {
    expect(read('.vscodeignore')).not.toMatch(/README|docs\//);
    expect(read('scripts/bundle.mjs')).toContain('--readme-path');
  });
});
