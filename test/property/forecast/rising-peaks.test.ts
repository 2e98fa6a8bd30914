import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RisingPeaks } from '../../../src/forecast/rising-peaks.ts';

const limit = fc.double({ min: 1, max: 2 ** 50, noNaN: true });
const job = fc.record({
  share: fc.double({ min: 0.08, max: 1, noNaN: true }),
  gapMs: fc.integer({ min: 1, max: 400_000 }),
});
// Rising lines among them: a list without order hardly ever is a series.
const line = fc
  .record({
    from: fc.double({ min: 0.1, max: 0.7, noNaN: true }),
    step: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    count: fc.integer({ min: 3, max: 9 }),
    gapMs: fc.integer({ min: 1000, max: 200_000 }),
  })
  .map(({ from, step, count, gapMs }) =>
    Array.from({ length: count }, (_, i) => ({ share: Math.min(1, from + step * i), gapMs })),
  );
const course = fc.oneof(fc.array(job, { maxLength: 20 }), line);

function play(jobs: readonly { share: number; gapMs: number }[], size: number, laterMs: number) {
  const series = new RisingPeaks();
  let atMs = 0;
  for (const { share, gapMs } of jobs) {
    atMs += gapMs;
    series.add({ atMs, reading: atMs / 1000, height: share * size, missed: 0, who: 'report' });
  }
  const found = series.at(atMs + laterMs, size);
  return found === null ? null : { due: [...found.due] };
}

describe('a series of peaks', () => {
  it('gives probabilities that do not fall with the horizon', () => {
    fc.assert(
      fc.property(course, limit, fc.integer({ min: 0, max: 600_000 }), (jobs, size, laterMs) => {
        const [in60 = 0, in120 = 0, in300 = 0] = play(jobs, size, laterMs)?.due ?? [];
        expect(in60).toBeGreaterThanOrEqual(0);
        expect(in120).toBeGreaterThanOrEqual(in60);
        expect(in300).toBeGreaterThanOrEqual(in120);
        expect(in300).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: -20, max: 20 }), (jobs, power) => {
        const one = play(jobs, 1, 1000);
        const other = play(jobs, 2 ** power, 1000);
        expect(other === null).toBe(one === null);
        one?.due.forEach((p, i) => {
          expect(other?.due[i]).toBeCloseTo(p, 9);
        });
      }),
    );
  });

  it('is none where no peak is higher than the one before', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 20 }), (jobs) => {
        const falling = jobs.toSorted((a, b) => b.share - a.share);
        expect(play(falling, 1, 0)).toBeNull();
      }),
    );
  });
});
