import { describe, expect, it } from 'vitest';
import { Journal } from '../../../src/monitor/journal.ts';
import { sandbox } from '../../helpers/views.ts';
import { outcome, t0 } from './scene.ts';

describe('the journal', () => {
  it('tells everything once, in the order in which it happened', () => {
    const journal = new Journal();
    journal.transition(sandbox(), t0);
    journal.fix(outcome('extend', 1), 'f');
    journal.add({ kind: 'incident-withdrawn', incidentId: 'i' });
    expect(journal.drain()).toMatchObject([
      { kind: 'transition', transition: { atMs: t0, phase: 'running', rawState: 'Running', reason: sandbox().reason } },
      { kind: 'fix', outcome: { fixId: 'extend' }, fingerprint: 'f' },
      { kind: 'incident-withdrawn', incidentId: 'i' },
    ]);
    expect(journal.drain()).toEqual([]);
  });

  it('keeps the newest phases and fixes after they were told, and not more than a view can show', () => {
    const journal = new Journal();
    for (let second = 0; second < 60; second += 1) {
      journal.transition(sandbox(), t0 + second * 1000, `reason ${second}`);
      journal.fix(outcome('extend', second), null);
    }
    journal.drain();
    expect([journal.timeline.length, journal.outcomes.length]).toEqual([50, 20]);
    expect(journal.timeline.at(-1)?.reason).toBe('reason 59');
    expect(journal.outcomes.at(-1)?.endedAtMs).toBe(t0 + 59_000);
  });

  it('forgets all but the present phase', () => {
    const journal = new Journal();
    journal.transition(sandbox(), t0, 'before');
    journal.transition(sandbox(), t0 + 1000, 'now');
    journal.fix(outcome('extend', 1), null);
    journal.forget();
    expect(journal.timeline.map(({ reason }) => reason)).toEqual(['now']);
    expect(journal.outcomes).toEqual([]);
    expect(journal.drain()).toEqual([]);
  });
});
