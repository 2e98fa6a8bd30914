import type { DurationStats } from '../../model/fleet-stats.ts';

/** The value below which `share` of the sorted values lie (nearest rank). Null without values. */
const quantile = (sorted: Float64Array, share: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? null;

/** @returns count, median and 95th percentile; null without values. */
export const durationStats = (values: readonly number[]): DurationStats | null => {
  // Typed arrays sort several times faster than lists.
  const sorted = Float64Array.from(values).sort();
  const p50Ms = quantile(sorted, 0.5);
  const p95Ms = quantile(sorted, 0.95);
  return p50Ms === null || p95Ms === null ? null : { count: sorted.length, p50Ms, p95Ms };
};
