import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../../src/app/contracts.ts';
import { Notifications } from '../../../src/editor/notifications.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { settle } from '../../helpers/fake-clock.ts';

const editor = vi.hoisted(() => ({ shown: [] as string[][], answer: undefined as string | undefined }));

vi.mock('vscode', () => {
  const message = async (...shown: string[]) => {
    editor.shown.push(shown);
    return editor.answer;
  };
  return { window: { showWarningMessage: message, showErrorMessage: message, showInformationMessage: message } };
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

const show = async (notice: Notice, answer: string): Promise<{ called: string[] }> => {
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
    },
    {
      showDetails: async () => void called.push('details'),
      help: async () => void called.push('help'),
      runFix: async () => void called.push('fix'),
      openFleet: async () => void called.push('fleet'),
    },
    { enabled: () => true, failed: (error) => called.push(String(error)) },
  );
  await settle();
  notifications.dispose();
  return { called };
};

describe('the notification of the sandboxes of others', () => {
  beforeEach(() => {
    editor.shown = [];
  });

  it('leads to the fleet page', async () => {
    expect(await show(others, 'Show All Sandboxes')).toEqual({ called: ['fleet'] });
    expect(editor.shown).toEqual([[others.text, 'Show All Sandboxes', 'Snooze for an Hour']]);
  });

  it('can be snoozed', async () => {
    expect(await show(others, 'Snooze for an Hour')).toEqual({ called: ['snooze others 60 min'] });
  });
});
