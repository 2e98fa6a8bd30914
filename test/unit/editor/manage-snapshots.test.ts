import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OwnedSnapshot, Supervisor } from '../../../src/app/contracts.ts';
import { manageSnapshots } from '../../../src/editor/manage-snapshots.ts';
import { Problem } from '../../../src/model/problem.ts';
import { appView, nowMs } from '../../helpers/views.ts';

const editor = vi.hoisted(() => ({ said: [] as string[] }));

vi.mock('vscode', () => {
  const message = async (text: string, options?: unknown, yes?: string) => {
    editor.said.push(text);
    return typeof options === 'object' ? yes : undefined;
  };
  return {
    window: {
      showQuickPick: async (rows: readonly unknown[]) => rows,
      showInformationMessage: message,
      showWarningMessage: message,
      withProgress: async (_options: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
        run({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
    },
    ProgressLocation: { Notification: 15 },
  };
});

const snapshot = (name: string): OwnedSnapshot =>
  ({
    ...{ id: `id-${name}`, name, sandboxId: 'a', rawState: 'Ready', createdAtMs: nowMs, message: null },
    server: 'OpenSandbox',
  }) as OwnedSnapshot;

/** Deletes all of `names`, of which the server refuses those in `refused`. */
const deleted = async (names: readonly string[], refused: readonly string[] = []): Promise<readonly string[]> => {
  const gone: string[] = [];
  const supervisor: Partial<Supervisor> = {
    view: appView([]),
    snapshots: async () => names.map(snapshot),
    deleteSnapshot: async ({ name }) => {
      if (refused.includes(name ?? '')) {
        throw new Problem('conflict', 'It is in use.', { nextStep: 'Delete its sandbox first.' });
      }
      gone.push(name ?? '');
    },
  };
  await manageSnapshots(supervisor as Supervisor);
  return gone;
};

beforeEach(() => {
  editor.said = [];
});

describe('deleting snapshots', () => {
  it('is told when it is done: nothing else on the screen shows it', async () => {
    expect(await deleted(['one'])).toEqual(['one']);
    expect(editor.said).toEqual(['Delete this snapshot?', 'one was deleted.']);
    await deleted(['one', 'two']);
    expect(editor.said.at(-1)).toBe('2 snapshots were deleted.');
  });

  it('goes on after one that can not be deleted, and names it', async () => {
    expect(await deleted(['one', 'two', 'three'], ['two'])).toEqual(['one', 'three']);
    expect(editor.said.slice(1)).toEqual([
      'two was not deleted: It is in use. Delete its sandbox first.',
      '2 snapshots were deleted.',
    ]);
    editor.said = [];
    await deleted(['two'], ['two']);
    expect(editor.said.slice(1)).toEqual(['two was not deleted: It is in use. Delete its sandbox first.']);
  });
});
