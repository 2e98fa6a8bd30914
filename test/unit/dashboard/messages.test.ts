import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandIds } from '../../../src/editor/command-ids.ts';
import { fromPageSchema, pageCommands, toPageSchema } from '../../../src/model/dashboard/messages.ts';
import { freshState, readState } from '../../../src/model/dashboard/state.ts';

describe('messages from the page', () => {
  it.each([
    { kind: 'ready' },
    { kind: 'command', command: 'openFleet', target: null },
    { kind: 'command', command: 'showIncident', target: 'incident-1' },
    { kind: 'fix', fixId: 'endProcess', pid: 412 },
    { kind: 'action', id: 'error v1/port-in-use/0123456789ab pattern/port-in-use/free-port' },
    { kind: 'failure', text: 'x is undefined' },
  ])('%o is one', (message) => expect(fromPageSchema.safeParse(message).success).toBe(true));

  it.each([
    null,
    'ready',
    {},
    { kind: 'command', command: 'workbench.action.terminal.sendSequence', target: null },
    { kind: 'command', command: 'delete', target: 'x' },
    { kind: 'command', command: 'openFleet' },
    { kind: 'command', command: 'showIncident', target: 'x'.repeat(501) },
    { kind: 'action', id: 'x'.repeat(501) },
    { kind: 'action', id: { kind: 'fix', fixId: 'delete' } },
    { kind: 'action' },
    { kind: 'fix', fixId: 'rm', pid: 1 },
    { kind: 'fix', fixId: 'endProcess', pid: 1.5 },
    { kind: 'failure', text: 'x'.repeat(4_001) },
  ])('%o is none', (message) => expect(fromPageSchema.safeParse(message).success).toBe(false));

  it('name commands that exist', () => {
    for (const command of pageCommands) expect(commandIds).toContain(command);
  });

  it('are refused without an error, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(typeof fromPageSchema.safeParse(anything).success).toBe('boolean');
        expect(toPageSchema.safeParse(anything).success).toBe(false);
      }),
    );
  });
});

describe('what is kept over a reload', () => {
  it('opens the same page with what is missing at its default', () => {
    expect(readState({ place: { page: 'fleet' } })).toEqual({
      place: { page: 'fleet' },
      windowMs: 600_000,
      tables: [],
      sort: { column: 'ends', descending: false },
      filter: '',
      showEnded: true,
    });
    const state = { ...freshState({ page: 'sandbox', id: 'x' }), windowMs: 3_600_000, tables: ['memory'] };
    expect(readState(state)).toEqual(state);
  });

  it('survives nonsense of an earlier version', () => {
    const odd = readState({
      place: { page: 'sandbox', id: 'x' },
      windowMs: 'long',
      sort: { column: 'colour' },
      filter: 7,
    });
    expect(odd).toEqual(freshState({ page: 'sandbox', id: 'x' }));
  });

  it.each([undefined, null, 7, {}, { place: { page: 'settings' } }, { place: { page: 'sandbox' } }])(
    '%o names no page',
    (kept) => expect(readState(kept)).toBeNull(),
  );
});
