import { describe, expect, it } from 'vitest';
import { talliesBy } from '../../../../src/app/queries/tally.ts';
import { dayOf } from '../../../../src/model/day.ts';
import type { ErrorDay } from '../../../../src/model/history.ts';
import { dayMs, startMs } from '../../../integration/history/makers.ts';

const aDay = (agoDays: number, count: number, part: Partial<ErrorDay> = {}): ErrorDay => ({
  sandboxId: 'sb-1',
  fingerprint: 'f-1',
  day: dayOf(startMs - agoDays * dayMs),
  workspace: null,
  commandKey: null,
  count,
  firstSeenAtMs: startMs - agoDays * dayMs,
  lastSeenAtMs: startMs - agoDays * dayMs,
  ...part,
});

describe('what days of errors add up to', () => {
  it('is counted by name, fading with a half-life of a week', () => {
    const days = [
      aDay(0, 1, { workspace: 'api' }),
      aDay(7, 4, { workspace: 'api', sandboxId: 'sb-2' }),
      aDay(28, 9, { workspace: 'web' }),
      aDay(0, 50),
    ];
    expect(talliesBy(days, ({ workspace }) => workspace, startMs)).toEqual([
      {
        ...{ name: 'api', count: 5, decayedCount: 3, sandboxes: 2 },
        ...{ firstAtMs: startMs - 7 * dayMs, lastAtMs: startMs },
      },
      {
        ...{ name: 'web', count: 9, decayedCount: 9 / 16, sandboxes: 1 },
        ...{ firstAtMs: startMs - 28 * dayMs, lastAtMs: startMs - 28 * dayMs },
      },
    ]);
    expect(talliesBy([], ({ workspace }) => workspace, startMs)).toEqual([]);
  });
});
