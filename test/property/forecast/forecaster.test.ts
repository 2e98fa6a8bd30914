import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { SandboxEvent } from '../../../src/model/events.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { signalNames } from '../../../src/model/signal.ts';
import { type AlertPolicy, alertPolicy, sensitivities } from '../../../src/monitor/alert-policy.ts';
import { quietEpisode, stepEpisode } from '../../../src/monitor/episode.ts';

const startMs = 1_700_000_000_000;
const nonsense = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1e300, 5e-324);
const number = fc.oneof({ weight: 6, arbitrary: fc.double({ min: 0, max: 1e12, noNaN: true }) }, nonsense);
const limit = fc.oneof(number, fc.constant(null));

const memory = fc.record(
  {
    usedBytes: number,
    workingSetBytes: number,
    limitBytes: limit,
    anonBytes: limit,
    oomKillCount: fc.oneof(fc.nat(3), fc.constant(null)),
    limitHitCount: fc.constant(null),
    stalledPercent: fc.constant(null),
    unreclaimableBytes: number,
    fileRefaultCount: number,
  },
  {
    requiredKeys: [
      'usedBytes',
      'workingSetBytes',
      'limitBytes',
      'anonBytes',
      'oomKillCount',
      'limitHitCount',
      'stalledPercent',
    ],
  },
);
const bytes = fc.record({ usedBytes: number, limitBytes: limit });
const count = fc.record({ used: number, limit });
const processes = fc.array(
  fc.record({
    pid: fc.nat(5),
    parentPid: fc.constant(null),
    name: fc.constantFrom('node', 'java', ''),
    rssBytes: number,
    ageMs: limit,
    heapLimit: fc.oneof(fc.constant(null), fc.record({ limitBytes: number, source: fc.constantFrom('-Xmx', '--max') })),
  }),
  { maxLength: 4 },
);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
  fc.constantFrom(-600_000, -6000, -1000, 301_000, Number.NaN),
);
const base = { sandboxId: fc.constant('box'), atMs: step };
const anySample = fc.record(
  {
    kind: fc.constant('sample' as const),
    ...base,
    source: fc.constantFrom('cgroup', 'cgroup', 'cgroup', 'machine', 'prometheus') as fc.Arbitrary<Sample['source']>,
    cadenceMs: number,
    caveat: fc.constant(null),
    memory,
    swap: bytes,
    disk: bytes,
    inodes: count,
    pids: count,
    fds: count.map((reading) => ({ ...reading, pid: null })),
    cpu: fc.record({ usedCores: number, limitCores: limit, throttledRatio: limit }),
    processes,
  },
  { requiredKeys: ['kind', 'sandboxId', 'atMs', 'source', 'cadenceMs', 'caveat'] },
);
const anyEvent: fc.Arbitrary<SandboxEvent> = fc.oneof(
  { weight: 10, arbitrary: anySample },
  fc.record({ kind: fc.constant('limit-changed' as const), ...base, signal: fc.constantFrom(...signalNames), limit }),
  fc.record({
    kind: fc.constant('process-exited' as const),
    ...base,
    pid: fc.nat(5),
    name: fc.constant('node'),
    outOfMemory: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('tick' as const), ...base }),
  fc.record({
    kind: fc.constant('command-started' as const),
    ...base,
    commandId: fc.constantFrom('a', 'b', 'c'),
    commandLine: fc.oneof(fc.constantFrom('npm test', 'make', ''), fc.string()),
    cwd: fc.constantFrom(null, '/app'),
  }),
  fc.record({
    kind: fc.constant('command-ended' as const),
    ...base,
    commandId: fc.constantFrom('a', 'b', 'c'),
    exitCode: fc.constantFrom(null, 0, 1, 137),
  }),
);

/** Turns steps between events into times, and asks after each. */
function run(events: readonly SandboxEvent[]): readonly (readonly Forecast[])[] {
  const forecaster = createForecaster();
  let atMs = startMs;
  return events.map((event) => {
    if (Number.isFinite(event.atMs)) atMs += event.atMs;
    forecaster.observe({ ...event, atMs: Number.isFinite(event.atMs) ? atMs : Number.NaN });
    return forecaster.forecasts(atMs);
  });
}

const sampleOf = (second: number, used: number, limitBytes: number): Sample => ({
  kind: 'sample',
  sandboxId: 'box',
  atMs: startMs + second * 1000,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: {
    usedBytes: used,
    workingSetBytes: used,
    limitBytes,
    anonBytes: null,
    oomKillCount: null,
    limitHitCount: null,
    stalledPercent: null,
  },
  fds: { used, limit: limitBytes, pid: null },
});

function highest(series: readonly number[], limitBytes: number): number {
  const forecaster = createForecaster();
  let p = 0;
  series.forEach((used, second) => {
    forecaster.observe(sampleOf(second, used, limitBytes));
    for (const forecast of forecaster.forecasts(startMs + second * 1000)) p = Math.max(p, forecast.pBreak300);
  });
  return p;
}

