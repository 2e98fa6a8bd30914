import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import type { WarningLevel } from '../../../src/model/warning.ts';
import { createSandboxMonitor } from '../../../src/monitor/sandbox-monitor.ts';
import { ShownEstimates } from '../../../src/monitor/shown-estimates.ts';
import { memoryForecast, sandbox } from '../../helpers/views.ts';
import { allFixes, docker, expiryAt, id, limitBytes, risky, sampleAt, t0 } from './scene.ts';

/** A forecast that sees the end in so many seconds; null: none. Infinite: less than half of all ways reach it. */
const seeing = (second: number, leftSeconds: number | null, part: Partial<Forecast> = {}): Forecast => {
  const p50 = (leftSeconds ?? 0) * 1000;
  const timeToLimitMs = leftSeconds === null ? null : { p10: p50 / 2, p50, p90: p50 * 2 };
  return memoryForecast({
    atMs: t0 + second * 1000,
    pBreak300: leftSeconds === null ? 0 : 0.8,
    timeToLimitMs,
    ...part,
  });
};

/** What is shown of memory, second by second, of readings that see these times. */
const shown = (readings: readonly (number | null)[], level: WarningLevel = 'watch'): readonly (number | null)[] => {
  const estimates = new ShownEstimates();
  const levels = new Map<SignalName, WarningLevel>([['memory', level]]);
  return readings.map((left, second) => {
    const forecasts = [seeing(second, left)];
    estimates.take(forecasts, levels, t0 + second * 1000);
    const p50 = estimates.steady(forecasts, levels, t0 + second * 1000)[0]?.timeToLimitMs?.p50;
    return p50 === undefined ? null : p50 / 1000;
  });
};

const none = (count: number): readonly null[] => Array(count).fill(null);

describe('the estimate that is shown while nothing is warned of', () => {
  it('is none after a single reading that sees an end', () => {
    expect(shown([...none(9), 60, null, 300, ...none(9)]).every((left) => left === null)).toBe(true);
  });

  it('comes when most of the last ten seconds see one, and bridges a gap', () => {
    const seen = shown([...none(9), 120, 119, 118, 117, 116, 115, null, 60, null, 112, 111]);
    expect(seen.slice(0, 13).every((left) => left === null)).toBe(true);
    // The middle one, as it is by now: always the same moment, which comes nearer.
    expect(seen.slice(14)).toEqual([115, 114, 113, 112, 111, 110]);
  });

  it('goes when few see one any more, ten seconds after the last at the latest', () => {
    const seen = shown([...Array(10).fill(100), ...none(10)]);
    expect(seen[14]).not.toBeNull();
    expect(seen.at(-1)).toBeNull();
  });

  it('goes at once when use falls far below what it was made from', () => {
    const of = (uses: readonly number[], sees: (second: number) => number | null) => {
      const estimates = new ShownEstimates();
      return uses.map((used, second) => {
        const forecasts = [seeing(second, sees(second), { used })];
        estimates.take(forecasts, new Map(), t0 + second * 1000);
        return estimates.steady(forecasts, new Map(), t0 + second * 1000)[0]?.timeToLimitMs?.p50 ?? null;
      });
    };
    const climb = Array.from({ length: 12 }, (_, second) => 40 + 5 * second);
    const killed = of([...climb, 12, 13, 14, 15], (second) => (second < 12 ? 12 - second : null));
    expect(killed.slice(11)).toEqual([1_000, null, null, null, null]);
    // Nor is it taken up again by the first reading that climbs anew.
    const again = of([...climb, 50, 52, 54, 56, 58, 60, 62], (second) => (second < 12 ? 12 - second : 40 - second));
    expect([again[12], again[13], again.at(-1)]).toEqual([null, null, 22_000]);
    // A collection of garbage is no such fall.
    expect(of([...climb, 80], (second) => 30 - second).at(-1)).not.toBeNull();
  });

  it('takes what sees no end by half of all ways for one that sees none', () => {
    expect(shown(Array(10).fill(Number.POSITIVE_INFINITY)).at(-1)).toBeNull();
  });

  it('is that of the newest reading as soon as there is a warning', () => {
    for (const level of ['warn', 'critical'] as const) {
      expect(shown([...none(9), 60, 45, null], level).slice(-3)).toEqual([60, 45, null]);
    }
  });

  it('is that of the only reading where a source tells seldom', () => {
    const estimates = new ShownEstimates();
    for (const [second, left] of [
      [0, 600],
      [30, null],
      [60, 200],
    ] as const) {
      const forecasts = [seeing(second, left)];
      estimates.take(forecasts, new Map(), t0 + second * 1000);
      const nowMs = t0 + second * 1000;
      expect(estimates.steady(forecasts, new Map(), nowMs)[0]?.timeToLimitMs?.p50 ?? null).toBe(
        left === null ? null : left * 1000,
      );
    }
  });

  it('counts its times from when the signal was read, not from samples that did not look at it', () => {
    const estimates = new ShownEstimates();
    const disk = [seeing(0, 400, { signal: 'disk' })];
    for (let second = 0; second < 20; second += 1) {
      const nowMs = t0 + second * 1000;
      estimates.take(disk, new Map(), nowMs);
      expect(estimates.steady(disk, new Map(), nowMs)).toEqual(disk);
    }
  });

  it('follows a limit that is told between two readings', () => {
    const estimates = new ShownEstimates();
    estimates.take([seeing(0, 400)], new Map(), t0);
    const raised = [seeing(0, 900)];
    estimates.take(raised, new Map(), t0 + 1_000);
    expect(estimates.steady(raised, new Map(), t0 + 1_000)).toEqual(raised);
  });

  it('bridges a gap no longer than readings can contradict it', () => {
    const estimates = new ShownEstimates();
    for (let second = 0; second < 5; second += 1) {
      estimates.take([seeing(second, 100)], new Map(), t0 + second * 1000);
    }
    const gap = [seeing(5, null)];
    estimates.take(gap, new Map(), t0 + 5_000);
    expect(estimates.steady(gap, new Map(), t0 + 14_000)[0]?.timeToLimitMs).not.toBeNull();
    expect(estimates.steady(gap, new Map(), t0 + 15_000)).toEqual(gap);
  });

  it('forgets what lies ahead of a clock that was set back', () => {
    const estimates = new ShownEstimates();
    for (let second = 0; second < 10; second += 1)
      estimates.take([seeing(second, null)], new Map(), t0 + second * 1000);
    const forecasts = [seeing(-3600, 90)];
    estimates.take(forecasts, new Map(), t0 - 3_600_000);
    expect(estimates.steady(forecasts, new Map(), t0 - 3_600_000)[0]?.timeToLimitMs?.p50).toBe(90_000);
  });

  it('leaves the clock, and what has no end, as they are', () => {
    const estimates = new ShownEstimates();
    const forecasts = [seeing(0, 60, { signal: 'expiry' }), seeing(0, 60, { signal: 'cpu' })];
    estimates.take(forecasts, new Map(), t0);
    expect(estimates.steady(forecasts, new Map(), t0)).toEqual(forecasts);
  });
});

