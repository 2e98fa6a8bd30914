import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/net/clock.ts';

describe('systemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs what is due once, unless it was cancelled', () => {
    const runs: string[] = [];
    systemClock.after(10, () => runs.push('a'));
    const cancelled = systemClock.after(10, () => runs.push('b'));
    cancelled.cancel();
    cancelled.cancel();
    vi.advanceTimersByTime(100);
    expect(runs).toEqual(['a']);
    expect(systemClock.now()).toBe(Date.now());
  });

  it('does not run a very long wait at once', () => {
    let ran = false;
    systemClock.after(2 ** 40, () => {
      ran = true;
    });
    vi.advanceTimersByTime(1_000_000);
    expect(ran).toBe(false);
  });
});
