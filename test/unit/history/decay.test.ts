import { describe, expect, it } from 'vitest';
import { addDecayed, decayedAt } from '../../../src/history/decay.ts';
import { halfLifeMs, shareLeft } from '../../../src/model/decay.ts';

const dayMs = 86_400_000;

describe('decayed counts', () => {
  it('halve in a week', () => {
    expect(halfLifeMs).toBe(7 * dayMs);
    expect(decayedAt({ value: 8, atMs: 0 }, 14 * dayMs)).toBeCloseTo(2);
    expect(shareLeft(0)).toBe(1);
  });

  it('do not grow when the clock is set back', () => {
    expect(decayedAt({ value: 8, atMs: dayMs }, 0)).toBe(8);
  });

  it('take late news with the weight it has left', () => {
    const count = addDecayed({ value: 1, atMs: 1_000_000 }, 1, 1_000_000 - 60_000);
    expect(count.atMs).toBe(1_000_000);
    expect(count.value).toBeLessThan(2);
    expect(count.value).toBeGreaterThan(1.999);
  });

  it('follow a clock that was a year ahead back to the present', () => {
    const count = addDecayed({ value: 3, atMs: 365 * dayMs }, 1, 0);
    expect(count).toEqual({ value: 4, atMs: 0 });
  });
});
