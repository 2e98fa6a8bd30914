import { describe, expect, it } from 'vitest';
import { FixSuccesses } from '../../../src/app/fix-successes.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import type { FixOutcome, FixSuccess } from '../../../src/model/fix.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { disposeHistories, memoryHistory } from '../../helpers/memory-history.ts';

disposeHistories();

const outcomes: readonly { readonly results: readonly FixOutcome['result'][]; readonly known: FixSuccess }[] = [
  { results: ['worked'], known: { worked: 1, didNotWork: 0 } },
  { results: ['did-not-work'], known: { worked: 0, didNotWork: 1 } },
  { results: ['cannot-tell'], known: { worked: 0, didNotWork: 0 } },
  { results: ['cancelled'], known: { worked: 0, didNotWork: 0 } },
  // The server was not reached, or did not allow it: that says nothing of the fix.
  { results: ['failed', 'failed'], known: { worked: 0, didNotWork: 0 } },
  { results: ['worked', 'failed', 'did-not-work', 'worked', 'cannot-tell'], known: { worked: 2, didNotWork: 1 } },
];

describe('how a fix went', () => {
  it.each(outcomes)('is the same in this session and after the next start: $results', async ({ results, known }) => {
    const history = memoryHistory();
    const tasks = new Tasks();
    const host = { history, tasks, log: new KeptLog() };
    const session = new FixSuccesses(host);
    for (const [no, result] of results.entries()) {
      const times = { startedAtMs: 1_000 * no, endedAtMs: 1_000 * no + 1 };
      const outcome: FixOutcome = { fixId: 'recreateLarger', sandboxId: 'a', ...times, result, text: '' };
      session.add(outcome);
      history.recordFix(outcome, null);
    }
    const later = new FixSuccesses(host);
    later.load();
    await tasks.settled(new FakeClock(), 60_000);
    const none = { worked: 0, didNotWork: 0 };
    expect(session.of('recreateLarger') ?? none).toEqual(known);
    expect(later.of('recreateLarger') ?? none).toEqual(known);
  });
});
