import type { ErrorCount, ErrorDay, FixRecord, HistoryStore } from '../../model/history.ts';

/** Of so many errors the past is looked up. */
const mostErrors = 3;
/** Days, sandboxes, workspaces and commands of one error; those seen last. */
const mostDays = 1_000;
const mostFixes = 10;

/** What is remembered of one error over all sandboxes. */
export interface ErrorPast {
  /** Over all sandboxes. */
  readonly overall: ErrorCount;
  /** The days on which it came up to the incident, seen last first. */
  readonly days: readonly ErrorDay[];
  /** So many more were counted by an earlier version, which did not note the days. */
  readonly undated: number;
  readonly fixes: readonly FixRecord[];
  /** Those that were tried in the workspace of the incident. */
  readonly fixesHere: readonly FixRecord[];
}

/**
 * Looks up when and where errors happened before.
 * @param errors the first few are looked up.
 * @param workspace of the incident, or null.
 */
export const errorPasts = async (
  history: HistoryStore,
  errors: readonly ErrorCount[],
  workspace: string | null,
  times: { readonly atMs: number; readonly nowMs: number },
): Promise<readonly ErrorPast[]> => {
  const pasts: ErrorPast[] = [];
  // One after the other: each answer is read in slices, and slices of several would come in one turn.
  for (const { fingerprint } of errors.slice(0, mostErrors)) {
    const [overall] = await history.errors({ fingerprint, limit: 1 }, times.nowMs);
    if (overall === undefined) continue;
    const days = await history.errorDays({ fingerprint, limit: mostDays });
    const query = { fingerprint, limit: mostFixes };
    pasts.push({
      overall,
      days: days.filter((day) => day.firstSeenAtMs <= times.atMs),
      undated: Math.max(0, overall.count - days.reduce((sum, { count }) => sum + count, 0)),
      fixes: await history.fixes(query),
      fixesHere: workspace === null ? [] : await history.fixes({ ...query, workspace }),
    });
  }
  return pasts;
};
