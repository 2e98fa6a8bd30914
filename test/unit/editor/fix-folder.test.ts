import { beforeEach, expect, it, vi } from 'vitest';
import { withFolder } from '../../../src/editor/error-fixes/fix-folder.ts';
import { aRankedFix } from '../../helpers/a-ranked-fix.ts';

interface Row {
  readonly label: string;
  readonly description: string;
}
const editor = vi.hoisted(() => ({
  folders: undefined as unknown[] | undefined,
  asked: [] as (readonly Row[])[],
  picks: null as string | null,
}));

vi.mock('vscode', () => ({
  workspace: {
    get workspaceFolders() {
      return editor.folders;
    },
  },
  window: {
    showQuickPick: async (rows: readonly Row[]) => {
      editor.asked.push(rows);
      return rows.find(({ label }) => label === editor.picks);
    },
  },
}));

const folder = (name: string, scheme = 'file') => ({ name, uri: { scheme, path: `/srv/${name}` } });
const [docs, api] = [folder('docs'), folder('api', 'vscode-remote')];

const again = { argv: ['sh', '-c', 'npm install'], text: 'npm install' };
const argv = ['sh', '-c', 'rm -rf node_modules && npm ci'];
const fix = aRankedFix({
  where: 'here',
  risk: 'destructive',
  argv,
  check: 'node -v',
  checkArgv: ['node', '-v'],
  again,
});
const script = 'cd -- "$1" || exit 125; shift; exec "$@"';
const moved = (words: readonly string[]): readonly string[] => ['sh', '-c', script, 'foresight', '/srv/api', ...words];
const inApi = {
  ...fix,
  cwd: '/srv/api',
  argv: moved(argv),
  checkArgv: moved(['node', '-v']),
  again: { ...again, argv: moved(again.argv) },
};

beforeEach(() => {
  editor.folders = [docs, api];
  editor.asked.length = 0;
  editor.picks = null;
});

it('a fix of an unknown folder runs in none of several unasked', async () => {
  expect(await withFolder(fix)).toBeNull();
  expect(editor.asked.map((rows) => rows.map(({ label, description }) => [label, description]))).toEqual([
    [
      ['docs', '/srv/docs'],
      ['api', '/srv/api'],
    ],
  ]);
});

it('runs, is checked and is repeated in the one a person names', async () => {
  editor.picks = 'api';
  expect(await withFolder(fix)).toEqual(inApi);
});

it('runs in the only one there is', async () => {
  editor.folders = [folder('elsewhere', 'vscode-vfs'), api];
  expect(await withFolder({ ...fix, cwd: '' })).toEqual(inApi);
  expect(editor.asked).toEqual([]);
});

it('stays as it is where its folder is known, where none is open, and inside a sandbox', async () => {
  const known = { ...fix, cwd: '/srv/api' };
  const inside = { ...fix, where: 'sandbox' as const };
  expect([await withFolder(known), await withFolder(inside)]).toEqual([known, inside]);
  editor.folders = undefined;
  expect(await withFolder(fix)).toBe(fix);
  expect(editor.asked).toEqual([]);
});
