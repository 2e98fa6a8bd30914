import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../../src/model/forecast.ts';
import { Measurements } from '../../../src/monitor/measurements.ts';
import { SteadyForecaster } from '../../../src/monitor/steady-forecaster.ts';
import { calmForecast, feed, risky, sampleAt, scene, t0 } from './scene.ts';

describe('samples out of order', () => {
  it('are let go when they come late, alone or a few, while the newest time goes on', () => {
    const each = scene();
    for (const second of [10, 7, 11, 8, 12, 9, 10, 13]) each.feed(sampleAt(second), calmForecast());
    const taken = each.forecaster.events.flatMap((event) => (event.kind === 'sample' ? [event.atMs - t0] : []));
    expect(taken).toEqual([10_000, 11_000, 12_000, 13_000]);
  });

  it('are taken in after the clock was set back by half a minute, with all samples that show it', () => {
    const each = scene();
    feed(each, 100, 105, calmForecast());
    feed(each, 76, 78, calmForecast());
    expect(each.monitor.view(t0 + 78_000).lastSampleAtMs).toBe(t0 + 78_000);
    const taken = each.forecaster.events.flatMap((event) => (event.kind === 'sample' ? [event.atMs - t0] : []));
    // To the model the readings go on without a break.
    expect(taken.slice(-4)).toEqual([105_000, 106_000, 107_000, 108_000]);
  });

  it('are taken in after the clock was set back by an hour', () => {
    const each = scene();
    feed(each, 4000, 4005, calmForecast());
    feed(each, 400, 405, risky(0.7));
    expect(each.told()).toEqual(['memory started', 'memory warned']);
    expect(each.monitor.view(t0).lastSampleAtMs).toBe(t0 + 405_000);
  });
});

describe('what is measured', () => {
  const measured = () => {
    const said: { next: readonly Forecast[] } = { next: [] };
    const forecaster = new SteadyForecaster({ observe: () => undefined, forecasts: () => said.next });
    return { said, measurements: new Measurements(forecaster) };
  };

  it('keeps the newest reading of each signal, of one source at a time', () => {
    const { measurements } = measured();
    const disk = { usedBytes: 1, limitBytes: 2 };
    measurements.take(sampleAt(1, 0.5, { disk }));
    measurements.take(sampleAt(2, 0.6));
    expect(measurements.newest).toMatchObject({ atMs: t0 + 2000, disk });
    expect(measurements.box.last).not.toHaveProperty('disk');
    measurements.take(sampleAt(3, 0.6, { source: 'machine' }));
    expect(measurements.newest).not.toHaveProperty('disk');
  });

  it('is news when the forecasts differ, or the time left as far as a person can see', () => {
    const { said, measurements } = measured();
    expect(measurements.passTime(t0, t0 + 3_600_000)).toBe(true);
    expect(measurements.passTime(t0 + 2000, t0 + 3_600_000)).toBe(false);
    expect(measurements.passTime(t0 + 90_000, t0 + 3_600_000)).toBe(true);
    said.next = [risky(0.5)];
    expect(measurements.passTime(t0 + 91_000, t0 + 3_600_000)).toBe(true);
    expect(measurements.passTime(t0 + 92_000, t0 + 3_600_000)).toBe(false);
    expect(measurements.forecasts).toBe(said.next);
  });
});
