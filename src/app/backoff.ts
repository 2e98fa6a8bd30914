const firstMs = 500;
const maximumMs = 30_000;
const leastMs = 100;

/**
 * Waits between tries: drawn evenly below a bound that doubles from 0.5 s to 30 s, so that many sandboxes of one server do
 * not come back at the same moment.
 */
export class Backoff {
  readonly #random: () => number;
  #boundMs = firstMs;

  constructor(random: () => number) {
    this.#random = random;
  }

  nextMs(): number {
    const bound = this.#boundMs;
    this.#boundMs = Math.min(maximumMs, bound * 2);
    // The lower half is never drawn: a lucky row of short waits would still be a storm.
    return Math.max(leastMs, Math.round(bound / 2 + this.#random() * (bound / 2)));
  }

  /** To be called once something really worked, not when a connection merely opened. */
  reset(): void {
    this.#boundMs = firstMs;
  }
}
