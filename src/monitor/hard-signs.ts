import type { Sample } from '../model/sample.ts';
import type { AlertPolicy } from './alert-policy.ts';

/** What has to be remembered between two samples to see hard signs. */
export interface SignState {
  readonly limitHitCount: number | null;
  /** Samples in a row in which the limit was hit again. */
  readonly risesInRow: number;
}

export const noSigns: SignState = { limitHitCount: null, risesInRow: 0 };

/**
 * Looks for signs of memory running out that need no forecast: the limit is hit again and again while almost nothing is
 * reclaimable, or all tasks stand still waiting for memory. Numbers of the machine say nothing of the sandbox.
 * @returns the new state and the sign in words, or null.
 */
export const readSigns = (
  state: SignState,
  sample: Sample,
  policy: AlertPolicy,
): { readonly state: SignState; readonly sign: string | null } => {
  const { memory } = sample;
  if (sample.source === 'machine') return { state: noSigns, sign: null };
  if (memory === undefined) return { state, sign: null };
  const hits = memory.limitHitCount;
  const rose = hits !== null && state.limitHitCount !== null && hits > state.limitHitCount;
  const next: SignState = { limitHitCount: hits, risesInRow: rose ? state.risesInRow + 1 : 0 };
  // What can be given back does not press: a working set full of file pages hits the limit all day.
  const heldBytes = Math.min(memory.workingSetBytes, memory.unreclaimableBytes ?? memory.workingSetBytes);
  const pressure = memory.limitBytes !== null && memory.limitBytes > 0 ? heldBytes / memory.limitBytes : 0;
  if (next.risesInRow >= 2 && pressure > policy.limitHitPressure) {
    return { state: next, sign: 'the memory limit is hit again and again and almost nothing can be reclaimed' };
  }
  if ((memory.stalledPercent ?? 0) > policy.stalledPercent && pressure > policy.stallPressure) {
    return {
      state: next,
      sign: `everything stood still for ${Math.round(memory.stalledPercent ?? 0)} % of the last 10 s, waiting for memory`,
    };
  }
  return { state: next, sign: null };
};
