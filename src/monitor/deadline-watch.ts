import type { LimitChanged } from '../model/events.ts';
import type { FixOutcome } from '../model/fix.ts';
import type { Forecaster } from '../model/forecast.ts';
import { isLive, type Phase } from '../model/sandbox.ts';
import type { Alarms } from './alarms.ts';

/** An extension within this time of our own is the person's. */
const ownExtensionMs = 15_000;

/** What the watch is made for, and whom it tells. */
export interface DeadlineWatchOptions {
  readonly sandboxId: string;
  readonly expiresWhilePaused: boolean;
  readonly forecaster: Pick<Forecaster, 'observe'>;
  readonly alarms: Pick<Alarms, 'deadline' | 'extendedByPerson'>;
}

/**
 * Follows the deadline of one sandbox and tells whose doing a move of it was: the person's, through a fix of ours, or somebody else's,
 * which is a habit to reckon with. The answer of the fix and the list that shows the new deadline may come in either order.
 */
export class DeadlineWatch {
  readonly #options: DeadlineWatchOptions;
  /** When a fix of ours extended it, while the move itself was not seen; else null. */
  #extendedByPersonAtMs: number | null = null;
  /** When it was last seen to move without our doing, or null. */
  #lastMoveAtMs: number | null = null;

  constructor(options: DeadlineWatchOptions) {
    this.#options = options;
  }

  /** Whether the expiry clock goes on in this phase. */
  runsIn(phase: Phase): boolean {
    return isLive(phase) || this.#options.expiresWhilePaused;
  }

  /**
   * The server tells of another deadline; null: of none.
   * @param grantedAtMs when it was granted: the time of creation for the first one, else the time it was seen to move
   */
  move(deadlineMs: number | null, grantedAtMs: number): void {
    const { sandboxId, forecaster, alarms } = this.#options;
    const byPerson = this.#isByPerson(grantedAtMs);
    forecaster.observe({ kind: 'limit-changed', sandboxId, atMs: grantedAtMs, signal: 'expiry', limit: deadlineMs });
    alarms.deadline(deadlineMs, grantedAtMs, byPerson);
    this.#lastMoveAtMs = byPerson ? null : grantedAtMs;
  }

  /** It moved, as an event says that the forecaster has heard already. */
  moved(event: LimitChanged): void {
    this.#options.alarms.deadline(event.limit, event.atMs, this.#isByPerson(event.atMs));
  }

  /** A fix has ended; only one that extended it matters. */
  fixDone({ fixId, result, startedAtMs, endedAtMs }: FixOutcome): void {
    if (fixId !== 'extend' || result !== 'worked') return;
    const seenMoving = this.#lastMoveAtMs;
    if (seenMoving !== null && seenMoving >= startedAtMs - 1_000) this.#options.alarms.extendedByPerson();
    else this.#extendedByPersonAtMs = endedAtMs;
  }

  #isByPerson(atMs: number): boolean {
    const by = this.#extendedByPersonAtMs;
    this.#extendedByPersonAtMs = null;
    return by !== null && Math.abs(atMs - by) <= ownExtensionMs;
  }
}
