import { describe, expect, it } from 'vitest';
import { howOften, overTimeText, triedText } from '../../../../src/app/post-mortem/recurrence-text.ts';
import type { History } from '../../../../src/history/open-history.ts';
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
      here: null,
      unplaced: 4,
      users: [],
      commands: [],
      helped: [{ title: 'End the process', tried: 2, worked: 1, here: null }],
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
      const metadata = { user: sandboxId === 'sb-7' ? 'ada' : 'bob' };
      history.recordSandbox(aSandbox(sandboxId, { metadata }), atMs);
      for (let no = 0; no < times; no += 1) {
        const commandKey = no === 0 ? 'npm ci' : 'npm test';
        history.recordError(sandboxId, anError('f-1', { firstSeenAtMs: atMs, lastSeenAtMs: atMs, commandKey }));
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
        here: null,
        unplaced: 6,
        // What is long ago counts less.
        users: [
          { name: 'bob', count: 3 },
          { name: 'ada', count: 3 },
        ],
        commands: [
          { name: 'npm ci', count: 3 },
          { name: 'npm test', count: 3 },
        ],
        helped: [{ title: 'Open a terminal', tried: 1, worked: 1, here: null }],
      },
    ]);
  });

  it('counts each day as it was, and reaches back 30 days at most', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox(), startMs);
    for (const days of [3, 3, 3, 1, 0, 0]) {
      history.recordError('sb-1', anError('f-1', { firstSeenAtMs: daysAgo(3), lastSeenAtMs: daysAgo(days) }));
    }
    history.recordError(
      'sb-1',
      anError('f-2', { title: 'Old', firstSeenAtMs: daysAgo(50), lastSeenAtMs: daysAgo(50) }),
    );
    history.recordError('sb-1', anError('f-2', { title: 'Old', lastSeenAtMs: startMs - 1000 }));
    const [one, old] = (await told(history, bareIncident())).recurrences.toSorted((a, b) => b.firstAtMs - a.firstAtMs);
    expect(one?.perDay).toEqual([3, 0, 1, 2]);
    expect(old?.perDay).toHaveLength(30);
    expect(old?.perDay.at(-1)).toBe(1);
  });

  it('counts what happened in this workspace first, and says of how many that is not known', async () => {
    const history = memoryHistory();
    const met = (sandboxId: string, days: number, workspace: string | null): void => {
      history.recordError(sandboxId, anError('f-1', { lastSeenAtMs: daysAgo(days) - 1000 }), workspace);
      const place = workspace === null ? {} : { workspace };
      history.recordIncident(anIncident(`i ${sandboxId}`, { sandboxId, atMs: daysAgo(days) - 500, ...place }));
    };
    met('sb-2', 3, 'api');
    met('sb-3', 2, 'api');
    met('sb-4', 2, 'web');
    met('sb-5', 1, null);
    met('sb-1', 0, 'api');
    history.recordFix(aFix({ sandboxId: 'sb-2' }), 'f-1', 'web');
    history.recordFix(aFix({ sandboxId: 'sb-2', fixId: 'recreateLarger' }), 'f-1', 'api');
    const incident = bareIncident({ workspace: 'api' });
    history.recordIncident(incident);
    const recurrences = (await told(history, incident)).recurrences;
    expect(recurrences.map(({ kind }) => kind)).toEqual(['cause', 'fingerprint']);
    for (const each of recurrences) {
      expect(each).toMatchObject({ count: 5, sandboxes: 5, unplaced: 1, perDay: [1, 2, 1, 1] });
      expect(each.here).toMatchObject({ workspace: 'api', count: 3, sandboxes: 3, perDay: [1, 1, 0, 1] });
      expect(howOften(each)).toBe(
        '3 times in this workspace (api), 5 in all, in 5 sandboxes; of 1 the workspace is not known',
      );
      // What worked here comes first.
      expect(each.helped.map(triedText)).toEqual([
        'Recreate larger: worked 1 of 1 time (1 of 1 in this workspace)',
        'End the process: worked 1 of 1 time',
      ]);
    }
  });

  it.each([
    ['the incident', (history: History) => history.recordIncident(bareIncident({ workspace: 'api' }))],
    [
      'another window',
      (history: History) => history.recordIncident(anIncident('other', { workspace: 'api', samples: [] })),
    ],
    [
      'the sandbox',
      (history: History) => history.recordSandbox(aSandbox('sb-1', { metadata: {} }), startMs, null, 'api'),
    ],
    [
      'its metadata',
      (history: History) =>
        history.recordSandbox(aSandbox('sb-1', { metadata: { repo: 'git@host:acme/API.git' } }), startMs),
    ],
  ])('knows the workspace from %s', async (_, tell) => {
    const history = memoryHistory();
    tell(history);
    history.recordIncident(anIncident('before', { sandboxId: 'sb-2', atMs: daysAgo(1), workspace: 'api' }));
    const story = await told(history, bareIncident());
    expect(story.incident.workspace).toBe('api');
    expect(story.recurrences[0]?.here?.count).toBe(2);
  });

  it('spreads what an earlier version counted without its days', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox(), startMs);
    history.recordError('sb-1', anError('f-1', { lastSeenAtMs: daysAgo(4) }));
    history.recordError('sb-1', anError('f-1', { lastSeenAtMs: startMs - 1000 }));
    const errors = history.errors.bind(history);
    history.errors = async (query, nowMs) => (await errors(query, nowMs)).map((each) => ({ ...each, count: 12 }));
    const [recurrence] = (await told(history, bareIncident({ workspace: 'api' }))).recurrences;
    expect(recurrence).toMatchObject({ count: 12, perDay: [3, 2, 2, 2, 3], unplaced: 12, here: { count: 0 } });
  });
});

describe('counts over time', () => {
  it('are told by day, and by week where there are many days', () => {
    expect(overTimeText([2, 0, 1, 4])).toBe('per day: 2 0 1 4');
    expect(overTimeText(Array.from({ length: 14 }, () => 1))).toMatch(/^per day: (1 ){13}1$/);
    expect(overTimeText(Array.from({ length: 30 }, () => 1))).toBe('per week: 2 7 7 7 7');
    expect(overTimeText(Array.from({ length: 21 }, (_, no) => (no < 7 ? 0 : 2)))).toBe('per week: 0 14 14');
  });
});
