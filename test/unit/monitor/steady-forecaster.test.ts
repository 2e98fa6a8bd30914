import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import { SteadyForecaster } from '../../../src/monitor/steady-forecaster.ts';
import { id, sampleAt, t0 } from './scene.ts';

const deadlineMs = t0 + 3_600_000;

/** A leak of half a percent of the limit in a second. */
const leak = (from: number, to: number, give: (second: number, share: number) => void): void => {
  for (let second = from; second <= to; second += 1) give(second, 0.2 + second * 0.005);
};

const begun = (): SteadyForecaster => {
  const steady = new SteadyForecaster(createForecaster());
  steady.observe({ kind: 'limit-changed', sandboxId: id, atMs: t0, signal: 'expiry', limit: deadlineMs });
  leak(0, 40, (second, share) => steady.observe(sampleAt(second, share)));
  return steady;
};

const of = (signal: string, forecasts: readonly Forecast[]): Forecast | undefined =>
  forecasts.find((each) => each.signal === signal);

describe('a forecaster over a clock that is set back', () => {
  it('says what it would have said, at the time it is now, and keeps to the deadline', () => {
    const undisturbed = begun();
    leak(41, 60, (second, share) => undisturbed.observe(sampleAt(second, share)));
    const disturbed = begun();
    // Twice, by 30 s and by 20 s.
    disturbed.setBack(30_000);
    leak(41, 50, (second, share) => disturbed.observe(sampleAt(second - 30, share)));
    disturbed.setBack(20_000);
    leak(51, 60, (second, share) => disturbed.observe(sampleAt(second - 50, share)));

    const nowMs = t0 + 10_000;
    const expected = of('memory', undisturbed.forecasts(t0 + 60_000));
    expect(expected?.timeToLimitMs).not.toBeNull();
    expect(of('memory', disturbed.forecasts(nowMs))).toEqual({ ...expected, atMs: nowMs });
    expect(of('expiry', disturbed.forecasts(nowMs))).toMatchObject({
      atMs: nowMs,
      limit: deadlineMs,
      timeToLimitMs: { p50: deadlineMs - nowMs },
    });
    const laterMs = deadlineMs + 60_000;
    disturbed.observe({ kind: 'limit-changed', sandboxId: id, atMs: nowMs, signal: 'expiry', limit: laterMs });
    expect(of('expiry', disturbed.forecasts(nowMs))).toMatchObject({ timeToLimitMs: { p50: laterMs - nowMs } });
  });

  it('gives up the past when it was set back too far', () => {
    const steady = begun();
    steady.setBack(30_000);
    leak(41, 50, (second, share) => steady.observe(sampleAt(second - 30, share)));
    steady.setBack(null);
    steady.observe(sampleAt(-3600, 0.5));
    expect(of('memory', steady.forecasts(t0 - 3_600_000))).toMatchObject({
      atMs: t0 - 3_600_000,
      pBreak300: 0,
      evidence: expect.stringContaining('clock'),
    });
  });
});
