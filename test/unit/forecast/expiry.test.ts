import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { LimitChanged } from '../../../src/model/events.ts';
import { forecastAfter, forecastOf, startMs } from './support.ts';

const deadline = (atSeconds: number, limitSeconds: number | null): LimitChanged => ({
  kind: 'limit-changed',
  sandboxId: 'box',
  atMs: startMs + atSeconds * 1000,
  signal: 'expiry',
  limit: limitSeconds === null ? null : startMs + limitSeconds * 1000,
});

describe('expiry by the clock', () => {
  it('is certain, and only subtraction', () => {
    const forecaster = createForecaster();
    forecaster.observe(deadline(0, 600));
    const forecast = forecastOf(forecaster, 'expiry', startMs + 500_000);
    expect(forecast).toMatchObject({
      used: 500_000,
      limit: startMs + 600_000,
      pBreak60: 0,
      pBreak120: 1,
      pBreak300: 1,
      timeToLimitMs: { p10: 100_000, p50: 100_000, p90: 100_000 },
      evidence: 'ends by the clock in 100 s',
    });
    expect(forecast.pressure).toBeCloseTo(5 / 6, 9);
  });

  it('follows a renewal', () => {
    const forecast = forecastAfter(createForecaster(), [deadline(0, 600), deadline(500, 1200)], 'expiry');
    expect(forecast.timeToLimitMs?.p50).toBe(700_000);
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.evidence).toContain('moved later by 10 min');
  });

  it('has passed, not become negative', () => {
    const forecaster = createForecaster();
    forecaster.observe(deadline(0, 60));
    const forecast = forecastOf(forecaster, 'expiry', startMs + 90_000);
    expect(forecast.timeToLimitMs).toEqual({ p10: 0, p50: 0, p90: 0 });
    expect(forecast.pBreak60).toBe(1);
    expect(forecast.evidence).toContain('has passed');
  });

  it.each([null, Number.NaN])('is not shown without a deadline (%s)', (limit) => {
    const forecaster = createForecaster();
    forecaster.observe(deadline(0, 60));
    forecaster.observe({ ...deadline(1, null), limit });
    expect(forecaster.forecasts(startMs).some(({ signal }) => signal === 'expiry')).toBe(false);
  });

  it('survives a clock that makes no sense', () => {
    const forecaster = createForecaster();
    forecaster.observe(deadline(0, 60));
    expect(forecastOf(forecaster, 'expiry', Number.NaN).timeToLimitMs?.p50).toBe(60_000);
    expect(forecastOf(forecaster, 'expiry', startMs - 86_400_000).pBreak300).toBe(0);
  });
});
