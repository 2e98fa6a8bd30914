import type { Forecast } from '../../model/forecast.ts';
import { formatDuration } from './format.ts';

/** @returns milliseconds until the limit by the middle estimate, seen from `nowMs`; null when nothing is in sight. */
export function timeLeftMs(forecast: Forecast, nowMs: number): number | null {
  const p50 = forecast.timeToLimitMs?.p50;
  if (p50 === undefined || !Number.isFinite(p50)) return null;
  return Math.max(0, forecast.atMs + p50 - nowMs);
}

/** @returns `in 2–5 min`, or null when nothing is in sight. */
export function timeLeftInterval(forecast: Forecast, nowMs: number): string | null {
  const quantiles = forecast.timeToLimitMs;
  if (!quantiles || !Number.isFinite(quantiles.p50)) return null;
  const since = nowMs - forecast.atMs;
  const low = formatDuration(Math.max(0, quantiles.p10 - since));
  const high = Number.isFinite(quantiles.p90) ? formatDuration(Math.max(0, quantiles.p90 - since)) : null;
  if (high === null) return `in ${low} or more`;
  if (low === high) return `in ${low}`;
  const [lowNumber, lowUnit, ...lowRest] = low.split(' ');
  const [, highUnit] = high.split(' ');
  return lowUnit === highUnit && lowRest.length === 0 ? `in ${lowNumber}–${high}` : `in ${low} – ${high}`;
}
