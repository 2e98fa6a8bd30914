import type { PatternStats } from '../../model/fleet-stats.ts';
import type { ErrorCount, ErrorDay } from '../../model/history.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { type Blame, blameOfCommand, blameOfPattern, byEnvironment } from './blame.ts';
import { Circumstances, type Lookup } from './circumstances.ts';
import { commandAt } from './command-at.ts';
import { eachInSlices, type Pause } from './slices.ts';

/** One error in the time that is covered. */
export class MetError {
  readonly error: ErrorCount;
  readonly #circumstances = new Circumstances();
  readonly #places = new Map<string, number>();
  #count = 0;
  /** Of an error without days: those that are left out. */
  #leftOut = 0;
  /** Of `count`, those that came from commands that tell who is to blame. */
  #ofCode = 0;

  constructor(error: ErrorCount) {
    this.error = error;
  }

  add({ sandboxId, commandKey, count, firstSeenAtMs, lastSeenAtMs }: ErrorDay, lookup: Lookup): void {
    const { users, commands } = this.#circumstances;
    this.#count += count;
    this.#places.set(sandboxId, (this.#places.get(sandboxId) ?? 0) + count);
    users.add(lookup.ownerOf(sandboxId), count);
    // What does not say which command it came from is told by the time.
    const runs = commandKey === null ? (lookup.runsOf.get(sandboxId) ?? []) : [];
    const last = commandKey ?? commandAt(runs, lastSeenAtMs);
    commands.add(last, count);
    if (commandKey === null && firstSeenAtMs !== lastSeenAtMs) commands.add(commandAt(runs, firstSeenAtMs));
    if (blameOfCommand(last) === 'code') this.#ofCode += count;
  }

  /** How often it was met in which sandbox. */
  get places(): ReadonlyMap<string, number> {
    return this.#places;
  }

  /** An error of which an earlier version kept no days counts whole, and nobody knows where it was. */
  get unplaced(): number {
    return this.#places.size > 0 ? 0 : this.error.count - this.#leftOut;
  }

  get count(): number {
    return this.#count + this.unplaced;
  }

  /** Counts one that was met in this sandbox no more. @returns false where there is none. */
  leaveOut(sandboxId: string): boolean {
    const here = this.#places.get(sandboxId) ?? 0;
    if (here > 0) {
      this.#places.set(sandboxId, here - 1);
      this.#count -= 1;
    } else if (this.unplaced > 0) this.#leftOut += 1;
    else return false;
    return true;
  }

  /** How many are to be blamed on whom. */
  blames(patterns: PatternBook): readonly (readonly [Blame, number])[] {
    if (this.error.pattern !== null) return [[blameOfPattern(this.error.pattern, patterns), this.count]];
    const parts = [['code', this.#ofCode] as const, [null, this.count - this.#ofCode] as const];
    return parts.filter(([, count]) => count > 0);
  }

  stats(patterns: PatternBook): PatternStats {
    const { fingerprint, title, sandboxes } = this.error;
    const { users, commands } = this.#circumstances;
    const [[blame] = [null], ...others] = this.blames(patterns);
    return {
      fingerprint,
      title,
      count: this.count,
      sandboxes: this.#places.size === 0 ? sandboxes : [...this.#places.values()].filter((times) => times > 0).length,
      users: users.list,
      commands: commands.list,
      byEnvironment: others.length === 0 ? byEnvironment(blame) : null,
    };
  }
}

/** @returns the errors, with what their days tell. */
export const metErrors = async (
  errors: readonly ErrorCount[],
  days: readonly ErrorDay[],
  lookup: Lookup,
  pause: Pause,
): Promise<readonly MetError[]> => {
  const met = new Map(errors.map((error) => [error.fingerprint, new MetError(error)]));
  await eachInSlices(days, (day) => met.get(day.fingerprint)?.add(day, lookup), pause);
  return [...met.values()];
};