describe('the name of what comes first', () => {
  const calm: ReadonlyMap<SignalName, WarningLevel> = new Map([
    ['memory', 'watch'],
    ['heap', 'watch'],
  ]);
  /** Names, second by second, while the heap has so many seconds left and memory a hundred. */
  const names = (heap: readonly number[], levels = calm): readonly (SignalName | undefined)[] => {
    const estimates = new ShownEstimates();
    return heap.map((left, second) => {
      const forecasts = [seeing(second, 100), seeing(second, left, { signal: 'heap' })];
      estimates.take(forecasts, levels, t0 + second * 1000);
      const nowMs = t0 + second * 1000;
      return estimates.leading(estimates.steady(forecasts, levels, nowMs), levels, nowMs)?.signal;
    });
  };

  it('stays while another one is first for a moment only', () => {
    expect(new Set(names([200, 200, 200, 200, 90, 90, 90, 90, 200, 90, 200, 90]))).toEqual(new Set(['memory']));
  });

  it('passes on when another one stays first', () => {
    const given = names([...Array(3).fill(200), ...Array(12).fill(50)]);
    expect([given[5], given.at(-1)]).toEqual(['memory', 'heap']);
  });

  it('is at once that of what is warned of', () => {
    const estimates = new ShownEstimates();
    const forecasts = [seeing(0, 60), seeing(0, 100, { signal: 'heap' })];
    estimates.take(forecasts, calm, t0);
    expect(estimates.leading(forecasts, calm, t0)?.signal).toBe('memory');
    expect(estimates.leading(forecasts, new Map([...calm, ['heap', 'warn']]), t0)?.signal).toBe('heap');
  });

  it('is that of what is full, unless something is watched', () => {
    const estimates = new ShownEstimates();
    const full = seeing(0, null, { signal: 'disk', used: 100, limit: 100, pressure: 1 });
    const clock = seeing(0, 600, { signal: 'expiry', limit: t0 + 600_000 });
    const forecasts = [seeing(0, 600), full, clock];
    estimates.take(forecasts, new Map(), t0);
    const named = (levels: ReadonlyMap<SignalName, WarningLevel>, all = forecasts) =>
      estimates.leading(all, levels, t0)?.signal;
    expect([named(new Map()), named(new Map(), [full]), named(new Map(), [full, clock])]).toEqual([
      'disk',
      'disk',
      'disk',
    ]);
    expect(named(new Map([['memory', 'watch']]))).toBe('memory');
    expect(named(new Map([['expiry', 'warn']]))).toBe('expiry');
  });

  it('is none where nothing is in sight', () => {
    const estimates = new ShownEstimates();
    estimates.take([seeing(0, 60)], calm, t0);
    estimates.take([], calm, t0 + 1_000);
    expect(estimates.leading([], calm, t0 + 1_000)).toBeNull();
  });
});

