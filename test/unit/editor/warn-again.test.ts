import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { warnAgain } from '../../../src/editor/warn-again.ts';
import type { Mute } from '../../../src/model/mute.ts';
import { appView, sandbox, sandboxView } from '../../helpers/views.ts';

const editor = vi.hoisted(() => ({
  said: [] as string[],
  rows: [] as unknown[],
  picks: null as string | null,
}));

vi.mock('vscode', () => ({
  window: {
    showInformationMessage: (text: string) => {
      editor.said.push(text);
      return new Promise(() => undefined);
    },
    showQuickPick: async (rows: readonly { id: string }[]) => {
      editor.rows.push(...rows);
      return rows.find(({ id }) => id === editor.picks);
    },
  },
}));

const mutesOf = (...mutes: readonly Mute[]) => {
  const unmuted: string[] = [];
  const view = appView([sandboxView({ sandbox: sandbox({ id: 'a', name: 'api-tests' }) })]);
  const supervisor: Partial<Supervisor> = { view, mutes, unmute: async (id) => void unmuted.push(id) };
  return { unmuted, warn: (id: string | null) => warnAgain(supervisor as Supervisor, id) };
};

const mutes = [
  { sandboxId: 'a', signal: 'memory' },
  { sandboxId: 'gone', signal: 'expiry' },
  { sandboxId: 'a', signal: 'cpu' },
] as const;

beforeEach(() => {
  editor.said = [];
  editor.rows = [];
  editor.picks = null;
});

describe('warn again', () => {
  it('takes back what is muted of the sandbox it was called for', async () => {
    const { unmuted, warn } = mutesOf(...mutes);
    await warn('a');
    expect(unmuted).toEqual(['a']);
    expect(editor.said).toEqual(['You are warned about api-tests again: Memory, CPU.']);
    expect(editor.rows).toEqual([]);
  });

  it('lists the sandboxes that something is muted of, also those that are gone, and takes the one that is picked', async () => {
    const { unmuted, warn } = mutesOf(...mutes);
    await warn(null);
    expect(editor.rows).toEqual([
      { label: 'gone', description: 'Time', detail: 'gone', id: 'gone' },
      { label: 'api-tests', description: 'Memory, CPU', detail: 'a', id: 'a' },
    ]);
    expect([unmuted, editor.said]).toEqual([[], []]);
    editor.picks = 'gone';
    await warn(null);
    expect(unmuted).toEqual(['gone']);
  });

  it('says where nothing is muted', async () => {
    await mutesOf().warn(null);
    await mutesOf({ sandboxId: 'gone', signal: 'expiry' }).warn('a');
    expect(editor.said).toEqual(['No warning about any sandbox is muted.', 'No warning about api-tests is muted.']);
  });
});
