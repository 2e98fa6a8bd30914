import type { CommandRun } from './history.ts';

/** Of a command that runs, it is written down at least this often that it still does. */
export const stillRunsMs = 5 * 60_000;
const quietMs = 3 * stillRunsMs;

/**
 * Until when a run is taken to have run, epoch milliseconds. Where its end was not seen (the window that followed it was closed or killed,
 * its sandbox ended), it is taken for one that ended, nobody knows how, when nothing was heard of it for a quarter of an hour.
 */
export const ranUntilMs = ({ startedAtMs, endedAtMs, lastSeenAtMs }: CommandRun): number =>
  endedAtMs ?? (lastSeenAtMs ?? startedAtMs) + quietMs;
