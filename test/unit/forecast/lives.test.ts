import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { oddsOf } from '../../../src/forecast/lives.ts';
import type { SandboxEvent } from '../../../src/model/events.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { CommandPeak } from '../../../src/model/history.ts';
import { lifeKey, noEndBytes } from '../../../src/model/life.ts';
import { forecastAfter, mebibyte, sample } from './support.ts';

const limit = 256 * mebibyte;

/** What is remembered of earlier lives that ended at these sizes, MiB; Infinity for one that reached the limit. */
const known = (...ends: readonly number[]): CommandPeak => ({
  peakBytes: Math.max(...ends.map(bytes)),
  runs: ends.length,
  lastRunAtMs: 0,
  tookMs: null,
  peaks: ends.map((mib) => ({ peakBytes: bytes(mib), weight: 1 })),
});
const bytes = (mib: number): number => (mib === Number.POSITIVE_INFINITY ? noEndBytes : mib * mebibyte);
const never = Number.POSITIVE_INFINITY;

describe('the odds that earlier lives give', () => {
  it('fall with every one that stopped further on, and rise with every one that did not stop', () => {
    const at = (...ends: readonly number[]): number => oddsOf(known(...ends), 100 * mebibyte, limit).odds;
    expect(at(180)).toBeLessThan(0.6);
    expect(at(180, 176)).toBeLessThan(at(180));
    expect(at(never)).toBeGreaterThan(1.6);
    expect(at(never, never)).toBeGreaterThan(at(never));
    expect(at(180, never)).toBeCloseTo(1, 1);
  });

  it('say nothing where no earlier life has been', () => {
    const beyond = oddsOf(known(60, 62, 61), 150 * mebibyte, limit);
    expect(beyond.odds).toBeCloseTo(1, 2);
    expect(beyond).toMatchObject({ reached: 0, stopped: 0, highestStop: 0 });
  });

  it('take one that stopped just below the limit for half a break', () => {
    const near = oddsOf(known(250), 200 * mebibyte, limit);
    expect(near.odds).toBeGreaterThan(oddsOf(known(180), 120 * mebibyte, limit).odds);
  });

  it('know a higher limit as one that those who stopped did not reach, and those that broke would', () => {
    expect(oddsOf(known(250), 200 * mebibyte, 2 * limit).odds).toBeLessThan(0.6);
    expect(oddsOf(known(never), 200 * mebibyte, 2 * limit).odds).toBeGreaterThan(1.6);
  });

  it('stay within bounds, whatever is remembered', () => {
    for (const ends of [Array<number>(500).fill(180), Array<number>(500).fill(never)]) {
      const { odds } = oddsOf(known(...ends), 100 * mebibyte, limit);
      expect(odds).toBeGreaterThanOrEqual(0.25);
      expect(odds).toBeLessThanOrEqual(4);
    }
  });
});

/** A server that fills its memory by 1.5 MiB/s from 30 MiB on. */
const climbing = Array.from({ length: 75 }, (_, s): SandboxEvent => {
  const mib = 30 + Math.max(0, s - 20) * 1.5;
  return sample(s, { memoryMiB: mib, anonMiB: mib });
});

function climbAfter(...ends: readonly number[]): Forecast {
  const peaks = { peakOf: (key: string) => (key === lifeKey('api #1', 'memory') ? known(...ends) : null) };
  const forecaster = createForecaster(ends.length === 0 ? {} : { peaks, origin: 'api #1' });
  return forecastAfter(forecaster, climbing, 'memory');
}

describe('a climb in a sandbox of a known kind', () => {
  it('is less of a danger when it stopped before the limit the last times, and says so', () => {
    const first = climbAfter();
    const again = climbAfter(180, 176, 182);
    expect(first.pBreak120).toBeGreaterThan(0.3);
    expect(again.pBreak120).toBeLessThan(0.6 * first.pBreak120);
    expect(again.evidence).toContain('3 earlier sandboxes of this kind stopped at about 182 MiB at most');
    expect(first.evidence).not.toContain('earlier');
  });

  it('is more of a danger when it went on to the limit, and says so', () => {
    const first = climbAfter();
    const again = climbAfter(never, never);
    expect(again.pBreak120).toBeGreaterThan(first.pBreak120);
    expect(again.pBreak120).toBeLessThanOrEqual(1);
    expect(again.evidence).toContain('2 earlier sandboxes of this kind reached the limit');
  });

  it('names both where both happened', () => {
    expect(climbAfter(never, 180).evidence).toContain(
      '1 earlier sandbox of this kind reached the limit, 1 stopped at about 180 MiB',
    );
  });

  it('raises nothing by itself: a level that stays is no danger', () => {
    const peaks = { peakOf: () => known(never, never, never) };
    const still = Array.from({ length: 60 }, (_, s) => sample(s, { memoryMiB: 120, anonMiB: 120 }));
    const forecast = forecastAfter(createForecaster({ peaks, origin: 'api #1' }), still, 'memory');
    expect(forecast.pBreak300).toBeLessThan(0.05);
  });

  it('of which nothing tells what it was made from is judged by itself', () => {
    const peaks = { peakOf: () => known(180, 180, 180) };
    const alone = forecastAfter(createForecaster({ peaks, origin: null }), climbing, 'memory');
    expect(alone.pBreak120).toBe(climbAfter().pBreak120);
  });
});
