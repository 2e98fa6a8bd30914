import * as z from 'zod/mini';
import { isLifeKey } from '../model/life.ts';
import { parseJson } from './json.ts';
import { isLifeAt, type PeakHistogram } from './peak-histogram.ts';

/*
 * Peaks are learned over all sandboxes and know of none. What no other sandbox that is remembered can have taught is forgotten with a sandbox
 * all the same: the name of a command that ran in it, and how far it filled.
 */

/** What sandboxes may have taught. */
export interface Taught {
  /** Keys of the commands that were measured in them. */
  readonly commands: ReadonlySet<string>;
  /** The moments at which their lives may be counted: creations and ends, epoch milliseconds. */
  readonly livesMs: readonly number[];
}

const storedRun = z.object({ commandKey: z.string(), peakBytes: z.number() });
const storedCreation = z.object({ createdAtMs: z.number() });

/**
 * @param commands data of their commands as stored
 * @param sandboxes data of themselves as stored
 */
export const taughtBy = (
  commands: Iterable<string>,
  sandboxes: Iterable<string | null>,
  endsMs: readonly number[],
): Taught => {
  const keys = new Set<string>();
  for (const text of commands) {
    const run = storedRun.safeParse(parseJson(text));
    if (run.success) keys.add(run.data.commandKey);
  }
  const livesMs = [...endsMs];
  for (const text of sandboxes) {
    const creation = storedCreation.safeParse(text === null ? null : parseJson(text));
    if (creation.success) livesMs.push(creation.data.createdAtMs);
  }
  return { commands: keys, livesMs };
};

/** @returns whether `own` can have taught this and `others` cannot. */
export const isOnlyFrom = (
  own: Taught,
  others: () => Taught,
  key: string,
  histogram: () => PeakHistogram | null,
): boolean => {
  if (!isLifeKey(key)) return own.commands.has(key) && !others().commands.has(key);
  const known = own.livesMs.length === 0 ? null : histogram();
  const isTaughtBy = ({ livesMs }: Taught): boolean => known !== null && livesMs.some((atMs) => isLifeAt(known, atMs));
  return isTaughtBy(own) && !isTaughtBy(others());
};
