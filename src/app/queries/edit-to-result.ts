import type { DurationStats } from '../../model/fleet-stats.ts';
import type { CommandRun } from '../../model/history.ts';
import { durationStats } from './quantiles.ts';

/** What is run later than this after an edit is run for another reason. */
const soonMs = 10 * 60_000;

/**
 * From a saved edit to the end of the command that followed it: the first one that began after it, within ten minutes. Of several edits
 * before one command the last one counts.
 * @param editsMs in any order.
 */
export const editToResult = (editsMs: readonly number[], runs: readonly CommandRun[]): DurationStats | null => {
  const edits = Float64Array.from(editsMs).sort();
  const firstMs = edits[0];
  if (firstMs === undefined) return null;
  const after = runs
    .filter(({ startedAtMs }) => startedAtMs >= firstMs)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const tookMs: number[] = [];
  let at = 0;
  for (const [i, editMs] of edits.entries()) {
    while (at < after.length && (after[at]?.startedAtMs ?? editMs) < editMs) at += 1;
    const run = after[at];
    if (run === undefined) break;
    // A later edit came before that command: it answers that one.
    if (run.startedAtMs >= (edits[i + 1] ?? Number.POSITIVE_INFINITY)) continue;
    if (run.startedAtMs - editMs > soonMs || run.endedAtMs === null) continue;
    tookMs.push(run.endedAtMs - editMs);
  }
  return durationStats(tookMs);
};
