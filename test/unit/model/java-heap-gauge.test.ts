import { describe, expect, it } from 'vitest';
import type { JavaHeapCounters } from '../../../src/model/java-heap.ts';
import { JavaHeapGauge } from '../../../src/model/java-heap-gauge.ts';

/** Readings in plain numbers: what is held, what is fresh, and how many collections of the whole heap there were. */
type Reading = readonly [held: number, fresh: number, full: number | null];

const counters = (
  [heldBytes, freshBytes, fullCollections]: Reading,
  more: Partial<JavaHeapCounters>,
): JavaHeapCounters => ({
  startedAtMs: null,
  heldBytes,
  freshBytes,
  keepsFresh: false,
  limitBytes: 100,
  fullCollections,
  onlyThose: true,
  ...more,
});

const usesOf = (readings: readonly Reading[], more: Partial<JavaHeapCounters> = {}) => {
  const gauge = new JavaHeapGauge();
  return readings.map((reading) => {
    const { usedBytes, unchecked } = gauge.add(counters(reading, more));
    return unchecked ? `at most ${usedBytes}` : usedBytes;
  });
};

describe('a heap whose old generation is only cleaned as a whole', () => {
  it('is not known before that has happened', () => {
    expect(
      usesOf([
        [20, 5, 0],
        [40, 0, 0],
        [60, 9, 0],
      ]),
    ).toEqual(['at most 20', 'at most 40', 'at most 60']);
    // Somebody who comes later does not know what the last one left.
    expect(
      usesOf([
        [60, 0, 7],
        [61, 0, 7],
      ]),
    ).toEqual(['at most 60', 'at most 61']);
  });

  it('of a healthy service stays at what is left, however it fills in between', () => {
    expect(
      usesOf([
        [60, 0, 0],
        [30, 0, 1],
        [50, 0, 1],
        [60, 0, 1],
        [30, 0, 2],
        [50, 0, 2],
        [60, 0, 2],
      ]),
    ).toEqual(['at most 60', 30, 40, 45, 30, 30, 30]);
  });

  it('with a leak rises by the share that lives', () => {
    expect(
      usesOf([
        [60, 0, 0],
        [60, 0, 1],
        [70, 0, 1],
        [80, 0, 2],
        [90, 0, 2],
      ]),
    ).toEqual(['at most 60', 60, 70, 80, 90]);
  });

  it('that is full counts what a collection leaves with the young, less what was made until it was looked at', () => {
    const full = { keepsFresh: true };
    const readings: readonly Reading[] = [
      [70, 10, 0],
      [70, 14, 0],
      [70, 9, 1],
      [70, 13, 1],
      [70, 11, 2],
    ];
    expect(usesOf(readings, full)).toEqual(['at most 70', 'at most 70', 75, 75, 77]);
  });

  it('is not known by a collection while the program starts', () => {
    expect(
      usesOf([
        [8, 0, 0],
        [6, 0, 1],
        [50, 0, 1],
        [30, 0, 2],
      ]),
    ).toEqual(['at most 8', 'at most 6', 'at most 50', 30]);
  });

  it('never holds more than it may', () => {
    expect(usesOf([[130, 0, 0]])).toEqual(['at most 100']);
  });
});

describe('a heap that is cleaned in cycles', () => {
  const cycles = { onlyThose: false };

  it('is known from the third cycle on, by the least of the last one and what that rose', () => {
    const readings: readonly Reading[] = [
      [40, 9, 0],
      [60, 3, 1],
      [70, 9, 1],
      [55, 2, 2],
      [65, 0, 2],
      [72, 0, 3],
      [58, 0, 3],
      [70, 0, 4],
    ];
    expect(usesOf(readings, cycles)).toEqual([
      'at most 40',
      'at most 60',
      'at most 70',
      'at most 55',
      'at most 65',
      55,
      55,
      61,
    ]);
  });

  it('follows a leak from cycle to cycle', () => {
    const readings = [50, 60, 70, 80, 90].map((held, i): Reading => [held, 0, i + 2]);
    expect(usesOf(readings, cycles)).toEqual(['at most 50', 50, 70, 80, 90]);
  });
});

it('a heap of which nobody can tell when it was cleaned is what is in use', () => {
  expect(
    usesOf([
      [40, 0, null],
      [70, 0, null],
      [30, 0, null],
    ]),
  ).toEqual([40, 70, 30]);
});