describe('the view of a monitor', () => {
  const viewOf = (steady: boolean) => {
    let next: readonly Forecast[] = [];
    const monitor = createSandboxMonitor({
      ...{
        sandbox: sandbox({ expiry: expiryAt(t0 + 3_600_000) }),
        supports: allFixes,
        capabilities: docker,
        nowMs: t0,
      },
      ...{ steady, forecaster: { observe: () => undefined, forecasts: () => next } },
    });
    for (let second = 1; second <= 9; second += 1) {
      next = [seeing(second, null)];
      monitor.observe(sampleAt(second));
    }
    next = [risky(0.3, { atMs: t0 + 10_000 })];
    monitor.observe(sampleAt(10));
    return monitor.view(t0 + 10_000);
  };

  it('holds estimates steady only where it is made for the eye, and judges by the readings as they are', () => {
    expect(viewOf(false).forecasts[0]?.timeToLimitMs?.p50).toBe(38_000);
    expect(viewOf(true).forecasts[0]?.timeToLimitMs).toBeNull();
    expect([viewOf(false).level, viewOf(true).level]).toEqual(['watch', 'watch']);
  });

  it('shows no time and no name any more of what is read no more, and gives the name to the clock', () => {
    const monitor = createSandboxMonitor({
      sandbox: sandbox({ expiry: expiryAt(t0 + 3_600_000) }),
      supports: allFixes,
      capabilities: docker,
      nowMs: t0,
      steady: true,
    });
    for (let second = 1; second <= 240; second += 1) {
      monitor.observe(sampleAt(second, 0.4 + second * 0.0009 + Math.sin(second * 12.9898) * 0.002));
    }
    const shownAt = (second: number) => {
      monitor.observe({ kind: 'tick', sandboxId: id, atMs: t0 + second * 1000 });
      const view = monitor.view(t0 + second * 1000);
      const memory = view.forecasts.find(({ signal }) => signal === 'memory');
      return [view.leading?.signal, typeof memory?.timeToLimitMs?.p50];
    };
    expect(shownAt(241)).toEqual(['memory', 'number']);
    expect(shownAt(500)).toEqual(['memory', 'number']);
    expect(shownAt(545)).toEqual(['expiry', 'undefined']);
    expect(shownAt(2_000)).toEqual(['expiry', 'undefined']);
  });

  it('names a disk that was full before it was watched, and warns of nothing', () => {
    const monitor = createSandboxMonitor({
      sandbox: sandbox({ expiry: expiryAt(t0 + 3_600_000) }),
      supports: allFixes,
      capabilities: docker,
      nowMs: t0,
      steady: true,
    });
    const levels = new Set<WarningLevel>();
    for (let second = 1; second <= 300; second += 1) {
      monitor.observe(sampleAt(second, 0.3, { disk: { usedBytes: 1e8, limitBytes: 1e8 } }));
      levels.add(monitor.view(t0 + second * 1000).level);
    }
    const { leading, warning } = monitor.view(t0 + 300_000);
    expect([leading?.signal, warning, [...levels]]).toEqual(['disk', null, ['calm']]);
  });

  it('counts down evenly of a disk that is looked at every twenty seconds', () => {
    const monitor = createSandboxMonitor({
      sandbox: sandbox({ expiry: null }),
      supports: allFixes,
      capabilities: docker,
      nowMs: t0,
      steady: true,
    });
    const ends = new Set<number>();
    for (let second = 1; second <= 339; second += 1) {
      const disk = { usedBytes: 8 * limitBytes + second * 9e6, limitBytes: 20 * limitBytes, place: '/' };
      monitor.observe(sampleAt(second, 0.3, second % 20 === 0 ? { disk } : {}));
      const seen = monitor.view(t0 + second * 1000).forecasts.find(({ signal }) => signal === 'disk');
      if (second >= 300 && seen) ends.add(seen.atMs + (seen.timeToLimitMs?.p50 ?? Number.NaN));
    }
    // One end for each of the two readings.
    expect([...ends].every(Number.isFinite)).toBe(true);
    expect(ends.size).toBeLessThanOrEqual(2);
  });
});
