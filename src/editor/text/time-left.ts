import { intervalText } from '../../app/format.ts';
import type { Forecast } from '../../model/forecast.ts';
import { isFull } from '../../model/full.ts';
import { formatDuration, leastEstimateMs } from './format.ts';

/** @returns milliseconds until the limit by the middle estimate, seen from `nowMs`; null when nothing is in sight, or it is reached. */
export function timeLeftMs(forecast: Forecast, nowMs: number): number | null {
  const p50 = forecast.timeToLimitMs?.p50;
  if (p50 === undefined || !Number.isFinite(p50) || isFull(forecast)) return null;
  return Math.max(0, forecast.atMs + p50 - nowMs);
}

/** @returns an estimate of the time left in a sentence: `in about 4 min`, `in less than 10 s`. */
export const timeLeftWords = (leftMs: number): string =>
  leftMs < leastEstimateMs ? 'in less than 10 s' : `in about ${formatDuration(leftMs)}`;

/** @returns `in 2–5 min`, or null when nothing is in sight. */
export function timeLeftInterval(forecast: Forecast, nowMs: number): string | null {
  const quantiles = forecast.timeToLimitMs;
  if (!quantiles || !Number.isFinite(quantiles.p50) || isFull(forecast)) return null;
  const since = nowMs - forecast.atMs;
  return intervalText(quantiles.p10 - since, quantiles.p90 - since);
}
