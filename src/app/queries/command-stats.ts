import type { CommandStats } from '../../model/fleet-stats.ts';
import type { CommandRun } from '../../model/history.ts';
import { hasFailed } from './command-at.ts';
import { durationStats } from './quantiles.ts';
import { eachInSlices, type Pause } from './slices.ts';

const fiveMinutesMs = 300_000;
const mostCommands = 200;
/** Sorted before the editor gets its turn again. */
const runsAtOnce = 500;
interface Gathered {
  runs: number;
  failed: number;
  readonly tookMs: number[];
  /** Starts by sandbox. */
  readonly starts: Map<string, number[]>;
}

/** @returns the most times that lie within five minutes of each other. */
const mostWithin = (timesMs: readonly number[]): number => {
  if (timesMs.length < 2) return timesMs.length;
  const sorted = Float64Array.from(timesMs).sort();
  let most = 0;
  let from = 0;
  for (const [to, atMs] of sorted.entries()) {
    while (atMs - (sorted[from] ?? atMs) > fiveMinutesMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
};

/** @returns how each command went, the one run most often first; at most 200. */
export const commandStats = async (runs: readonly CommandRun[], pause: Pause): Promise<readonly CommandStats[]> => {
  const byKey = new Map<string, Gathered>();
  const note = (run: CommandRun): void => {
    const known: Gathered = byKey.get(run.commandKey) ?? { runs: 0, failed: 0, tookMs: [], starts: new Map() };
    byKey.set(run.commandKey, known);
    known.runs += 1;
    if (hasFailed(run)) known.failed += 1;
    if (run.endedAtMs !== null) known.tookMs.push(Math.max(0, run.endedAtMs - run.startedAtMs));
    const starts = known.starts.get(run.sandboxId);
    if (starts === undefined) known.starts.set(run.sandboxId, [run.startedAtMs]);
    else starts.push(run.startedAtMs);
  };
  await eachInSlices(runs, note, pause);
  const shown = [...byKey].toSorted(([, a], [, b]) => b.runs - a.runs).slice(0, mostCommands);
  const stats: CommandStats[] = [];
  let sinceRest = 0;
  for (const [commandKey, { runs: count, failed, tookMs, starts }] of shown) {
    const durations = durationStats(tookMs);
    stats.push({
      commandKey,
      runs: count,
      failed,
      medianMs: durations?.p50Ms ?? null,
      p95Ms: durations?.p95Ms ?? null,
      attemptsPer5Min: [...starts.values()].reduce((most, times) => Math.max(most, mostWithin(times)), 0),
    });
    sinceRest += count;
    if (sinceRest < runsAtOnce) continue;
    sinceRest = 0;
    await pause();
  }
  return stats;
};
