import type { Clock, Timer } from '../model/ports.ts';

/**
 * Says once that nothing was heard for a time. A timer measures that, not the clock, because the clock may jump. Nothing is
 * said any more once `signal` aborts: a connection that we end is not a silent one, however long its cleaning up takes.
 */
export class StaleTimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #silent: (ms: number) => void;
  #timer: Timer | null = null;
  readonly #stop = (): void => this.cancel();

  constructor(clock: Clock, signal: AbortSignal, silent: (ms: number) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#silent = silent;
    signal.addEventListener('abort', this.#stop);
  }

  /** Starts to wait, or starts afresh. */
  arm(ms: number): void {
    this.#timer?.cancel();
    if (!this.#signal.aborted) this.#timer = this.#start(ms, false);
  }

  /** To be called in the end; it lets go of the signal. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#signal.removeEventListener('abort', this.#stop);
  }

  #start(ms: number, again: boolean): Timer {
    const armedAtMs = this.#clock.now();
    return this.#clock.after(ms, () => {
      const elapsedMs = this.#clock.now() - armedAtMs;
      // The computer slept or its clock was set: the stream gets the same time once more before it is called silent.
      if (!again && (elapsedMs < ms / 2 || elapsedMs > ms * 2)) this.#timer = this.#start(ms, true);
      else this.#silent(ms);
    });
  }
}
