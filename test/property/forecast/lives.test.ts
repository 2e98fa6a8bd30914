import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EarlierLives, earlierLives } from '../../../src/forecast/lives.ts';
import type { CommandPeak } from '../../../src/model/history.ts';
import { LifeCourse, noEndBytes } from '../../../src/model/life.ts';

/** Of a sandbox whose age nobody knows. */
const oddsOf = (peaks: CommandPeak, used: number, limitBytes: number): EarlierLives =>
  earlierLives(peaks, used, limitBytes, Number.NaN);

const bytes = fc.double({ min: 1, max: 2 ** 40, noNaN: true });
const peak = fc.record({
  peakBytes: fc.oneof(bytes, fc.constant(noEndBytes)),
  weight: fc.double({ min: 1e-3, max: 50, noNaN: true }),
});
const known = (peaks: CommandPeak['peaks']): CommandPeak => ({
  peakBytes: 0,
  runs: peaks.length,
  lastRunAtMs: 0,
  tookMs: null,
  peaks,
});
/** A use and the limit above it. */
const standing = fc
  .tuple(bytes, fc.double({ min: 1, max: 50, noNaN: true }))
  .map(([used, more]) => [used, used * more] as const);

describe('the odds that earlier lives give', () => {
  it('lie within bounds and are numbers', () => {
    fc.assert(
      fc.property(fc.array(peak, { maxLength: 40 }), standing, (peaks, [used, limit]) => {
        const found = oddsOf(known(peaks), used, limit);
        expect(found.odds).toBeGreaterThanOrEqual(0.25);
        expect(found.odds).toBeLessThanOrEqual(4);
        expect(found.reached).toBeGreaterThanOrEqual(0);
        expect(found.stopped).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('name a height at which one of them stopped wherever any is said to have stopped', () => {
    // Near the limit and each other, where each life is a little of both.
    const near = fc.record({
      peakBytes: fc.double({ min: 100, max: 700, noNaN: true }),
      weight: fc.double({ min: 0.01, max: 5, noNaN: true }),
    });
    const use = fc.double({ min: 50, max: 512, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.oneof(near, peak), { maxLength: 10 }), use, (peaks, used) => {
        const { stopped, highestStop } = oddsOf(known(peaks), used, 512);
        if (stopped === 0) expect(highestStop).toBe(0);
        else expect(peaks.map(({ peakBytes }) => peakBytes)).toContain(highestStop);
        expect(highestStop).not.toBe(noEndBytes);
      }),
    );
  });

  it('do not depend on the unit', () => {
    fc.assert(
      fc.property(
        fc.array(peak, { maxLength: 20 }),
        standing,
        fc.integer({ min: 0, max: 8 }),
        (peaks, [used, limit], k) => {
          const larger = peaks.map((one) => ({ ...one, peakBytes: one.peakBytes * 2 ** k }));
          expect(oddsOf(known(larger), used * 2 ** k, limit * 2 ** k).odds).toBeCloseTo(
            oddsOf(known(peaks), used, limit).odds,
            9,
          );
        },
      ),
    );
  });

  it('are neutral without lives, and rise when all reached the limit', () => {
    fc.assert(
      fc.property(standing, fc.integer({ min: 1, max: 20 }), ([used, limit], lives) => {
        expect(oddsOf(known([]), used, limit).odds).toBe(1);
        const all = Array.from({ length: lives }, () => ({ peakBytes: noEndBytes, weight: 1 }));
        expect(oddsOf(known(all), used, limit).odds).toBeGreaterThan(1);
      }),
    );
  });
});

describe('the danger of an age', () => {
  it('is a probability, and never falls with the horizon', () => {
    const age = fc.oneof(fc.double({ min: -1e9, max: 1e12 }), fc.constant(Number.NaN));
    const took = fc.oneof(fc.constant(null), fc.double({ min: 1, max: 1e10, noNaN: true }));
    fc.assert(
      fc.property(fc.array(peak, { maxLength: 20 }), standing, age, took, (peaks, [used, limit], ageMs, tookMs) => {
        const [in60, in120, in300] = earlierLives({ ...known(peaks), tookMs }, used, limit, ageMs).due;
        expect(in60).toBeGreaterThanOrEqual(0);
        expect(in120).toBeGreaterThanOrEqual(in60);
        expect(in300).toBeGreaterThanOrEqual(in120);
        expect(in300).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the course of a life', () => {
  it('ends nowhere but at a height it was seen at, or beyond its limit', () => {
    const reading = fc.record({
      stepMs: fc.integer({ min: -5_000, max: 40_000 }),
      used: fc.oneof(bytes, fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY, 0)),
      limit: fc.oneof(bytes, fc.constantFrom(null, 0)),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
        const course = new LifeCourse();
        let atMs = 1e12;
        for (const { stepMs, used, limit } of readings) {
          atMs += stepMs;
          course.add(atMs, used, limit);
        }
        const end = course.end();
        const highest = Math.max(
          0,
          ...readings.map(({ used }) => used).filter((used) => used >= 0 && Number.isFinite(used)),
        );
        expect(end === null || end === noEndBytes || end === highest).toBe(true);
      }),
    );
  });
});
