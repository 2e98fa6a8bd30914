import { describe, expect, it } from 'vitest';
import { amountText, tickText, useText } from '../../../media/dashboard/lib/amounts.ts';
import { fanShape } from '../../../media/dashboard/lib/fan.ts';
import { roundUp, ticksOf, valueRange } from '../../../media/dashboard/lib/scale.ts';
import { aheadMs, followSpan, pastMs, scaleSpan, zoomSpan } from '../../../media/dashboard/lib/time-axis.ts';
import type { SignalState } from '../../../src/model/dashboard/sandbox-page.ts';

const mebibyte = 2 ** 20;

describe('the value axis', () => {
  it('shows the limit when use comes near it', () => {
    const range = valueRange(400 * mebibyte, 512 * mebibyte, 'bytes', null, false);
    expect(range.limitAbove).toBe(false);
    expect(range.max).toBeGreaterThan(512 * mebibyte);
  });

  it('leaves out a limit that is far above, and says so', () => {
    const range = valueRange(40, 1_048_576, 'count', null, false);
    expect(range).toEqual({ max: 50, limitAbove: true });
  });

  it('shows a limit that a forecast leads to, however far', () => {
    expect(valueRange(1, 100, 'count', null, true).limitAbove).toBe(false);
  });

  it('does not jump to and fro where use moves around the edge', () => {
    const near = valueRange(31, 100, 'count', null, false);
    expect(near.limitAbove).toBe(false);
    expect(valueRange(25, 100, 'count', near, false).limitAbove).toBe(false);
    const far = valueRange(15, 100, 'count', near, false);
    expect(far.limitAbove).toBe(true);
    expect(valueRange(25, 100, 'count', far, false).limitAbove).toBe(true);
  });

  it('shows use that is over the limit', () => {
    expect(valueRange(150, 100, 'count', null, false).max).toBeGreaterThan(150);
  });

  it('has round ends and ticks', () => {
    expect(roundUp(0, 'count')).toBe(10);
    expect(roundUp(42, 'count')).toBe(50);
    expect(roundUp(300 * mebibyte, 'bytes')).toBe(320 * mebibyte);
    expect(ticksOf(560 * mebibyte, 'bytes', 4).map((tick) => tick / mebibyte)).toEqual([0, 256, 512]);
    expect(ticksOf(1.1, 'cores', 4)).toEqual([0, 0.5, 1]);
    expect(ticksOf(3, 'count', 4)).toEqual([0, 1, 2, 3]);
  });
});

describe('amounts', () => {
  it.each([
    [0.25, 'cores', '0.25 cores', '0.25'],
    [1, 'cores', '1 core', '1'],
    [16, 'cores', '16 cores', '16'],
    [0, 'cores', '0 cores', '0'],
    [536_870_912, 'bytes', '512 MiB', '512 MiB'],
    [40, 'count', '40', '40'],
    [90_000, 'milliseconds', '2 min', '2 min'],
  ] as const)('%d %s is %s', (value, unit, text, tick) => {
    expect(amountText(value, unit)).toBe(text);
    expect(tickText(value, unit)).toBe(tick);
  });
  it('come with their share of the limit, if there is one', () => {
    expect(useText(364 * mebibyte, 512 * mebibyte, 'bytes')).toBe('364 MiB (71%)');
    expect(useText(40, null, 'count')).toBe('40');
  });
});

describe('the time axis', () => {
  const minute = 60_000;
  it('shows as much of the future as the forecasts need, in steps, and at most half as much as of the past', () => {
    expect(aheadMs(0, 10 * minute)).toBe(15_000);
    expect(aheadMs(100_000, 10 * minute)).toBe(2 * minute);
    expect(aheadMs(99 * minute, 10 * minute)).toBe(5 * minute);
    expect(aheadMs(Number.POSITIVE_INFINITY, 10 * minute)).toBe(5 * minute);
  });

  it('shows no more of the past than is known, in steps', () => {
    expect(pastMs(20_000, 10 * minute)).toBe(minute);
    expect(pastMs(4 * minute, 10 * minute)).toBe(5 * minute);
    expect(pastMs(40 * minute, 10 * minute)).toBe(10 * minute);
    expect(pastMs(Number.NEGATIVE_INFINITY, 10 * minute)).toBe(minute);
  });

  it('ends where the sandbox ended', () => {
    const span = followSpan({ nowMs: 99 * minute, endedAtMs: 20 * minute, windowMs: 10 * minute, aheadMs: minute });
    expect(span).toEqual({ fromMs: 10 * minute, toMs: 20.25 * minute });
  });

  it('follows the present in whole seconds', () => {
    const span = followSpan({ nowMs: 99 * minute + 1, endedAtMs: null, windowMs: 10 * minute, aheadMs: minute });
    expect(span).toEqual({ fromMs: 89 * minute + 1_000, toMs: 100 * minute + 1_000 });
  });

  it('zooms in either direction, and never to nothing', () => {
    expect(zoomSpan(20_000, 10_000)).toEqual({ fromMs: 10_000, toMs: 20_000 });
    expect(zoomSpan(10_000, 10_001)).toEqual({ fromMs: 8_500.5, toMs: 11_500.5 });
    expect(zoomSpan(5, 5)).toBeNull();
    expect(zoomSpan(Number.NaN, 5)).toBeNull();
    expect(scaleSpan({ fromMs: 0, toMs: 100 }, 0.5)).toEqual({ fromMs: 25, toMs: 75 });
  });
});

describe('the fan of a forecast', () => {
  const state = (part: Partial<SignalState>): SignalState => ({
    signal: 'memory',
    word: 'Memory',
    unit: 'bytes',
    atMs: 1_000,
    used: 50,
    limit: 100,
    pressure: 0.5,
    useText: null,
    comingText: null,
    evidence: '',
    leads: true,
    level: { word: 'warning', icon: 'warning', tone: 'warn' },
    fan: { p10: 1_000, p50: 2_000, p90: 4_000 },
    ...part,
  });

  it('opens from now to the earliest and the latest moment of the limit', () => {
    expect(fanShape(state({}), 99_000)).toEqual({
      limit: 100,
      area: [
        { atMs: 1_000, value: 50 },
        { atMs: 2_000, value: 100 },
        { atMs: 5_000, value: 100 },
      ],
      middle: [
        { atMs: 1_000, value: 50 },
        { atMs: 3_000, value: 100 },
      ],
      limitAtMs: 3_000,
    });
  });

  it('stays open where the model does not say how late', () => {
    const fan = fanShape(state({ fan: { p10: 1_000, p50: 2_000, p90: null } }), 9_000);
    expect(fan?.area.at(-1)).toEqual({ atMs: 9_001, value: 50 });
    expect(fan?.area.at(-2)).toEqual({ atMs: 9_001, value: 100 });
  });

  it('is not there without a forecast, without a limit, and at the limit', () => {
    expect(fanShape(null, 9_000)).toBeNull();
    expect(fanShape(state({ fan: null }), 9_000)).toBeNull();
    expect(fanShape(state({ fan: { p10: null, p50: null, p90: null } }), 9_000)).toBeNull();
    expect(fanShape(state({ limit: null }), 9_000)).toBeNull();
    expect(fanShape(state({ used: 100 }), 9_000)).toBeNull();
    expect(fanShape(state({}), 500)).toBeNull();
  });
});
