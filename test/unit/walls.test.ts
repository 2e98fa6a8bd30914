import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');
const importsRule = 'lint/style/noRestrictedImports';
const globalsRule = 'lint/style/noRestrictedGlobals';

const importing = (from: string): string => `import { x } from '${from}';\nexport const y = x;\n`;
const forbidden: [room: string, from: string][] = [
  ['model', '../../forecast/forecaster.ts'],
  ['forecast', '../../app/supervisor.ts'],
  ['forecast', 'node:fs'],
  ['diagnosis', '../../monitor/ends.ts'],
  ['monitor', '../../app/supervisor.ts'],
  ['monitor', 'undici'],
  ['app', '../../providers/registry.ts'],
  ['app', '../../net/http.ts'],
  ['app', 'vscode'],
  ['net', '../../providers/registry.ts'],
  ['providers', '../../app/supervisor.ts'],
  ['providers', 'vscode'],
  ['history', '../../app/supervisor.ts'],
  ['editor', '../../net/http.ts'],
  ['editor', '../../providers/registry.ts'],
  ['editor', '../../forecast/forecaster.ts'],
];
const allowed: [room: string, from: string][] = [
  ['monitor', '../../forecast/forecaster.ts'],
  ['app', '../../monitor/sandbox-monitor.ts'],
  ['providers', '../../net/http.ts'],
  ['editor', 'vscode'],
];
const timeless = ['model', 'forecast', 'diagnosis', 'monitor', 'app'];

/** Files that climb or respect a wall, by the room they pretend to stand in; linted together in one run. */
const climbers = new Map<string, string>();
const broken = new Map<string, string[]>();
const climber = (room: string, text: string): string => {
  const file = path.join('src', room, 'wall-test', `${climbers.size}.ts`);
  climbers.set(file, text);
  return file;
};
const forbiddenFiles = forbidden.map(([room, from]) => climber(room, importing(from)));
const allowedFiles = allowed.map(([room, from]) => climber(room, importing(from)));
const timelessFiles = timeless.map((room) => climber(room, 'export const timer = setTimeout(() => 1, 5);\n'));

const clean = (): void => {
  for (const file of climbers.keys()) rmSync(path.join(root, path.dirname(file)), { recursive: true, force: true });
};

beforeAll(() => {
  for (const [file, text] of climbers) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', ...climbers.keys()];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(done.stdout);
  for (const { category, location } of report.diagnostics) {
    broken.set(location.path, [...(broken.get(location.path) ?? []), category]);
  }
}, 60_000);
afterAll(clean);

describe('the walls between the rooms', () => {
  it.each(forbidden.map(([room, from], i) => [room, from, forbiddenFiles[i] ?? '']))(
    '%s may not import %s',
    (...of) => {
      expect(broken.get(of[2])).toContain(importsRule);
    },
  );
  it.each(allowed.map(([room, from], i) => [room, from, allowedFiles[i] ?? '']))('%s may import %s', (...of) => {
    expect(broken.get(of[2]) ?? []).not.toContain(importsRule);
  });
  it.each(timeless.map((room, i) => [room, timelessFiles[i] ?? '']))('%s has no timers of its own', (...of) => {
    expect(broken.get(of[1])).toContain(globalsRule);
  });
});

describe('extension.ts', () => {
  it('only wires: under 100 lines', () => {
    expect(readFileSync(path.join(root, 'src', 'extension.ts'), 'utf8').split('\n').length).toBeLessThan(100);
  });
});
