import { expect, it, vi } from 'vitest';
import { hereOf } from '../../../src/editor/here.ts';

const editor = vi.hoisted(() => ({ folders: [] as { uri: { scheme: string; fsPath: string; path: string } }[] }));

vi.mock('vscode', () => ({
  ExtensionKind: { UI: 1, Workspace: 2 },
  env: { remoteName: undefined },
  workspace: {
    get workspaceFolders() {
      return editor.folders;
    },
  },
}));

it('tells of a folder that was added after the start', () => {
  const attention = { away: false, onChange: () => () => undefined };
  const here = hereOf(2, attention, { ownerOf: () => null });
  expect(here.folders).toEqual([]);
  editor.folders.push({ uri: { scheme: 'file', fsPath: '/srv/app', path: '/srv/app' } });
  expect(here.folders).toEqual(['/srv/app']);
});
