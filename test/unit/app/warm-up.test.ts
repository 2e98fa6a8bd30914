import { describe, expect, it } from 'vitest';
import { warmUp } from '../../../src/app/warm-up.ts';
import { preparing } from '../../../src/diagnosis/match.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

describe('getting ready for the first error', () => {
  it('goes in pieces, can be ended, and is done once', async () => {
    const ended = new FakeClock();
    warmUp(ended).cancel();
    await ended.advance(60_000);
    // Nothing was prepared: there are pieces left.
    expect(preparing().next().done).toBe(false);
    const clock = new FakeClock();
    warmUp(clock);
    await clock.advance(5_050);
    expect(preparing().next().done).toBe(false);
    await clock.advance(60_000);
    expect(preparing().next().done).toBe(true);
  });
});
