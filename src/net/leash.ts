import type { Clock, Timer } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { systemClock } from './clock.ts';

/**
 * One AbortSignal for one call, pulled by the caller's signal, by a timeout or by us. The reason of the signal is
 * always the Problem that says which of them it was, so whatever fails because of it can be reported rightly.
 */
export class Leash {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuterAbort = (): void => this.cut(new Problem('aborted', 'The call was stopped.'));
  #timer: Timer | null = null;

  constructor(outer: AbortSignal | undefined, clock: Clock = systemClock) {
    this.#outer = outer;
    this.#clock = clock;
    if (outer?.aborted === true) this.#onOuterAbort();
    else outer?.addEventListener('abort', this.#onOuterAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The Problem it was cut with, or null while it holds. */
  get problem(): Problem | null {
    return this.signal.aborted ? (this.signal.reason as Problem) : null;
  }

  /** Ends the call with `problem`, unless it has ended already. */
  cut(problem: Problem): void {
    if (!this.signal.aborted) this.#controller.abort(problem);
    this.release();
  }

  /** Cuts with `timeout` after `ms`, in place of any earlier time limit. */
  limit(ms: number, message: string): void {
    this.#timer?.cancel();
    if (this.signal.aborted) return;
    this.#timer = this.#clock.after(ms, () => this.cut(new Problem('timeout', message)));
  }

  unlimit(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** To be called when the call is over, or the outer signal would hold on to it. Does not end the call. */
  release(): void {
    this.unlimit();
    this.#outer?.removeEventListener('abort', this.#onOuterAbort);
  }
}
