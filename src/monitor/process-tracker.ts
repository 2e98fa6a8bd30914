import type { ProcessExited } from '../model/events.ts';
import { killSuspects } from '../model/kill-suspects.ts';
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

/** What became of the processes since the last list. */
export interface Tracked {
  readonly state: ProcessState;
  /** One event for each process that is gone. At most as many as the kernel killed since the last list are said to have been killed. */
  readonly exited: readonly ProcessExited[];
  /** Of these, the ones that the kernel probably killed; none when more may have been than were. */
  readonly killed: readonly ProcessExited[];
}

/**
 * Finds processes that are gone. A list holds only the largest ones, so who is missing may just have become small:
 * it counts as gone only when the list is shorter than usual, or when it was clearly larger than the smallest one listed now.
 */
export const trackProcesses = (state: ProcessState, sample: Sample): Tracked => {
  const listed = sample.processes;
  if (listed === undefined) return { state, exited: [], killed: [] };
  const oomKillCount = sample.memory?.oomKillCount ?? null;
  const longestList = Math.max(state.longestList, listed.length);
  const smallestBytes = listed.reduce((least, each) => Math.min(least, each.rssBytes), Number.POSITIVE_INFINITY);
  const complete = listed.length < longestList || listed.length === 0;
  const missing = state.processes
    .filter((before) => !listed.some((now) => isSame(before, now)))
    .filter(
      (before) => complete || before.rssBytes > 2 * smallestBytes || listed.some((now) => now.pid === before.pid),
    );
  // A source that looked at each of them by itself knows better.
  const gone = sample.ended ?? missing;
  const kills = Math.max(0, (oomKillCount ?? 0) - (state.oomKillCount ?? oomKillCount ?? 0));
  const suspects = killSuspects(gone, state.processes);
  const counted = suspects.slice(0, kills);
  const exited = gone.map(
    (before): ProcessExited => ({
      kind: 'process-exited',
      sandboxId: sample.sandboxId,
      atMs: sample.atMs,
      pid: before.pid,
      name: before.name,
      outOfMemory: counted.includes(before),
    }),
  );
  return {
    state: { processes: listed, oomKillCount: oomKillCount ?? state.oomKillCount, longestList },
    exited,
    killed: suspects.length <= kills ? exited.filter(({ outOfMemory }) => outOfMemory) : [],
  };
};
