import type { Clock, Timer } from '../model/ports.ts';

/** At most one run per this time. */
const publishEveryMs = 250;

/**
 * Runs `publish` soon after `request`, and never twice within 250 ms, however often it is asked: the first request is served at the next
 * turn of the event loop, what comes after it is served together.
 */
export class Publisher {
  readonly #clock: Clock;
  readonly #publish: () => void;
  #timer: Timer | null = null;
  #wanted = false;
  #closed = false;

  constructor(clock: Clock, publish: () => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  request(): void {
    if (this.#closed) return;
    this.#wanted = true;
    if (this.#timer === null) this.#timer = this.#clock.after(0, () => this.#turn());
  }

  #turn(): void {
    this.#timer = null;
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#timer = this.#clock.after(publishEveryMs, () => this.#turn());
    this.#publish();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = null;
  }
}
