import { describe, expect, it } from 'vitest';
import type { FixOutcome } from '../../../src/model/fix.ts';
import { disposeHistories, memoryHistory } from '../../helpers/memory-history.ts';

disposeHistories();

const outcome = (part: Partial<FixOutcome> = {}): FixOutcome => ({
  fixId: 'pattern/port-in-use/free-port',
  title: 'Free the port 3000',
  sandboxId: 'a',
  startedAtMs: 1_000,
  endedAtMs: 2_000,
  result: 'worked',
  text: 'It worked.',
  ...part,
});

describe('fixes of recognised errors in the history', () => {
  it('are counted for their error, with what they were called', async () => {
    const history = memoryHistory();
    history.recordFix(outcome(), 'f1');
    history.recordFix(outcome({ startedAtMs: 3_000, result: 'did-not-work', title: 'Free the port 8080' }), 'f1');
    history.recordFix(outcome({ startedAtMs: 4_000 }), 'f2');
    const { title: _none, ...action } = outcome({ startedAtMs: 5_000, fixId: 'extend' });
    history.recordFix(action, 'f1');
    const [extend, free] = await history.fixes({ fingerprint: 'f1', limit: 10 });
    expect(extend).toMatchObject({ fixId: 'extend', tried: 1 });
    expect(extend?.title).toBeUndefined();
    expect(free).toMatchObject({
      fixId: 'pattern/port-in-use/free-port',
      title: 'Free the port 8080',
      tried: 2,
      worked: 1,
      didNotWork: 1,
    });
    expect(await history.fixes({ limit: 10 })).toHaveLength(2);
  });

  it('are left out where their id is none', async () => {
    const history = memoryHistory();
    history.recordFix(outcome({ fixId: 'pattern/a b/c' }), 'f1');
    expect(await history.fixes({ limit: 10 })).toEqual([]);
  });
});
