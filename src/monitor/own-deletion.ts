import type { FixOutcome } from '../model/fix.ts';

/** Within this time of our own deletion the end was ours. */
const ownDeletionMs = 60_000;
/** A list that tells of the end is as old as its question. */
const earlyMs = 1_000;

/** Knows whether an end is our own doing: the sandbox may be found gone while our request is still under way. */
export class OwnDeletion {
  /** `endedAtMs`: null while it is under way. */
  #deletion: { readonly startedAtMs: number; readonly endedAtMs: number | null } | null = null;

  /** The server is about to be asked for it. */
  begins(atMs: number): void {
    this.#deletion = { startedAtMs: atMs, endedAtMs: null };
  }

  /** @returns whether the fix that has ended was a deletion that the server took on. */
  fixDone({ fixId, result, startedAtMs, endedAtMs }: FixOutcome): boolean {
    if (fixId !== 'delete') return false;
    const isTaken = result !== 'failed' && result !== 'cancelled';
    this.#deletion = isTaken ? { startedAtMs, endedAtMs } : null;
    return isTaken;
  }

  /** @returns whether an end at this time was ours. */
  explains(atMs: number): boolean {
    const done = this.#deletion;
    if (done === null || atMs < done.startedAtMs - earlyMs) return false;
    return done.endedAtMs === null || atMs <= done.endedAtMs + ownDeletionMs;
  }
}
