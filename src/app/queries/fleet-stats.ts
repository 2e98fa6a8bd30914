import type { FleetStats } from '../../model/fleet-stats.ts';
import type { HistoryStore } from '../../model/history.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { commandStats } from './command-stats.ts';
import { editToResult } from './edit-to-result.ts';
import { failuresOf } from './failures.ts';
import { durationStats } from './quantiles.ts';
import type { Pause } from './slices.ts';
import { perFiveMinutes, perHour, startsOf } from './starts.ts';

export interface FleetStatsOptions {
  readonly nowMs: number;
  /** Default: a day before `nowMs`. */
  readonly sinceMs?: number;
  /** When files were saved, in any order. */
  readonly editsMs?: readonly number[];
  readonly patterns: PatternBook;
  /** Lets the editor breathe in between. */
  readonly pause: Pause;
}

export const dayMs = 86_400_000;
const mostRows = 50_000;
const mostErrors = 300;

/** The numbers over all sandboxes that are remembered, by six questions to the history. */
export const fleetStats = async (history: HistoryStore, options: FleetStatsOptions): Promise<FleetStats> => {
  const { nowMs, sinceMs = nowMs - dayMs, editsMs = [], patterns, pause } = options;
  const query = { sinceMs, limit: mostRows };
  // One after the other: each answer is read in slices, and slices of several would come in one turn.
  const sandboxes = await history.sandboxes(query);
  const { spinUpsMs, startsMs } = await startsOf(sandboxes, await history.transitions(query), sinceMs, pause);
  const commands = await history.commands(query);
  const incidents = await history.incidents({ ...query, withoutSamples: true });
  const errors = await history.errors({ sinceMs, limit: mostErrors }, nowMs);
  const days = await history.errorDays(query);
  await pause();
  const stats = await commandStats(commands, pause);
  await pause();
  const failures = await failuresOf({ sandboxes, incidents, errors, days, runs: commands, patterns }, pause);
  await pause();
  const answered = editToResult(editsMs, commands);
  await pause();
  return {
    sinceMs,
    untilMs: nowMs,
    spinUp: durationStats(spinUpsMs.map(({ tookMs }) => tookMs)),
    spinUpPerHourMs: perHour(spinUpsMs, sinceMs, nowMs),
    startsPer5Min: perFiveMinutes(startsMs, sinceMs, nowMs),
    commands: stats,
    editToResult: answered,
    ...failures,
  };
};
