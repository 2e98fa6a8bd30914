import { describe, expect, it } from 'vitest';
import { commandStats } from '../../../../src/app/queries/command-stats.ts';
import { type FailureFacts, failuresOf } from '../../../../src/app/queries/failures.ts';
import type { CommandRun, ErrorCount, ErrorDay } from '../../../../src/model/history.ts';
import { aRemembered } from '../../../helpers/past.ts';
import { aCommand, startMs } from '../../../integration/history/makers.ts';

const anErrorCount = (fingerprint: string): ErrorCount => ({
  fingerprint,
  pattern: null,
  title: fingerprint,
  count: 1,
  decayedCount: 1,
  sandboxes: 1,
  firstSeenAtMs: startMs,
  lastSeenAtMs: startMs,
});

const anErrorDay = (sandboxId: string, fingerprint: string): ErrorDay => ({
  sandboxId,
  fingerprint,
  day: 20_000,
  workspace: null,
  commandKey: null,
  count: 1,
  firstSeenAtMs: startMs,
  lastSeenAtMs: startMs,
});

const factsOf = (part: Partial<FailureFacts>): FailureFacts => ({
  sandboxes: [],
  incidents: [],
  errors: [],
  days: [],
  runs: [],
  patterns: () => null,
  ...part,
});

describe('the work for the numbers of failures', () => {
  it('looks through the metadata of a sandbox once, however often something failed in it', async () => {
    let looks = 0;
    const metadata = new Proxy(
      { user: 'ada' },
      {
        ownKeys: (target) => {
          looks += 1;
          return Reflect.ownKeys(target);
        },
      },
    );
    const { patterns } = await failuresOf(
      factsOf({
        sandboxes: [aRemembered('sb', null, { metadata })],
        errors: [anErrorCount('a'), anErrorCount('b')],
        days: ['a', 'b', 'a', 'b'].map((fingerprint) => anErrorDay('sb', fingerprint)),
      }),
      async () => undefined,
    );
    expect(patterns.map(({ users }) => users)).toEqual([['ada'], ['ada']]);
    expect(looks).toBe(1);
  });
});

describe('the work for the numbers of commands', () => {
  it('lets others have their turn while it compares the runs of one command in thousands of sandboxes', async () => {
    const runs: readonly CommandRun[] = Array.from({ length: 3_000 }, (_, no) =>
      aCommand(`c-${no}`, { sandboxId: `sb-${no}`, commandKey: 'npm test' }),
    );
    let turns = 0;
    const stats = await commandStats(runs, async () => {
      turns += 1;
    });
    expect(stats).toMatchObject([{ commandKey: 'npm test', runs: 3_000, attemptsPer5Min: 1 }]);
    // Half of them between the runs, half of them between the sandboxes.
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});
