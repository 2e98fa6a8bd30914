import type { RecognisedError } from '../../model/error-event.ts';

const quietMs = 10 * 60_000;
/** An error seen longer ago than this when it is first looked at belongs to the past. */
const freshMs = 30_000;
/** What a person runs by hand and sees fail. */
const offeredSources: ReadonlySet<string> = new Set(['terminal', 'task', 'debug']);
const stopped: ReadonlySet<string> = new Set(['sigterm', 'user-interrupt']);

/** Somebody stopped it, perhaps by a fix of ours. That is no failure to speak of unasked. */
export const wasStopped = ({ pattern }: RecognisedError): boolean => pattern !== null && stopped.has(pattern);

/** Decides which errors a fix is offered for unasked: known failures that nobody wanted, each at most once in ten minutes. Pure. */
export class OfferState {
  private readonly offeredAtMs = new Map<string, number>();

  /** @returns the newest error to offer a fix for now, or null; it then counts as offered. */
  next(errors: readonly RecognisedError[], nowMs: number): RecognisedError | null {
    for (const [fingerprint, atMs] of this.offeredAtMs) {
      if (Math.abs(nowMs - atMs) >= quietMs) this.offeredAtMs.delete(fingerprint);
    }
    const error = errors.find(
      (each) =>
        each.pattern !== null &&
        !wasStopped(each) &&
        each.solvedAtMs === undefined &&
        offeredSources.has(each.source) &&
        Math.abs(nowMs - each.lastSeenAtMs) <= freshMs &&
        !this.offeredAtMs.has(each.fingerprint),
    );
    if (error === undefined) return null;
    this.offeredAtMs.set(error.fingerprint, nowMs);
    return error;
  }
}
