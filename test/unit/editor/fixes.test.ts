import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FixPlan, RunFixOptions, Supervisor } from '../../../src/app/contracts.ts';
import { FixDialogs, type FixDialogsOptions } from '../../../src/editor/fixes.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';
import { sandboxView } from '../../helpers/views.ts';

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  window: {
    showInformationMessage: async () => undefined,
    showWarningMessage: async (_text: string, _options: unknown, yes: string) => yes,
    withProgress: async (_options: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
      run({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
  },
}));

const plan: FixPlan = {
  fixId: 'recreateLarger',
  sandboxId: 'old',
  title: 'Recreate',
  risk: 'destructive',
  steps: [],
  losses: [],
  check: '',
  parameters: { kind: 'delete' },
  fingerprint: null,
};

/** Recreates a sandbox that is not the current one. */
const recreate = async (
  result: FixOutcome['result'],
  during: (options: RunFixOptions) => void,
): Promise<readonly string[]> => {
  const remembered: string[] = [];
  const outcome = { fixId: plan.fixId, sandboxId: 'old', startedAtMs: 0, endedAtMs: 1, result, text: 'Done.' };
  const supervisor: Pick<Supervisor, 'planFix' | 'runFix' | 'view'> = {
    view: { currentId: 'current' } as Supervisor['view'],
    planFix: () => Promise.resolve(plan),
    runFix: (_, options) => {
      during(options);
      return Promise.resolve(outcome);
    },
  };
  const options: Pick<FixDialogsOptions, 'remember' | 'openIn'> = {
    remember: async (sandboxId) => void remembered.push(sandboxId),
    openIn: () => undefined,
  };
  const dialogs = new FixDialogs(supervisor as Supervisor, options as FixDialogsOptions);
  await dialogs.run([sandboxView({ sample: null })], 'recreateLarger');
  return remembered;
};

describe('a sandbox that is made anew', () => {
  beforeEach(() => void vi.clearAllMocks());

  it('is remembered as the chosen one', async () => {
    expect(await recreate('worked', ({ adopted }) => adopted?.('new'))).toEqual(['new']);
    expect(await recreate('cannot-tell', ({ adopted }) => adopted?.('new'))).toEqual(['new']);
  });

  it('leaves the choice alone when it failed or was cancelled', async () => {
    expect(await recreate('failed', () => undefined)).toEqual([]);
    expect(await recreate('cancelled', () => undefined)).toEqual([]);
  });
});