/** How often the alert policy would have warned of a series that is read once a second, of a limit of 1. */
function warnings(series: readonly number[], policy: AlertPolicy): number {
  const forecaster = createForecaster();
  let state = quietEpisode('box', 'memory');
  let count = 0;
  series.forEach((used, second) => {
    const atMs = startMs + second * 1000;
    forecaster.observe(sampleOf(second, used, 1));
    for (const forecast of forecaster.forecasts(atMs)) {
      const step = stepEpisode(state, { atMs, cadenceMs: 1000, forecast, hardSign: null }, policy);
      state = step.state;
      count += step.changes.filter((change) => change === 'warned').length;
    }
  });
  return count;
}

describe('whatever comes in', () => {
  it('nothing is thrown, and what is said is in order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        for (const forecasts of run(events)) {
          const order = forecasts.map(({ signal }) => signalNames.indexOf(signal));
          expect([...order].sort((a, b) => a - b)).toEqual(order);
          for (const { pBreak60, pBreak120, pBreak300, timeToLimitMs, pressure, atMs, evidence } of forecasts) {
            expect(pBreak60).toBeGreaterThanOrEqual(0);
            expect(pBreak120).toBeGreaterThanOrEqual(pBreak60);
            expect(pBreak300).toBeGreaterThanOrEqual(pBreak120);
            expect(pBreak300).toBeLessThanOrEqual(1);
            expect(pressure === null || pressure >= 0).toBe(true);
            expect(Number.isFinite(atMs)).toBe(true);
            expect(evidence).not.toMatch(/NaN|undefined|Infinity/);
            if (timeToLimitMs === null) continue;
            expect(timeToLimitMs.p10).toBeGreaterThanOrEqual(0);
            expect(timeToLimitMs.p50).toBeGreaterThanOrEqual(timeToLimitMs.p10);
            expect(timeToLimitMs.p90).toBeGreaterThanOrEqual(timeToLimitMs.p50);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the same events give the same forecasts', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        expect(run(events)).toEqual(run(events));
      }),
      { numRuns: 50 },
    );
  });
});

const course = fc.record({
  level: fc.integer({ min: 1, max: 900 }),
  rise: fc.integer({ min: 0, max: 8 }),
  swing: fc.integer({ min: 0, max: 80 }),
  period: fc.integer({ min: 2, max: 30 }),
});

describe('invariants of the model', () => {
  it('scaling use and limit together changes no probability', () => {
    // Powers of two scale floating point numbers exactly, so the results must be identical, not only close.
    fc.assert(
      fc.property(course, fc.integer({ min: -8, max: 30 }), ({ level, rise, swing, period }, power) => {
        const scale = 2 ** power;
        const small = createForecaster();
        const large = createForecaster();
        for (let s = 0; s < 120; s++) {
          const used = level + rise * s + (swing * (s % period)) / period;
          small.observe(sampleOf(s, used, 1000));
          large.observe(sampleOf(s, used * scale, 1000 * scale));
        }
        const a = small.forecasts(startMs + 119_000);
        const b = large.forecasts(startMs + 119_000);
        a.forEach((forecast, i) => {
          expect(b[i]?.pBreak60).toBe(forecast.pBreak60);
          expect(b[i]?.pBreak120).toBe(forecast.pBreak120);
          expect(b[i]?.pBreak300).toBe(forecast.pBreak300);
          expect(b[i]?.timeToLimitMs).toEqual(forecast.timeToLimitMs);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('moving all times together changes nothing but the times', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 0, max: 1e11 }), ({ level, rise, swing, period }, shiftMs) => {
        const [p, q] = [0, shiftMs].map((shift) => {
          const forecaster = createForecaster();
          for (let s = 0; s < 100; s++) {
            const used = level + rise * s + (swing * (s % period)) / period;
            const sample = sampleOf(s, used, 1000);
            forecaster.observe({ ...sample, atMs: sample.atMs + shift });
          }
          return forecaster.forecasts(startMs + 99_000 + shift).map(({ atMs: _, ...rest }) => rest);
        });
        expect(q).toEqual(p);
      }),
      { numRuns: 50 },
    );
  });

  it('a constant series never alarms', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), (level) => {
        expect(highest(Array<number>(400).fill(level), 1)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('noise around a level is never enough for a warning', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.double({ min: 0.0001, max: 0.03, noNaN: true }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 400, maxLength: 400 }),
        (level, size, noise) => {
          const series = noise.map((n) => level + size * n);
          for (const sensitivity of sensitivities) expect(warnings(series, alertPolicy(sensitivity))).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a fall never alarms', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0001, max: 0.01, noNaN: true }), (rate) => {
        const series = Array.from({ length: 300 }, (_, s) => Math.max(0, 0.95 - rate * s));
        expect(highest(series, 1)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('a lower limit is never less dangerous for a straight climb', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.02, noNaN: true }),
        fc.double({ min: 1.001, max: 4, noNaN: true }),
        (rate, factor) => {
          const series = Array.from({ length: 60 }, (_, s) => 0.1 + (rate * s) / 2);
          expect(highest(series, 1)).toBeGreaterThanOrEqual(highest(series, factor) - 1e-9);
        },
      ),
      { numRuns: 50 },
    );
  });
});
