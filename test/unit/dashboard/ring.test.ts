import { describe, expect, it } from 'vitest';
import { emptyPlot, fillPlot } from '../../../media/dashboard/lib/plot-data.ts';
import { Ring } from '../../../media/dashboard/lib/ring.ts';

const ringOf = (...readings: readonly (readonly [atMs: number, used: number, limit?: number])[]): Ring => {
  const ring = new Ring();
  for (const [atMs, used, limit] of readings) ring.push(atMs, used, limit ?? null);
  return ring;
};

describe('a ring of readings', () => {
  it('keeps them in order and tells limits that are not there', () => {
    const ring = ringOf([1, 10, 100], [2, 20]);
    expect(ring.length).toBe(2);
    expect([ring.timeAt(1), ring.usedAt(0), ring.limitAt(0), ring.limitAt(1)]).toEqual([2, 10, 100, null]);
    expect(ring.lastAtMs).toBe(2);
  });

  it('does not take what comes late or twice', () => {
    const ring = ringOf([5, 1]);
    expect(ring.push(5, 2, null)).toBe(false);
    expect(ring.push(4, 2, null)).toBe(false);
    expect(ring.length).toBe(1);
  });

  it('grows without losing its order, then forgets the oldest', () => {
    const ring = new Ring(1_024);
    for (let at = 0; at < 3_000; at += 1) ring.push(at, at * 2, at * 3);
    expect(ring.length).toBe(1_024);
    expect(ring.timeAt(0)).toBe(3_000 - 1_024);
    for (let at = 0; at < ring.length; at += 1) {
      expect(ring.usedAt(at)).toBe(ring.timeAt(at) * 2);
      expect(ring.limitAt(at)).toBe(ring.timeAt(at) * 3);
    }
  });

  it('grows after it has gone round', () => {
    const ring = new Ring(2_048);
    for (let at = 0; at < 400; at += 1) ring.push(at, at, null);
    ring.clear();
    expect(ring.lastAtMs).toBeNull();
    for (let at = 0; at < 1_500; at += 1) ring.push(at, at, null);
    expect([ring.length, ring.usedAt(0), ring.usedAt(1_499)]).toEqual([1_500, 0, 1_499]);
  });

  it('finds readings by time', () => {
    const ring = ringOf([10, 1], [20, 2], [30, 3]);
    expect([ring.firstFrom(5), ring.firstFrom(20), ring.firstFrom(21), ring.firstFrom(31)]).toEqual([0, 1, 2, 3]);
    expect([ring.nearest(0), ring.nearest(14), ring.nearest(16), ring.nearest(99)]).toEqual([0, 0, 1, 2]);
    expect(new Ring().nearest(1)).toBeNull();
  });
});

describe('what a chart draws', () => {
  it('has one reading on each side of what is shown, so that the line reaches the edges', () => {
    const data = emptyPlot();
    const ring = ringOf([1_000, 1, 9], [2_000, 5, 9], [3_000, 2, 9], [4_000, 3, 9]);
    expect(fillPlot(ring, 1_500, 2_500, data)).toBe(5);
    expect(data).toEqual({ times: [1_000, 2_000, 3_000], used: [1, 5, 2], limit: [9, 9, 9] });
  });

  it('has a hole where nothing was measured for long, and none where readings are thin', () => {
    const data = emptyPlot();
    fillPlot(ringOf([0, 1], [1_000, 1], [61_000, 1], [62_000, 1]), 0, 99_000, data);
    expect(data.used).toEqual([1, 1, null, 1, 1]);
    fillPlot(ringOf([0, 1], [60_000, 1], [120_000, 1], [180_000, 1]), 0, 999_000, data);
    expect(data.used).toEqual([1, 1, 1, 1]);
  });

  it('uses its arrays again and leaves nothing of the picture before', () => {
    const data = emptyPlot();
    const ring = ringOf([0, 7], [1_000, 8], [2_000, 9]);
    fillPlot(ring, 0, 2_000, data);
    const { times } = data;
    fillPlot(ring, 1_900, 2_500, data);
    expect(data.times).toBe(times);
    expect(data.used).toEqual([8, 9]);
    expect(fillPlot(new Ring(), 0, 1, data)).toBe(0);
    expect(data.times).toEqual([]);
  });
});
