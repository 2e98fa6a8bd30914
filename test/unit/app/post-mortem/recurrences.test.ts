import { describe, expect, it } from 'vitest';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import { aFix, anError, anIncident, aSandbox, dayMs, hourMs, startMs } from '../../../integration/history/makers.ts';
import { bareIncident, told } from './scene.ts';

disposeHistories();

const daysAgo = (days: number): number => startMs - days * dayMs;

describe('this happened before', () => {
  it('counts the same kind of end by day, and what was done against it', async () => {
    const history = memoryHistory();
    const incident = bareIncident();
    history.recordIncident(incident);
    for (const [no, days] of [3, 3, 1].entries()) {
      history.recordIncident(anIncident(`e-${no}`, { sandboxId: `sb-${10 + no}`, atMs: daysAgo(days) }));
    }
    // A second window wrote down one of these ends, too.
    history.recordIncident(anIncident('e-2b', { sandboxId: 'sb-12', atMs: daysAgo(1) + 500 }));
    history.recordIncident(anIncident('other', { sandboxId: 'sb-20', atMs: daysAgo(1), cause: 'expired' }));
    history.recordIncident(anIncident('later', { sandboxId: 'sb-21', atMs: startMs + dayMs }));
    history.recordFix(aFix({ sandboxId: 'sb-10', result: 'did-not-work' }), null);
    history.recordFix(aFix({ sandboxId: 'sb-11' }), null);
    history.recordFix(aFix({ sandboxId: 'sb-11', fixId: 'extend' }), null);
    const [recurrence, ...rest] = (await told(history, incident)).recurrences;
    expect(rest).toEqual([]);
    expect(recurrence).toEqual({
      title: 'out of memory',
      kind: 'cause',
      count: 4,
      sandboxes: 4,
      firstAtMs: daysAgo(3),
      lastAtMs: startMs,
      perDay: [2, 0, 1, 1],
      helped: [{ title: 'End the process', tried: 2, worked: 1 }],
    });
  });

  it('does not speak of what happened for the first time', async () => {
    const history = memoryHistory();
    history.recordError('sb-1', anError('f-1'));
    expect((await told(history, bareIncident())).recurrences).toEqual([]);
  });

  it('counts the errors of the last minutes over all sandboxes', async () => {
    const history = memoryHistory();
    const met = (sandboxId: string, atMs: number, times: number): void => {
      history.recordSandbox(aSandbox(sandboxId), atMs);
      for (let no = 0; no < times; no += 1) {
        history.recordError(sandboxId, anError('f-1', { firstSeenAtMs: atMs, lastSeenAtMs: atMs }));
      }
    };
    met('sb-7', daysAgo(2), 3);
    met('sb-8', daysAgo(1), 1);
    met('sb-9', startMs + hourMs, 5);
    met('sb-1', startMs - 30_000, 2);
    history.recordFix(aFix({ fixId: 'openTerminal' }), 'f-1');
    const story = await told(history, bareIncident(), { nowMs: startMs + 2 * hourMs });
    expect(story.recurrences).toEqual([
      {
        title: 'The port is taken',
        kind: 'fingerprint',
        count: 6,
        sandboxes: 3,
        firstAtMs: daysAgo(2),
        lastAtMs: startMs - 30_000,
        perDay: [3, 1, 2],
        helped: [{ title: 'Open a terminal', tried: 1, worked: 1 }],
      },
    ]);
  });

  it('spreads what lies between the first and the last time, and reaches back 30 days at most', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox(), startMs);
    for (let no = 0; no < 6; no += 1) {
      history.recordError(
        'sb-1',
        anError('f-1', { firstSeenAtMs: daysAgo(3), lastSeenAtMs: daysAgo(3) + (no * 3 * dayMs) / 5 }),
      );
    }
    history.recordError(
      'sb-1',
      anError('f-2', { title: 'Old', firstSeenAtMs: daysAgo(50), lastSeenAtMs: daysAgo(50) }),
    );
    history.recordError('sb-1', anError('f-2', { title: 'Old', lastSeenAtMs: startMs - 1000 }));
    const [one, old] = (await told(history, bareIncident())).recurrences.toSorted((a, b) => b.firstAtMs - a.firstAtMs);
    expect(one?.perDay).toHaveLength(4);
    expect(one?.perDay.reduce((sum, each) => sum + each, 0)).toBe(6);
    expect(one?.perDay[0]).toBeGreaterThan(0);
    expect(old?.perDay).toHaveLength(30);
    expect(old?.perDay.at(-1)).toBe(1);
  });
});
