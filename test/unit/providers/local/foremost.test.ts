import { describe, expect, it } from 'vitest';
import { type Filled, Foremost } from '../../../../src/providers/local/foremost.ts';

const mebibyte = 2 ** 20;
/** Reads once a second; `used` tells of a place at a second. @returns who led at each second. */
const leaders = (
  seconds: number,
  used: Readonly<Record<string, (second: number) => number>>,
  limit = 100,
): string[] => {
  const foremost = new Foremost();
  return Array.from({ length: seconds }, (_, second) => {
    const all = Object.entries(used).map(
      ([place, at]): Filled => ({ place, used: at(second) * mebibyte, limit: limit * mebibyte }),
    );
    return foremost.order(all, 1_000_000 + 1000 * second)[0]?.place ?? '';
  });
};

describe('what is full first', () => {
  it('is the fullest where nothing fills up', () => {
    expect(new Set(leaders(100, { a: () => 40, b: () => 60 }))).toEqual(new Set(['b']));
  });

  it('is what fills up, soon after it begins, also beside one that is full and stays so', () => {
    for (const full of [90, 100]) {
      const led = leaders(60, { full: () => full, filling: (second) => 1.5 * second });
      expect(led.indexOf('filling')).toBeLessThanOrEqual(10);
      expect(new Set(led.slice(10))).toEqual(new Set(['filling']));
    }
  });

  it('is the fullest again when the other one stands still', () => {
    const led = leaders(140, { full: () => 90, burst: (second) => Math.min(20, second) });
    expect(led[15]).toBe('burst');
    expect(led.at(-1)).toBe('full');
  });

  it('is not what rises so slowly that it lasts for long', () => {
    expect(new Set(leaders(100, { full: () => 90, slow: (second) => 10 + 0.05 * second }))).toEqual(new Set(['full']));
  });

  it('does not change hands at every burst of what would last for five minutes', () => {
    const led = leaders(
      900,
      { full: () => 85, bursts: (s) => 0.5 * (20 * Math.floor(s / 120) + Math.min(20, s % 120)) },
      110,
    );
    const changes = led.filter((place, index) => index > 0 && place !== led[index - 1]).length;
    expect(changes).toBeLessThanOrEqual(12);
  });

  it('does not change hands all the time where two fill up alike', () => {
    const jitter = (second: number): number => (second % 3) * 0.4;
    const led = leaders(60, { a: (second) => second + jitter(second), b: (second) => second + jitter(second + 1) });
    const changes = led.filter((place, index) => index > 0 && place !== led[index - 1]).length;
    expect(changes).toBeLessThanOrEqual(2);
  });

  it('holds nothing of what is gone, and begins anew after the clock was set', () => {
    const foremost = new Foremost();
    const one = (place: string, used: number): Filled => ({ place, used, limit: 100 });
    expect(foremost.order([], 0)).toEqual([]);
    foremost.order([one('a', 10), one('b', 50)], 1_000_000);
    expect(foremost.order([one('a', 20)], 1_010_000).map(({ place }) => place)).toEqual(['a']);
    // `a` would be full within the minute, had the clock not gone back.
    expect(foremost.order([one('a', 40), one('b', 50)], 500_000)[0]?.place).toBe('b');
  });
});
