import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { DiskReading, Sample } from '../../../src/model/sample.ts';

const mebibyte = 2 ** 20;
const disk = (place: string, used: number, limit: number): DiskReading => ({
  place,
  usedBytes: used * mebibyte,
  limitBytes: limit * mebibyte,
});
const sample = (atMs: number, lead: DiskReading, ...otherDisks: DiskReading[]): Sample => ({
  kind: 'sample',
  sandboxId: 's',
  atMs,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  disk: lead,
  otherDisks,
});

/** A big disk that stays as it is leads for `switchAt` seconds; then a small one that fills up at 1.5 MiB a second does. */
const run = (seconds: number, switchAt: number): Forecast => {
  const forecaster = createForecaster();
  let forecast: Forecast | undefined;
  for (let second = 0; second < seconds; second += 1) {
    const big = disk('/', 900, 1000);
    const small = disk('/tmp', 5 + 1.5 * second, 100);
    const atMs = 1_000_000 + 1000 * second;
    forecaster.observe(second < switchAt ? sample(atMs, big, small) : sample(atMs, small, big));
    forecast = forecaster.forecasts(atMs).find(({ signal }) => signal === 'disk');
  }
  if (forecast === undefined) throw new Error('no forecast of the disk');
  return forecast;
};

describe('several disks', () => {
  it('are each followed, so that one that takes the lead has its past, and the change is no growth', () => {
    const late = run(45, 43);
    const early = run(45, 0);
    expect(late).toEqual(early);
    expect(late).toMatchObject({ place: '/tmp', limit: 100 * mebibyte });
    expect(late.slopePerSecond).toBeCloseTo(1.5 * mebibyte, -3);
    expect(late.evidence).not.toMatch(/limit|anew/);
  });

  it('say which one it is only where there are several', () => {
    const forecaster = createForecaster();
    const { place: _one, ...only } = disk('/', 10, 100);
    forecaster.observe(sample(1_000_000, only));
    expect(forecaster.forecasts(1_000_000).find(({ signal }) => signal === 'disk')).not.toHaveProperty('place');
    expect(run(5, 9).place).toBe('/');
  });

  it('are forgotten when there are too many', () => {
    const forecaster = createForecaster();
    for (let second = 0; second < 40; second += 1) {
      forecaster.observe(sample(1_000_000 + 1000 * second, disk('/', 10, 100), disk(`/mnt/${second}`, 10, 100)));
    }
    expect(forecaster.forecasts(1_039_000).find(({ signal }) => signal === 'disk')?.used).toBe(10 * mebibyte);
  });
});
