import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { type EarlierLives, earlierLives, Lives } from '../../../src/forecast/lives.ts';
import type { SandboxEvent } from '../../../src/model/events.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { CommandPeak } from '../../../src/model/history.ts';
import { lifeKey, noEndBytes } from '../../../src/model/life.ts';
import { forecastAfter, mebibyte, sample, startMs } from './support.ts';

const limit = 256 * mebibyte;

/** Of a sandbox whose age nobody knows. */
const oddsOf = (peaks: CommandPeak, used: number, limitBytes: number): EarlierLives =>
  earlierLives(peaks, used, limitBytes, Number.NaN);

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

  it('say where they stopped, also when this one is already a little further', () => {
    const all = oddsOf(known(150, 150, 150, 150, 150), 155 * mebibyte, limit);
    expect(all).toMatchObject({ stopped: 2, highestStop: 150 * mebibyte });
    expect(oddsOf(known(60, 150, 170, never), 100 * mebibyte, limit).highestStop).toBe(170 * mebibyte);
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

describe('the age at which earlier ones reached their limit', () => {
  const minute = 60_000;
  const at = (ageMs: number, lives: number, more: Partial<CommandPeak> = {}): EarlierLives['due'] =>
    earlierLives({ ...known(...Array<number>(lives).fill(never)), tookMs: 5 * minute, ...more }, 0, limit, ageMs).due;

  it('is a danger by itself, the more of them there were', () => {
    const [, once] = at(4 * minute, 1);
    const [, often] = at(4 * minute, 8);
    expect(once).toBeGreaterThan(0.3);
    expect(often).toBeGreaterThan(0.8);
  });

  it('says nothing long before and nothing long after', () => {
    expect(at(minute, 8)[0]).toBeLessThan(0.01);
    expect(at(30 * minute, 8)[2]).toBeLessThan(0.01);
  });

  it('says little where it was another one each time', () => {
    expect(at(4 * minute, 8, { tookSpread: 1 })[1]).toBeLessThan(0.5);
  });

  it('says nothing where nobody measured it, or nobody knows how old this one is', () => {
    expect(at(4 * minute, 8, { tookMs: null })).toEqual([0, 0, 0]);
    expect(at(Number.NaN, 8)).toEqual([0, 0, 0]);
    expect(at(-minute, 8)).toEqual([0, 0, 0]);
    expect(earlierLives({ ...known(180, 180), tookMs: 5 * minute }, 0, limit, 4 * minute).due).toEqual([0, 0, 0]);
  });

  it('is looked at only where something climbs, or the age is near', () => {
    const peaks = { peakOf: () => ({ ...known(never, never), tookMs: 20 * minute }) };
    const lives = new Lives(peaks, 'api #1', startMs);
    const at = (ageMs: number, climbs: boolean) => lives.of('memory', 0, limit, startMs + ageMs, climbs);
    expect(at(2 * minute, false)).toBeNull();
    expect(at(2 * minute, true)?.reached).toBe(2);
    expect(at(18 * minute, false)?.due[2]).toBeGreaterThan(0.1);
    expect(at(60 * minute, false)).toBeNull();
  });

  it('is told before anything climbs, and no earlier', () => {
    const peaks = { peakOf: () => ({ ...known(...Array<number>(8).fill(never)), tookMs: 5 * minute }) };
    const still = Array.from({ length: 60 }, (_, s) => sample(s, { memoryMiB: 120, anonMiB: 120 }));
    const aged = (ageMs: number): Forecast => {
      const createdAtMs = startMs - ageMs;
      return forecastAfter(createForecaster({ peaks, origin: 'api #1', createdAtMs }), still, 'memory');
    };
    const soon = aged(3.2 * minute);
    expect(soon.pBreak120).toBeGreaterThan(0.8);
    expect(soon.timeToLimitMs).toBeNull();
    expect(soon.evidence).toContain('8 earlier sandboxes of this kind reached the limit about 5 min after creation');
    const young = aged(0);
    expect(young.pBreak120).toBeLessThan(0.05);
    expect(young.evidence).not.toContain('earlier');
  });
});
