import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/history/memory-store.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { Warning } from '../../../src/model/warning.ts';
import { aForecast } from '../../helpers/a-forecast.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

const anIncident = (id: string, atMs: number, text = 'It expired.'): Incident => ({
  id,
  sandboxId: 'a',
  sandboxName: 'a',
  provider: 'fake',
  atMs,
  cause: 'expired',
  certainty: 'certain',
  endsSandbox: true,
  exitCode: null,
  text,
  warning: null,
  leadMs: null,
  timeline: [],
  samples: [],
  fixes: [],
});

const aWarning = (id: string, outcome: Warning['outcome']): Warning => ({
  id,
  sandboxId: 'a',
  signal: 'memory',
  level: 'warn',
  startedAtMs: 0,
  warnedAtMs: 1,
  criticalAtMs: null,
  forecast: aForecast(),
  endedAtMs: null,
  outcome,
});

const anOutcome = (startedAtMs: number): FixOutcome => ({
  fixId: 'extend',
  sandboxId: 'a',
  startedAtMs,
  endedAtMs: startedAtMs,
  result: 'worked',
  text: 'It worked.',
});

describe('the history in memory', () => {
  it('gives the newest incidents first, as many as asked for', async () => {
    const store = createMemoryStore();
    store.recordIncident(anIncident('old', 1));
    store.recordIncident(anIncident('new', 3));
    store.recordIncident(anIncident('middle', 2));
    expect((await store.incidents(2)).map((one) => one.id)).toEqual(['new', 'middle']);
    expect(await store.incidents(0)).toEqual([]);
    expect(await store.incidents(-1)).toEqual([]);
  });

  it('replaces an incident and a warning of which more became known', async () => {
    const store = createMemoryStore();
    store.recordIncident(anIncident('i', 1, 'Probably expired.'));
    store.recordIncident(anIncident('i', 1, 'Expired.'));
    store.recordWarning(aWarning('w', 'open'));
    store.recordWarning(aWarning('w', 'broke'));
    expect((await store.incidents(9)).map((one) => one.text)).toEqual(['Expired.']);
    expect(store.contents().warnings.map((one) => one.outcome)).toEqual(['broke']);
  });

  it('keeps what was done and what was seen, in order, and lets the oldest go', async () => {
    const store = createMemoryStore({ incidents: 2, others: 3 });
    for (let index = 0; index < 5; index += 1) {
      store.recordIncident(anIncident(`i${index}`, index));
      store.recordWarning(aWarning(`w${index}`, 'open'));
      store.recordFix(anOutcome(index));
      store.recordTransition(aSandbox('a'), { atMs: index, phase: 'running', rawState: 'Running', reason: null });
    }
    const kept = store.contents();
    expect(kept.incidents.map((one) => one.id)).toEqual(['i3', 'i4']);
    expect(kept.warnings.map((one) => one.id)).toEqual(['w2', 'w3', 'w4']);
    expect(kept.fixes.map((one) => one.startedAtMs)).toEqual([2, 3, 4]);
    expect(kept.transitions.map((one) => one.transition.atMs)).toEqual([2, 3, 4]);
    await store.dispose();
    expect(store.contents().fixes).toHaveLength(3);
  });
});
