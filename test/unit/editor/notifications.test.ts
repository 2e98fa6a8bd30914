import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../../src/app/contracts.ts';
import { Notifications } from '../../../src/editor/notifications.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { settle } from '../../helpers/fake-clock.ts';

const editor = vi.hoisted(() => ({
  shown: [] as string[][],
  answer: undefined as string | undefined,
  later: '',
  pick: '',
}));

vi.mock('vscode', () => {
  const message = async (...shown: string[]) => {
    editor.shown.push(shown);
    return shown.includes('Warn Again') ? editor.later : editor.answer;
  };
  const window = { showWarningMessage: message, showErrorMessage: message, showInformationMessage: message };
  return {
    window: {
      ...window,
      showQuickPick: async (rows: readonly { id: string }[]) => rows.find(({ id }) => id === editor.pick),
    },
  };
});

const others: Notice = {
  id: 'others',
  kind: 'others',
  sandboxId: 'b',
  sandboxName: 'b',
  signal: null,
  text: '5 other sandboxes are about to break: b first.',
  fixes: [],
};

beforeEach(() => {
  editor.shown = [];
  editor.pick = '';
  editor.later = '';
});

const show = async (notice: Notice, answer: string | undefined, canKeep = true): Promise<{ called: string[] }> => {
  const bench = await startedBench([]);
  const called: string[] = [];
  editor.answer = answer;
  const notifications = new Notifications(
    {
      ...bench.app,
      onNotice: (listener) => {
        listener(notice);
        return () => undefined;
      },
      snooze: (id, ms) => called.push(`snooze ${id} ${ms / 60_000} min`),
      answered: (id) => called.push(`answered ${id}`),
      mute: async (sandboxId, signal) => {
        called.push(`mute ${signal} of ${sandboxId}`);
        if (!canKeep) throw new Error('it can not be kept');
      },
    },
    {
      showDetails: async () => void called.push('details'),
      help: async () => void called.push('help'),
      runFix: async () => void called.push('fix'),
      openFleet: async () => void called.push('fleet'),
      warnAgain: async (sandboxId) => void called.push(`warn again of ${sandboxId}`),
    },
    { enabled: () => true, failed: (error) => called.push(String(error)) },
  );
  await settle();
  notifications.dispose();
  return { called };
};

describe('the notification of the sandboxes of others', () => {
  it('leads to the fleet page', async () => {
    expect(await show(others, 'Show All Sandboxes')).toEqual({ called: ['fleet'] });
    expect(editor.shown).toEqual([[others.text, 'Show All Sandboxes', 'Snooze for an Hour']]);
  });

  it('can be snoozed', async () => {
    expect(await show(others, 'Snooze for an Hour')).toEqual({ called: ['snooze others 60 min'] });
  });
});

describe('the notification of a sandbox that is about to break', () => {
  const coming: Notice = {
    ...others,
    ...{ id: 'w-1', kind: 'warn', sandboxId: 'a', sandboxName: 'a', signal: 'memory' },
    fixes: [{ id: 'pause', title: 'Pause', risk: 'confirm', reason: 'Why.', target: null }],
  };

  // A critical one of the same episode speaks again only where nobody has answered.
  it.each([
    ['a fix', 'Pause', ['answered w-1', 'fix']],
    ['the details', 'Details', ['answered w-1', 'details']],
    ['closing it', undefined, ['answered w-1']],
  ])('is answered by %s', async (_, answer, called) => {
    expect(await show(coming, answer)).toEqual({ called });
  });

  it('is answered by asking for peace, also when that list is closed again', async () => {
    expect((await show(coming, 'More…')).called).toContain('answered w-1');
  });

  it('can be muted, and tells where that can not be kept', async () => {
    editor.pick = 'mute';
    const called = ['answered w-1', 'mute memory of a', 'Error: it can not be kept'];
    expect(await show(coming, 'More…', false)).toEqual({ called });
  });

  it('says that it is muted, with the name of the way back and a button for it', async () => {
    editor.pick = 'mute';
    const { called } = await show(coming, 'More…');
    expect(editor.shown.at(-1)).toEqual([
      'You are not warned about the memory of a again, until you use “Warn Again About This Sandbox”.',
      'Warn Again',
    ]);
    expect(called).toEqual(['answered w-1', 'mute memory of a']);
    editor.later = 'Warn Again';
    expect((await show(coming, 'More…')).called.at(-1)).toBe('warn again of a');
  });
});
