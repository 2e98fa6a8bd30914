import { shareLeft } from '../../model/decay.ts';
import type { ErrorDay } from '../../model/history.ts';

/** What some days of errors add up to. */
export interface Tally {
  readonly count: number;
  /** The count with a half-life of one week. */
  readonly decayedCount: number;
  readonly sandboxes: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** @returns the sum of `days`, of which there is at least one. */
const tallyOf = (days: readonly ErrorDay[], nowMs: number): Tally => ({
  count: days.reduce((sum, { count }) => sum + count, 0),
  decayedCount: days.reduce((sum, { count, lastSeenAtMs }) => sum + count * shareLeft(nowMs - lastSeenAtMs), 0),
  sandboxes: new Set(days.map(({ sandboxId }) => sandboxId)).size,
  firstAtMs: days.reduce((first, { firstSeenAtMs }) => Math.min(first, firstSeenAtMs), Number.POSITIVE_INFINITY),
  lastAtMs: days.reduce((last, { lastSeenAtMs }) => Math.max(last, lastSeenAtMs), Number.NEGATIVE_INFINITY),
});

/**
 * Adds up the days of errors by what `nameOf` calls them: the workspace, the owner of the sandbox, the command.
 * @returns the most frequent first, where what is long ago counts less; days without a name are left out.
 */
export const talliesBy = (
  days: readonly ErrorDay[],
  nameOf: (day: ErrorDay) => string | null,
  nowMs: number,
): readonly (Tally & { readonly name: string })[] =>
  [...Map.groupBy(days, nameOf)]
    .flatMap(([name, own]) => (name === null ? [] : [{ name, ...tallyOf(own, nowMs) }]))
    .toSorted((a, b) => b.decayedCount - a.decayedCount || (a.name < b.name ? -1 : 1));
