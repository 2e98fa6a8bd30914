import { describe, expect, it } from 'vitest';
import { addPeak, emptyHistogram, histogramText } from '../../../src/history/peak-histogram.ts';
import { SharedPeaks } from '../../../src/history/peaks.ts';

const runs = (count: number, atMs = 1e12): string =>
  histogramText(
    Array.from({ length: count }).reduce<ReturnType<typeof addPeak>>(
      (h) => addPeak(h, { peakBytes: 1e8, atMs }),
      emptyHistogram,
    ),
  );

describe('SharedPeaks', () => {
  const open = (): { peaks: SharedPeaks; written: string[] } => {
    const written: string[] = [];
    return {
      peaks: new SharedPeaks(
        (key) => key.trim(),
        (key) => written.push(key),
      ),
      written,
    };
  };

  it('answers at once for what this window saw', () => {
    const { peaks, written } = open();
    expect(peaks.peakOf('npm ci', 0)).toBeNull();
    peaks.record(' npm ci ', 1e8, 1e12);
    expect(peaks.peakOf('npm ci', 0)).toMatchObject({ runs: 1, lastRunAtMs: 1e12 });
    expect(written).toEqual(['npm ci']);
  });

  it('takes in what other windows saw without losing or doubling its own', () => {
    const { peaks } = open();
    peaks.record('npm ci', 1e8, 1e12);
    // What is loaded at the start knows nothing of it yet.
    peaks.load(0, [['npm ci', runs(5)]]);
    expect(peaks.peakOf('npm ci', 0)?.runs).toBe(6);
    peaks.sent(1);
    peaks.record('npm ci', 1e8, 1e12);
    // This one has counted the first batch, and two runs of another window.
    peaks.load(1, [['npm ci', runs(8)]]);
    expect(peaks.peakOf('npm ci', 0)?.runs).toBe(9);
    peaks.sent(2);
    peaks.load(2, [['npm ci', runs(9)]]);
    expect(peaks.peakOf('npm ci', 0)?.runs).toBe(9);
  });

  it('forgets the commands not asked for the longest when there are too many', () => {
    const { peaks } = open();
    for (let no = 0; no < 2_000; no += 1) peaks.record(`command ${no}`, 1e8, 1e12 + no);
    expect(peaks.peakOf('command 0', 0)).not.toBeNull();
    peaks.record('one more', 1e8, 1e12);
    expect(peaks.peakOf('command 0', 0)).not.toBeNull();
    expect(peaks.peakOf('command 1', 0)).toBeNull();
  });

  it('takes no peak that is none', () => {
    const { peaks, written } = open();
    for (const bytes of [Number.NaN, -1, Number.POSITIVE_INFINITY]) peaks.record('npm ci', bytes, 1e12);
    peaks.record('npm ci', 1, Number.NaN);
    expect(peaks.peakOf('npm ci', 0)).toBeNull();
    expect(written).toEqual([]);
  });

  it('writes one life once, and a command every time', () => {
    const { peaks, written } = open();
    const life = '(life) memory api';
    for (const atMs of [1e12, 1e12 + 60_000, 1e12, 1e12 + 60_400]) peaks.record(life, 1e8, atMs);
    expect(written).toEqual([life, life]);
    expect(peaks.peakOf(life, 0)?.runs).toBe(2);
    for (const atMs of [1e12, 1e12]) peaks.record('npm ci', 1e8, atMs);
    expect(peaks.peakOf('npm ci', 0)?.runs).toBe(2);
  });

  it('is not misled by a damaged entry', () => {
    const { peaks } = open();
    peaks.load(0, [['npm ci', 'nonsense']]);
    expect(peaks.peakOf('npm ci', 0)).toBeNull();
    peaks.record('npm ci', 1e8, 1e12);
    expect(peaks.peakOf('npm ci', 0)?.runs).toBe(1);
  });
});
