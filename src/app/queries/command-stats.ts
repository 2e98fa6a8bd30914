import type { CommandStats } from '../../model/fleet-stats.ts';
import type { CommandRun } from '../../model/history.ts';
import { hasFailed } from './command-at.ts';
import { durationStats } from './quantiles.ts';
import { eachInSlices, type Pause } from './slices.ts';

const fiveMinutesMs = 300_000;
const mostCommands = 200;
/** Looked at before the editor gets its turn again. */
const runsAtOnce = 500;

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

const statsOf = async (commandKey: string, runs: readonly CommandRun[], pause: Pause): Promise<CommandStats> => {
  const tookMs: number[] = [];
  const starts = new Map<string, number[]>();
  let failed = 0;
  const note = (run: CommandRun): void => {
    if (hasFailed(run)) failed += 1;
    if (run.endedAtMs !== null) tookMs.push(Math.max(0, run.endedAtMs - run.startedAtMs));
    const own = starts.get(run.sandboxId);
    if (own === undefined) starts.set(run.sandboxId, [run.startedAtMs]);
    else own.push(run.startedAtMs);
  };
  await eachInSlices(runs, note, pause);
  let attempts = 0;
  const compare = (times: readonly number[]): void => {
    attempts = Math.max(attempts, mostWithin(times));
  };
  await eachInSlices([...starts.values()], compare, pause);
  const durations = durationStats(tookMs);
  return {
    commandKey,
    runs: runs.length,
    failed,
    medianMs: durations?.p50Ms ?? null,
    p95Ms: durations?.p95Ms ?? null,
    attemptsPer5Min: attempts,
  };
};

/** @returns how each command went, the one run most often first; at most 200. */
export const commandStats = async (runs: readonly CommandRun[], pause: Pause): Promise<readonly CommandStats[]> => {
  const byKey = new Map<string, CommandRun[]>();
  const note = (run: CommandRun): void => {
    const own = byKey.get(run.commandKey);
    if (own === undefined) byKey.set(run.commandKey, [run]);
    else own.push(run);
  };
  await eachInSlices(runs, note, pause);
  const shown = [...byKey].toSorted(([, a], [, b]) => b.length - a.length).slice(0, mostCommands);
  const stats: CommandStats[] = [];
  let sinceRest = 0;
  for (const [commandKey, own] of shown) {
    stats.push(await statsOf(commandKey, own, pause));
    sinceRest += own.length;
    if (sinceRest < runsAtOnce) continue;
    sinceRest = 0;
    await pause();
  }
  return stats;
};
