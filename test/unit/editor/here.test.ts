import { beforeEach, expect, it, vi } from 'vitest';
import { hereOf } from '../../../src/editor/here.ts';

interface Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly fsPath: string;
  readonly path: string;
}
const editor = vi.hoisted(() => ({ folders: [] as { uri: Uri }[], remoteName: undefined as string | undefined }));

vi.mock('vscode', () => ({
  ExtensionKind: { UI: 1, Workspace: 2 },
  env: {
    get remoteName() {
      return editor.remoteName;
    },
  },
  workspace: {
    get workspaceFolders() {
      return editor.folders;
    },
  },
}));

const attention = { away: false, onChange: () => () => undefined };
const owners = { ownerOf: () => null };
const uri = (scheme: string, authority: string): Uri => ({ scheme, authority, fsPath: '/srv/app', path: '/srv/app' });

beforeEach(() => {
  editor.folders = [];
  editor.remoteName = undefined;
});

it('tells of a folder that was added after the start', () => {
  const here = hereOf(2, attention, owners);
  expect(here.folders).toEqual([]);
  editor.folders.push({ uri: uri('file', '') });
  expect(here.folders).toEqual(['/srv/app']);
});

it('tells by which address the other computer is reached, which a window without a folder does not know', () => {
  editor.remoteName = 'ssh-remote';
  expect(hereOf(1, attention, owners)).toMatchObject({ remote: true, files: null, authority: null });
  editor.folders = [{ uri: uri('file', '') }, { uri: uri('vscode-remote', 'ssh-remote+build') }];
  expect(hereOf(1, attention, owners)).toMatchObject({ unreadable: null, authority: 'ssh-remote+build' });
  // On the other side of the same window it is this computer.
  expect(hereOf(2, attention, owners)).toMatchObject({ remote: false, authority: null });
});
