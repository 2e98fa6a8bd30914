import { describe, expect, it, vi } from 'vitest';
import { FixDialogs } from '../../../src/editor/fixes.ts';
import type { EditorTerminalEnvironment } from '../../../src/editor/terminal-environment.ts';
import type { Phase } from '../../../src/model/sandbox.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox, MiB } from '../../helpers/fake-provider.ts';

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  window: {
    showQuickPick: async (rows: readonly unknown[]) => rows[0],
    showInformationMessage: async () => undefined,
    showWarningMessage: async (_text: string, _options: unknown, yes: string) => yes,
    withProgress: async (_options: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
      run({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
  },
}));

/**
 * Recreates `ids` while the sandbox `mine` is the chosen one.
 * @param phase what becomes of the new ones, which are called `new-` and the id of the old one
 */
const recreate = async (phase: Phase, ...ids: readonly string[]) => {
  const holder: { bench?: AppBench } = {};
  const bench = await startedBench([aSandbox('mine'), aSandbox('other'), aSandbox('third')], {
    actions: {
      snapshot: (id) =>
        Promise.resolve({
          id,
          sandboxId: id,
          name: null,
          state: 'ready',
          rawState: 'Ready',
          message: null,
          createdAtMs: null,
        }),
      recreate: ({ snapshotId }) => {
        const made = aSandbox(`new-${snapshotId}`, { phase: 'creating', rawState: 'Pending' });
        holder.bench?.provider.sandboxes.set(made.id, { ...made, phase, rawState: phase });
        return Promise.resolve(made);
      },
      limits: (id) =>
        Promise.resolve({ memoryBytes: id.startsWith('new-') ? 512 * MiB : 256 * MiB, cpuCores: 1, pids: null }),
    },
  });
  holder.bench = bench;
  bench.app.choose('mine');
  await bench.show();
  const remembered: string[] = [];
  const dialogs = new FixDialogs(bench.app, {
    remember: async (sandboxId) => void remembered.push(sandboxId),
    terminals: { isSet: false } as EditorTerminalEnvironment,
    openIn: () => undefined,
    remote: () => false,
  });
  let done = false;
  const running = dialogs
    .run(
      ids.map((id) => bench.view(id)),
      'recreateLarger',
    )
    .then(() => {
      done = true;
    });
  for (let turn = 0; !done && turn < 100; turn += 1) await bench.clock.advance(1_000);
  await running;
  await bench.show();
  return { remembered, currentId: bench.app.view.currentId };
};

describe('a sandbox that is made anew', () => {
  it('takes the place of the current one, and is remembered', async () => {
    expect(await recreate('running', 'mine')).toEqual({ remembered: ['new-mine'], currentId: 'new-mine' });
  });

  it('leaves the choice alone when it was made from another one', async () => {
    expect(await recreate('running', 'other')).toEqual({ remembered: [], currentId: 'mine' });
    expect(await recreate('running', 'other', 'third')).toEqual({ remembered: [], currentId: 'mine' });
  });

  it('takes the place of the current one also when others are made anew beside it', async () => {
    expect(await recreate('running', 'mine', 'other')).toEqual({ remembered: ['new-mine'], currentId: 'new-mine' });
  });

  it('leaves the choice alone when it ended at once', async () => {
    expect(await recreate('failed', 'mine')).toEqual({ remembered: [], currentId: 'mine' });
  });
});
