import type { ThinningStep } from './thinning.ts';

/** A clock that was set wrong is set right again within this time. */
const holdMs = 24 * 60 * 60_000;

/** The times by which old things go, epoch milliseconds. */
export interface PruneTime {
  readonly nowMs: number;
  /**
   * The time that can be believed. A clock set forward by mistake would make everything too old at once, so the date has to hold for a day:
   * time goes no further than a day past the newest of what was written at least a day ago. After a gap, what was kept before it stays
   * for one more day of use. Zero where nothing is that old: then nothing can be too old either.
   */
  readonly heldMs: number;
}

/** @param newestUpTo the newest time of anything kept that is not later than the one given, or null. */
export const pruneTime = (nowMs: number, newestUpTo: (ms: number) => number | null): PruneTime => {
  const newestMs = newestUpTo(nowMs - holdMs);
  return { nowMs, heldMs: newestMs === null ? 0 : newestMs + holdMs };
};

/** The first step takes what would be too much within hours, and leaves nearly everything; only the others cost something that is missed. */
export const timeOfStep = (step: ThinningStep, { nowMs, heldMs }: PruneTime): number =>
  step.takesStepMs === 0 ? nowMs : heldMs;

/** @returns the newest of these times that is not later than `ms`, or null. */
export const newestOf = (times: Iterable<number | null>, ms: number): number | null => {
  let newest: number | null = null;
  for (const time of times) if (time !== null && time <= ms && (newest === null || time > newest)) newest = time;
  return newest;
};
