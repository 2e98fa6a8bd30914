import { ranUntilMs } from '../../model/command-run.ts';
import type { CommandRun } from '../../model/history.ts';

/** An error is told a moment after its command ended, and a command ends a moment after its sandbox. */
export const slackMs = 2_000;

/** Ended by the person with Ctrl+C: no failure. */
const interrupted = 130;

/** Whether a run failed. */
export const hasFailed = ({ exitCode }: CommandRun): boolean =>
  exitCode !== null && exitCode !== 0 && exitCode !== interrupted;

const isOver = (run: CommandRun, atMs: number): boolean => ranUntilMs(run) < atMs - slackMs;

/**
 * For what does not say which command it came from.
 * @param runs of one sandbox.
 * @returns the command during which something happened; of several one that failed, else the one begun last.
 */
export const commandAt = (runs: readonly CommandRun[], atMs: number): string | null => {
  const during = runs.filter((run) => run.startedAtMs <= atMs + slackMs && !isOver(run, atMs));
  const sorted = during.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  return (sorted.find(hasFailed) ?? sorted[0])?.commandKey ?? null;
};
