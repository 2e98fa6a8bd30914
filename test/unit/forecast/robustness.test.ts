import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { forecastAfter, forecastOf, processOf, sample, startMs } from './support.ts';

const leakAt = (s: number, cadence = 1) => sample(s, { memoryMiB: 30 + s, cadenceMs: cadence * 1000 });
const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

describe('cadence', () => {
  it.each([1, 2, 5, 15, 30])('a leak is seen with a sample every %i s', (cadence) => {
    const readings = range(0, 180, cadence).map((s) => leakAt(s, cadence));
    const forecast = forecastAfter(createForecaster(), readings, 'memory');
    expect(forecast.pBreak120).toBeGreaterThan(0.5);
    expect(forecast.slopePerSecond).toBeCloseTo(1024 * 1024, -4);
  });

  it('may be irregular and full of holes', () => {
    const readings = range(0, 180)
      .filter((s) => s % 7 !== 3 && s % 11 !== 5 && (s < 90 || s > 115))
      .map((s) => leakAt(s));
    expect(forecastAfter(createForecaster(), readings, 'memory').pBreak120).toBeGreaterThan(0.5);
  });
});

describe('readings out of place', () => {
  it('duplicates and late ones change nothing', () => {
    const clean = range(0, 100).map((s) => leakAt(s));
    const dirty = clean.flatMap((reading, s) => (s > 3 ? [reading, reading, leakAt(s - 2)] : [reading]));
    const expected = forecastAfter(createForecaster(), clean, 'memory');
    const forecaster = createForecaster();
    for (const reading of dirty) forecaster.observe(reading);
    expect(forecastOf(forecaster, 'memory', startMs + 99_000)).toEqual(expected);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('%s is ignored and named', (memoryMiB) => {
    const forecaster = createForecaster();
    const before = forecastAfter(
      forecaster,
      range(0, 60).map((s) => leakAt(s)),
      'memory',
    );
    const forecast = forecastAfter(forecaster, [sample(60, { memoryMiB })], 'memory');
    expect(forecast.used).toBe(before.used);
    expect(forecast.evidence).toContain('1 unusable reading ignored');
  });

  it('events of another sandbox are not ours', () => {
    const forecaster = createForecaster({ sandboxId: 'box' });
    forecaster.observe({ ...leakAt(0), sandboxId: 'other' });
    expect(forecaster.forecasts(startMs)).toEqual([]);
  });

  it('an event without a time is dropped', () => {
    const forecaster = createForecaster();
    forecaster.observe({ ...leakAt(0), atMs: Number.NaN });
    expect(forecaster.forecasts(startMs)).toEqual([]);
  });
});

describe('the clock', () => {
  it('going back starts the trend anew and says so', () => {
    const forecaster = createForecaster();
    forecastAfter(
      forecaster,
      range(100, 200).map((s) => leakAt(s)),
      'memory',
    );
    const forecast = forecastAfter(forecaster, [leakAt(60)], 'memory');
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.atMs).toBe(startMs + 60_000);
    expect(forecast.evidence).toContain('the clock went back 2 min, trend began anew');
    expect(
      forecastAfter(
        forecaster,
        range(61, 180).map((s) => leakAt(s)),
        'memory',
      ).pBreak120,
    ).toBeGreaterThan(0.5);
  });

  it('jumping forward starts it anew and says so', () => {
    const forecaster = createForecaster();
    forecastAfter(
      forecaster,
      range(0, 100).map((s) => leakAt(s)),
      'memory',
    );
    const forecast = forecastAfter(forecaster, [sample(1000, { memoryMiB: 130 })], 'memory');
    expect(forecast.evidence).toContain('no reading for 15 min, trend began anew');
    expect(forecast.pBreak300).toBe(0);
  });

  it('running on without readings makes them old, then worthless', () => {
    const forecaster = createForecaster();
    forecastAfter(
      forecaster,
      range(0, 160).map((s) => leakAt(s)),
      'memory',
    );
    const old = forecastOf(forecaster, 'memory', startMs + 180_000);
    expect(old.pBreak120).toBeGreaterThan(0.5);
    expect(old.evidence).toContain('last reading 21 s ago');
    const dead = forecastOf(forecaster, 'memory', startMs + 600_000);
    expect(dead.pBreak300).toBe(0);
    expect(dead.evidence).toContain('no recent readings');
  });
});

describe('signals that come and go', () => {
  it('may appear late', () => {
    const forecaster = createForecaster();
    forecastAfter(
      forecaster,
      range(0, 50).map((s) => leakAt(s)),
      'memory',
    );
    const disk = range(50, 120).map((s) => sample(s, { more: { disk: { usedBytes: s * 10, limitBytes: 1500 } } }));
    expect(forecastAfter(forecaster, disk, 'disk').pBreak60).toBeGreaterThan(0.5);
  });

  it('may fall to nothing, as after a restart', () => {
    const forecaster = createForecaster();
    forecastAfter(
      forecaster,
      range(0, 200).map((s) => leakAt(s)),
      'memory',
    );
    const forecast = forecastAfter(
      forecaster,
      range(200, 215).map((s) => sample(s, { memoryMiB: 10 })),
      'memory',
    );
    expect(forecast.pBreak300).toBeLessThan(0.05);
  });

  it('a kill by the kernel is no recovery: the trend begins anew', () => {
    const forecaster = createForecaster();
    for (const s of range(0, 200)) forecaster.observe(sample(s, { memoryMiB: 30 + s, oomKillCount: 0 }));
    const forecast = forecastAfter(forecaster, [sample(200, { memoryMiB: 10, oomKillCount: 1 })], 'memory');
    expect(forecast.evidence).toContain('after an out-of-memory kill');
  });

  it('a process that exits is no longer named', () => {
    const forecaster = createForecaster();
    for (const s of range(0, 60)) {
      const processes = s % 5 === 0 ? { processes: [processOf(412, 'node', 20 + s)] } : {};
      forecaster.observe(sample(s, { memoryMiB: 30 + s, ...processes }));
    }
    expect(forecastOf(forecaster, 'memory', startMs + 59_000).grower?.pid).toBe(412);
    forecaster.observe({
      kind: 'process-exited',
      sandboxId: 'box',
      atMs: startMs + 60_000,
      pid: 412,
      name: 'node',
      outOfMemory: false,
    });
    expect(forecastAfter(forecaster, [leakAt(60)], 'memory').grower).toBeNull();
  });

  it('events without numbers are taken calmly', () => {
    const forecaster = createForecaster();
    const base = { sandboxId: 'box', atMs: startMs };
    forecaster.observe({ kind: 'tick', ...base });
    forecaster.observe({ kind: 'command-started', ...base, commandId: '1', commandLine: 'npm test', cwd: null });
    forecaster.observe({ kind: 'command-ended', ...base, commandId: '1', exitCode: 0 });
    expect(forecaster.forecasts(startMs)).toEqual([]);
  });
});
