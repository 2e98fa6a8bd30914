import { describe, expect, it } from 'vitest';
import {
  addPeak,
  countPeak,
  emptyHistogram,
  histogramText,
  parseHistogram,
  peakOfHistogram,
} from '../../../src/history/peak-histogram.ts';

const mib = 1024 * 1024;
const dayMs = 86_400_000;

const of = (peaks: readonly number[], everyMs = 1_000, startMs = 1e12): ReturnType<typeof addPeak> =>
  peaks.reduce(
    (histogram, peak, no) => addPeak(histogram, { peakBytes: peak, atMs: startMs + no * everyMs }),
    emptyHistogram,
  );

describe('a peak histogram', () => {
  it('knows nothing before the first run', () => expect(peakOfHistogram(emptyHistogram)).toBeNull());

  it.each([0, 1, 1e3, mib, mib + 1, 3e8, 1e9, 1e12])(
    'foretells after one run of %d bytes that it comes again',
    (bytes) => {
      const peak = peakOfHistogram(of([bytes]));
      expect(peak?.runs).toBe(1);
      expect(peak?.peakBytes).toBeGreaterThanOrEqual(bytes);
      expect(peak?.peakBytes).toBeLessThanOrEqual(Math.max(mib, bytes * 1.051));
    },
  );

  it('foretells the 90th percentile', () => {
    const peak = peakOfHistogram(of([...Array.from({ length: 9 }, () => 100 * mib), 900 * mib]));
    expect(peak?.peakBytes).toBeLessThan(106 * mib);
    const worse = peakOfHistogram(of([...Array.from({ length: 8 }, () => 100 * mib), 900 * mib, 900 * mib]));
    expect(worse?.peakBytes).toBeGreaterThan(900 * mib);
  });

  it('lets old runs fade', () => {
    const before = of(Array.from({ length: 10 }, () => 900 * mib));
    const after = Array.from({ length: 3 }).reduce<ReturnType<typeof addPeak>>(
      (histogram) => addPeak(histogram, { peakBytes: 100 * mib, atMs: 1e12 + 60 * dayMs }),
      before,
    );
    expect(peakOfHistogram(after)?.peakBytes).toBeLessThan(106 * mib);
    expect(after.runs).toBe(13);
  });

  it('is not held back by a clock that had been ahead', () => {
    const ahead = addPeak(emptyHistogram, { peakBytes: 900 * mib, atMs: 1e12 + 4_000 * dayMs });
    const back = Array.from({ length: 20 }).reduce<ReturnType<typeof addPeak>>(
      (histogram) => addPeak(histogram, { peakBytes: 100 * mib, atMs: 1e12 }),
      ahead,
    );
    expect(peakOfHistogram(back)).toMatchObject({ lastRunAtMs: 1e12 });
    expect(peakOfHistogram(back)?.peakBytes).toBeLessThan(106 * mib);
  });

  it('stays small, however many different peaks there are', () => {
    const histogram = of(Array.from({ length: 5_000 }, (_, no) => no * 1e7));
    expect(histogramText(histogram).length).toBeLessThan(8_000);
  });

  it('is read as it was written', () => {
    const histogram = of([1e8, 2e8, 2e8], 3 * dayMs);
    const read = parseHistogram(histogramText(histogram));
    const peak = read === null ? null : peakOfHistogram(read);
    expect(peak).toEqual({ ...peakOfHistogram(histogram), peaks: peak?.peaks });
    expect(peak?.peaks.map(({ weight }) => weight.toFixed(4))).toEqual(
      peakOfHistogram(histogram)?.peaks.map(({ weight }) => weight.toFixed(4)),
    );
  });

  it('knows how long runs take, the newest counting most, and nothing of what nobody measured', () => {
    const took = (...times: readonly (number | null)[]): number | null | undefined =>
      peakOfHistogram(
        times.reduce(
          (histogram, tookMs, no) => addPeak(histogram, { peakBytes: 1e8, atMs: 1e12 + no, tookMs }),
          emptyHistogram,
        ),
      )?.tookMs;
    expect(took(null)).toBeNull();
    expect(took(8_000)).toBe(8_000);
    expect(took(8_000, null)).toBe(8_000);
    expect(took(8_000, 16_000)).toBeGreaterThan(8_000);
    expect(took(8_000, 16_000)).toBeLessThan(16_000);
    expect(took(8_000, 16_000, 16_000, 16_000)).toBeGreaterThan(13_000);
    expect(took(0, 0)).toBe(100);
  });

  describe('of lives', () => {
    const key = '(life) memory api';
    const minute = 60_000;
    const count = (times: readonly number[], of = key, from = emptyHistogram) =>
      times.reduce((sum, atMs) => countPeak(sum, of, { peakBytes: 1e8, atMs: 1e12 + atMs }), from);

    it('counts each life once, in whatever order two windows tell of several', () => {
      const twice = [0, minute, 2 * minute, 400, minute - 300, 2 * minute, 0];
      expect(count(twice).runs).toBe(3);
      expect(count(twice, 'npm ci').runs).toBe(7);
      const over = parseHistogram(histogramText(count(twice.slice(0, 3))));
      expect(over === null ? null : count(twice.slice(3), key, over).runs).toBe(3);
    });

    it('knows the newest only of what an earlier version wrote', () => {
      const older = parseHistogram('{"atMs":1000000060000,"runs":2,"lastRunAtMs":1000000060000,"buckets":[[90,2]]}');
      if (older === null) throw new Error('not read');
      expect(count([minute], key, older)).toBe(older);
      expect(count([2 * minute, minute], key, older).runs).toBe(3);
    });

    it('stays small', () => {
      const many = Array.from({ length: 1_000 }, (_, no) => no * minute);
      expect(histogramText(count(many)).length).toBeLessThan(2_000);
      expect(histogramText(count(many, 'npm ci'))).not.toContain('lives');
    });
  });

  it('is read as an earlier version wrote it, without times', () => {
    const read = parseHistogram('{"atMs":1,"runs":1,"lastRunAtMs":1,"buckets":[[90,1]]}');
    expect(read?.tookMs).toBeNull();
  });

  it('knows whether the runs took the same time or another each time', () => {
    const after = (...took: readonly number[]) =>
      peakOfHistogram(
        took.reduce(
          (histogram, tookMs, no) => addPeak(histogram, { peakBytes: 1e8, atMs: 1e12 + no, tookMs }),
          emptyHistogram,
        ),
      );
    expect(after(60_000)).not.toHaveProperty('tookSpread');
    expect(after(60_000, 60_000, 60_000)?.tookSpread).toBe(0);
    expect(after(60_000, 66_000, 63_000)?.tookSpread).toBeLessThan(0.06);
    expect(after(60_000, 600_000, 90_000)?.tookSpread).toBeGreaterThan(0.8);
  });

  it('keeps that over its text', () => {
    const histogram = [60_000, 600_000].reduce(
      (sum, tookMs, no) => addPeak(sum, { peakBytes: 1e8, atMs: 1e12 + no, tookMs }),
      emptyHistogram,
    );
    expect(parseHistogram(histogramText(histogram))?.tookSpread).toBe(histogram.tookSpread);
    const older = histogramText(histogram).replace(/"tookSpread":[^,]+,/, '');
    expect(parseHistogram(older)).toMatchObject({ tookMs: histogram.tookMs, tookSpread: null });
  });

  it('tells each peak to within its bucket, older ones with less weight', () => {
    const [low, high] = peakOfHistogram(of([100 * mib, 300 * mib], 14 * dayMs))?.peaks ?? [];
    expect(Math.abs((low?.peakBytes ?? 0) / (100 * mib) - 1)).toBeLessThan(0.025);
    expect(Math.abs((high?.peakBytes ?? 0) / (300 * mib) - 1)).toBeLessThan(0.025);
    expect(high?.weight).toBeCloseTo(1, 5);
    expect(low?.weight).toBeGreaterThan(0);
    expect(low?.weight).toBeLessThan(0.6);
  });

  it.each([
    '',
    '{}',
    '{"atMs":1,"runs":1,"lastRunAtMs":1,"buckets":[[-1,1]]}',
    '{"atMs":1,"runs":1,"lastRunAtMs":1,"buckets":[[1,-1]]}',
  ])('is not read from %j', (text) => expect(parseHistogram(text)).toBeNull());
});
