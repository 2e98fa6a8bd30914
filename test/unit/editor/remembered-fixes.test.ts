import { describe, expect, it } from 'vitest';
import { OfferState } from '../../../src/editor/error-fixes/offer-state.ts';
import { fixTextProblem, RememberedFixes } from '../../../src/editor/error-fixes/remembered-fixes.ts';
import type { RecognisedError } from '../../../src/model/error-event.ts';

class State {
  value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  get(): unknown {
    return this.value;
  }
  update(_key: string, value: unknown): Promise<void> {
    this.value = structuredClone(value);
    return Promise.resolve();
  }
}

describe('what a person noted', () => {
  it('is kept, newest first, one for each error', async () => {
    const state = new State(undefined);
    const fixes = new RememberedFixes(state);
    expect(fixes.list).toEqual([]);
    await fixes.add('f1', ' Old server ', ' make stop ', 1);
    await fixes.add('f2', 'Docs', 'https://example.org/a', 2);
    await fixes.add('f1', 'Old server', 'make stop-all', 3);
    expect(new RememberedFixes(state).list).toEqual([
      { fingerprint: 'f1', name: 'Old server', does: 'command', text: 'make stop-all', savedAtMs: 3 },
      { fingerprint: 'f2', name: 'Docs', does: 'link', text: 'https://example.org/a', savedAtMs: 2 },
    ]);
  });

  it('is the same array until it changes, and follows another window', async () => {
    const state = new State(undefined);
    const [here, there] = [new RememberedFixes(state), new RememberedFixes(state)];
    await here.add('f1', 'Old server', 'make stop', 1);
    const { list } = here;
    expect(here.list).toBe(list);
    expect(there.list.map(({ fingerprint }) => fingerprint)).toEqual(['f1']);
    await there.add('f2', 'Docs', 'https://example.org/a', 2);
    expect(here.list.map(({ fingerprint }) => fingerprint)).toEqual(['f2', 'f1']);
  });

  it('is bounded', async () => {
    const state = new State(undefined);
    const fixes = new RememberedFixes(state);
    for (let index = 0; index < 210; index += 1) await fixes.add(`f${index}`, 'n', 'true', index);
    expect(fixes.list).toHaveLength(200);
    expect(fixes.list[0]?.fingerprint).toBe('f209');
  });

  it('is checked when it is read', () => {
    const good = { fingerprint: 'f', name: 'n', does: 'command', text: 'true', savedAtMs: 1 };
    const bad = [
      null,
      'text',
      { ...good, fingerprint: 7 },
      { ...good, text: 'a\nb' },
      { ...good, does: 'link', text: 'http://example.org' },
      { ...good, does: 'eval' },
      { ...good, name: 'x'.repeat(200) },
    ];
    expect(new RememberedFixes(new State([...bad, good])).list).toEqual([good]);
    expect(new RememberedFixes(new State({ a: 1 })).list).toEqual([]);
  });

  it('is one line, or a safe address', () => {
    expect(fixTextProblem('npm ci')).toBeNull();
    expect(fixTextProblem('https://example.org')).toBeNull();
    for (const bad of ['', '  ', 'a\nb', 'http://example.org', 'https://', 'x'.repeat(1_001)]) {
      expect(fixTextProblem(bad), bad).not.toBeNull();
    }
  });
});

describe('what is offered unasked', () => {
  const error = (part: Partial<RecognisedError> = {}): RecognisedError => ({
    fingerprint: 'f',
    pattern: 'port-in-use',
    title: 't',
    cause: null,
    source: 'terminal',
    exitCode: 1,
    count: 1,
    firstSeenAtMs: 0,
    lastSeenAtMs: 1_000,
    ...part,
  });

  it('is each known failure once in ten minutes', () => {
    const state = new OfferState();
    expect(state.next([error()], 1_000)).not.toBeNull();
    expect(state.next([error({ lastSeenAtMs: 60_000 })], 60_000)).toBeNull();
    expect(state.next([error({ fingerprint: 'g', lastSeenAtMs: 60_000 })], 60_000)?.fingerprint).toBe('g');
    expect(state.next([error({ lastSeenAtMs: 700_000 })], 700_000)).not.toBeNull();
  });

  it('is none that is unknown, wanted, solved, old, or not the person’s', () => {
    for (const part of [
      { pattern: null },
      { pattern: 'sigterm' },
      { solvedAtMs: 1_000 },
      { lastSeenAtMs: -60_000 },
      { source: 'diagnostics' },
    ]) {
      expect(new OfferState().next([error(part)], 1_000)).toBeNull();
    }
  });
});
