import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { forecastAfter, play, randomFrom, sample } from './support.ts';

const noise = (seed: number, size: number): (() => number) => {
  const random = randomFrom(seed);
  return () => (random() - 0.5) * 2 * size;
};

describe('leaks in 256 MiB are warned of at least 30 s before the kill', () => {
  it.each([0.5, 1, 1.7, 2, 3, 4, 5])('plain, %d MiB/s', (rate) => {
    const jitter = noise(Math.round(rate), 0.5);
    const { brokeAt, warnedAt } = play(createForecaster(), (s) => 30 + rate * Math.max(0, s - 30) + jitter(), 600);
    expect((brokeAt ?? 0) - (warnedAt ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(30);
    expect(warnedAt).toBeGreaterThanOrEqual(30);
  });

  it.each([
    [1, 5, 15],
    [1, 8, 30],
    [1.7, 6, 20],
    [2, 5, 15],
    [2, 8, 30],
  ])('under a sawtooth, %d MiB/s, a collection each %i s of %i MiB', (rate, period, swing) => {
    const jitter = noise(rate, 0.5);
    const course = (s: number): number => 30 + rate * Math.max(0, s - 20) + (swing * (s % period)) / period + jitter();
    const { brokeAt, warnedAt } = play(createForecaster(), course, 600);
    expect((brokeAt ?? 0) - (warnedAt ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(30);
  });

  it.each([
    [3, 5, 15],
    [3, 8, 30],
  ])('faster ones under a sawtooth at least 20 s before: %i MiB/s, each %i s %i MiB', (rate, period, swing) => {
    const jitter = noise(rate, 0.5);
    const course = (s: number): number => 30 + rate * Math.max(0, s - 20) + (swing * (s % period)) / period + jitter();
    const { brokeAt, warnedAt } = play(createForecaster(), course, 400);
    expect((brokeAt ?? 0) - (warnedAt ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(20);
  });

  it('one that fills everything within half a minute leaves no time, and nothing is said any more', () => {
    const { brokeAt, warnedAt, highest } = play(createForecaster(), (s) => 30 + 8 * Math.max(0, s - 30), 400);
    expect(brokeAt).toBe(59);
    expect(warnedAt).toBeNull();
    // The status bar and the tree still show it.
    expect(highest).toBeGreaterThan(alertPolicy('balanced').watchProbability);
  });
});

describe('no warning', () => {
  it('from a level series, at any level', () => {
    for (const level of [1, 100, 200, 250, 255.9]) {
      expect(play(createForecaster(), () => level, 400).highest).toBe(0);
    }
  });

  it.each([
    [5, 20, 200],
    [10, 40, 180],
    [7, 60, 150],
  ])('from a sawtooth of %i s and %i MiB with a flat floor at %i MiB', (period, swing, floor) => {
    const jitter = noise(period, 1);
    const course = (s: number): number => floor + (swing * (s % period)) / period + jitter();
    expect(play(createForecaster(), course, 600).warnedAt).toBeNull();
  });

  it('in the first ten seconds, whatever happens', () => {
    const forecaster = createForecaster();
    for (let s = 0; s < 10; s++) {
      const forecast = forecastAfter(forecaster, [sample(s, { memoryMiB: 20 * s })], 'memory');
      expect(forecast.pBreak300).toBe(0);
      expect(forecast.evidence).toContain('a trend needs 10 s');
    }
  });

  it('from a build that climbs and levels off at 60 %', () => {
    const course = (s: number): number => 20 + 134 * (1 - Math.exp(-s / 15));
    expect(play(createForecaster(), course, 400).warnedAt).toBeNull();
  });

  it('from a climb of page cache that the kernel can take back', () => {
    const forecaster = createForecaster();
    for (let s = 0; s < 100; s++) {
      const forecast = forecastAfter(forecaster, [sample(s, { memoryMiB: 30 + 2 * s, anonMiB: 25 })], 'memory');
      expect(forecast.pBreak300).toBeLessThan(0.05);
      expect(forecast.pressure).toBeCloseTo((30 + 2 * s) / 256, 9);
      if (s === 99) expect(forecast.evidence).toMatch(/; 226 MiB left once 198 MiB of cache is given back$/);
    }
  });
});

describe('a climb that was warned of and stops', () => {
  it('is no danger any more half a minute later', () => {
    const forecaster = createForecaster();
    const stopped = (s: number): number => 30 + 2 * Math.min(95, s);
    expect(play(forecaster, stopped, 95).warnedAt).not.toBeNull();
    const forecaster2 = createForecaster();
    const readings = Array.from({ length: 125 }, (_, s) => sample(s, { memoryMiB: stopped(s) }));
    expect(forecastAfter(forecaster2, readings, 'memory').pBreak120).toBeLessThan(0.1);
  });

  it('is trusted less each time it has come back', () => {
    const wave = (s: number): number => 40 + 160 * Math.abs(((s % 60) - 30) / 30);
    const once = Array.from({ length: 61 + 20 }, (_, s) => sample(s, { memoryMiB: wave(s + 30) }));
    const often = Array.from({ length: 301 + 20 }, (_, s) => sample(s, { memoryMiB: wave(s + 30) }));
    const first = forecastAfter(createForecaster(), once.slice(0, 21), 'memory').pBreak120;
    expect(forecastAfter(createForecaster(), often, 'memory').pBreak120).toBeLessThan(0.6 * first);
  });
});
