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
  });

  it('tells the time of day in epoch milliseconds', () => {
    vi.setSystemTime(1_767_268_800_000);
    expect(systemClock.now()).toBe(1_767_268_800_000);
  });

  it('does not keep the process alive', () => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    systemClock.after(10, () => undefined);
    expect(started.mock.results[0]?.value.hasRef()).toBe(false);
    started.mockRestore();
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
