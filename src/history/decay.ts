import { shareLeft } from '../model/decay.ts';

/** A count that fades: `value` as it was at `atMs`. What it is now follows from these two, so nothing has to run in between. */
export interface DecayedCount {
  readonly value: number;
  readonly atMs: number;
}

/** @returns the count as of `nowMs`. */
export const decayedAt = (count: DecayedCount, nowMs: number): number => count.value * shareLeft(nowMs - count.atMs);

/**
 * @returns `count` with `more` occurrences at `atMs`. Late news, older than what is known, is added with the weight it has left; the
 * time never moves back, unless it lies more than a day ahead of the news: then the clock had been wrong.
 */
export const addDecayed = (count: DecayedCount, more: number, atMs: number): DecayedCount => {
  const aheadMs = count.atMs - atMs;
  if (aheadMs <= 0 || aheadMs > 86_400_000) return { value: decayedAt(count, atMs) + more, atMs };
  return { value: count.value + more * shareLeft(aheadMs), atMs: count.atMs };
};
