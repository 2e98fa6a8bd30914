import type { ProcessExited } from '../model/events.ts';
import type { ProcessReading, Sample } from '../model/sample.ts';

/** The last process list and the out-of-memory counter that belonged to it. */
export interface ProcessState {
  readonly processes: readonly ProcessReading[];
  readonly oomKillCount: number | null;
  /** The longest list seen: a shorter one is complete. */
  readonly longestList: number;
}

export const noProcesses: ProcessState = { processes: [], oomKillCount: null, longestList: 0 };

const isSame = (before: ProcessReading, now: ProcessReading): boolean =>
  before.pid === now.pid &&
  before.name === now.name &&
  (before.ageMs === null || now.ageMs === null || now.ageMs >= before.ageMs);

/**
 * Finds processes that are gone. A list holds only the largest ones, so who is missing may just have become small:
 * it counts as gone only when the list is shorter than usual, or when it was clearly larger than the smallest one listed now.
 * @returns the new state and one event for each process that is gone.
 */
export const trackProcesses = (
  state: ProcessState,
  sample: Sample,
): { readonly state: ProcessState; readonly exited: readonly ProcessExited[] } => {
  const listed = sample.processes;
  if (listed === undefined) return { state, exited: [] };
  const oomKillCount = sample.memory?.oomKillCount ?? null;
  const longestList = Math.max(state.longestList, listed.length);
  const smallestBytes = listed.reduce((least, each) => Math.min(least, each.rssBytes), Number.POSITIVE_INFINITY);
  const complete = listed.length < longestList || listed.length === 0;
  const outOfMemory = oomKillCount !== null && state.oomKillCount !== null && oomKillCount > state.oomKillCount;
  const missing = state.processes
    .filter((before) => !listed.some((now) => isSame(before, now)))
    .filter(
      (before) => complete || before.rssBytes > 2 * smallestBytes || listed.some((now) => now.pid === before.pid),
    );
  // A source that looked at each of them by itself knows better.
  const gone = sample.ended ?? missing;
  const largestBytes = (sample.ended ?? state.processes).reduce((most, each) => Math.max(most, each.rssBytes), 0);
  const exited = gone.map(
    (before): ProcessExited => ({
      kind: 'process-exited',
      sandboxId: sample.sandboxId,
      atMs: sample.atMs,
      pid: before.pid,
      name: before.name,
      // The kernel kills what is large: a small process that ended in the same seconds ended by itself.
      outOfMemory: outOfMemory && 2 * before.rssBytes >= largestBytes,
    }),
  );
  return { state: { processes: listed, oomKillCount: oomKillCount ?? state.oomKillCount, longestList }, exited };
};
