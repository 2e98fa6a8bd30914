import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const folder = path.join('media', 'dashboard', 'wall-test');
const texts = {
  'editor.ts': "import { x } from '../../../src/editor/start.ts';\nexport const y = x;\n",
  'app.ts': "import { x } from '../../../src/app/supervisor.ts';\nexport const y = x;\n",
  'node.ts': "import { x } from 'node:fs';\nexport const y = x;\n",
  'network.ts': "export const answer = fetch('/');\n",
  'model.ts': "import { signalNames } from '../../../src/model/signal.ts';\nexport const y = signalNames;\n",
} as const;
const broken = new Map<string, readonly string[]>();

const clean = (): void => rmSync(path.join(root, folder), { recursive: true, force: true });

beforeAll(() => {
  mkdirSync(path.join(root, folder), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(root, folder, name), text);
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', folder];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(done.stdout);
  for (const { category, location } of report.diagnostics) {
    const name = path.basename(location.path);
    broken.set(name, [...(broken.get(name) ?? []), category]);
  }
  // A process that starts, on a machine that does much else.
}, 60_000);
afterAll(clean);

describe('the wall around the page', () => {
  it.each(['editor.ts', 'app.ts', 'node.ts'])('%s can not be imported', (name) =>
    expect(broken.get(name)).toContain('lint/style/noRestrictedImports'),
  );
  it('has no way to the network', () => {
    expect(broken.get('network.ts')).toContain('lint/style/noRestrictedGlobals');
  });
  it('lets the model through', () => expect(broken.get('model.ts') ?? []).toEqual([]));
});
