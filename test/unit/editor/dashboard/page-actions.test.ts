import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFixOffer, fixOffer } from '../../../../src/editor/dashboard/page-actions.ts';
import type { DashboardSources } from '../../../../src/editor/dashboard/ports.ts';
import { runAction } from '../../../../src/editor/dashboard/run-action.ts';
import { type FixId, fixIds } from '../../../../src/model/fix.ts';
import { fixRisks } from '../../../../src/model/fix-risk.ts';
import { aRankedFix } from '../../../helpers/a-ranked-fix.ts';
import { appView, sandboxView } from '../../../helpers/views.ts';

const editor = vi.hoisted(() => ({ said: [] as string[], commands: [] as unknown[][] }));

vi.mock('vscode', () => ({
  commands: { executeCommand: async (...words: unknown[]) => void editor.commands.push(words) },
  window: { showInformationMessage: async (text: string) => void editor.said.push(text) },
}));

beforeEach(() => {
  editor.said = [];
  editor.commands = [];
});

describe('the button of an action', () => {
  it('says of each that it asks, or that something is lost, only where that is so', () => {
    const view = sandboxView({ actions: fixIds, fixes: [] });
    const noteOf = (fixId: FixId): string | undefined => fixOffer(view, fixId)?.button.note;
    for (const fixId of ['snapshot', 'extend', 'showLargestFolders', 'resume'] as const) expect(noteOf(fixId)).toBe('');
    expect(noteOf('endProcess')).toBe('asks first');
    for (const fixId of ['recreateLarger', 'delete'] as const)
      expect(noteOf(fixId)).toBe('asks first; something is lost');
    for (const fixId of fixIds) expect(fixOffer(view, fixId)?.button.risk).toBe(fixRisks[fixId]);
    expect(fixOffer(sandboxView({ actions: [] }), 'pause')).toBeNull();
  });
});

describe('the button of a fix', () => {
  it('shows its command on one line, in the order of its letters, none of them cut in two', () => {
    const detailOf = (text: string): string => errorFixOffer('a', aRankedFix({ text })).button.detail;
    expect(detailOf('npm ci \u202e\n&& npm test')).toBe('npm ci  && npm test');
    expect(detailOf('😀'.repeat(300))).toBe(`${'😀'.repeat(199)}…`);
  });
});

describe('an action of a page', () => {
  const run = async (actions: readonly FixId[], there = true): Promise<readonly string[]> => {
    const view = sandboxView({ actions });
    const logged: string[] = [];
    const sources = {
      app: { view: appView(there ? [view] : []) },
      log: { warn: (text: string) => void logged.push(text) },
    } as unknown as DashboardSources;
    await runAction({ kind: 'fix', sandboxId: view.sandbox.id, fixId: 'pause' }, sources);
    return logged;
  };

  it('is the command for this very sandbox', async () => {
    expect(await run(['pause'])).toEqual([]);
    expect(editor.commands).toEqual([['sandboxForesight.pause', { sandboxId: sandboxView().sandbox.id, pid: null }]]);
  });

  it.each([
    ['can not do it any more', ['snapshot'], true],
    ['is gone', ['pause'], false],
  ] as const)('does nothing, and says so, when the sandbox %s', async (_, actions, there) => {
    expect(await run(actions, there)).toHaveLength(1);
    expect(editor.commands).toEqual([]);
    expect(editor.said).toEqual(['This cannot be done any more: the sandbox is gone, or in another state.']);
  });
});
