export interface BackoffOptions {
  /** Upper bound of the first wait. Default 500 ms. */
  readonly firstMs?: number;
  /** Upper bound of every wait. Default 30 s. */
  readonly maxMs?: number;
  /** Growth of the upper bound per attempt. Default 2. */
  readonly factor?: number;
  /** No wait is shorter than this, so that a lucky draw does not hammer a server. Default 100 ms. */
  readonly minMs?: number;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Exponential backoff with full jitter: every wait is drawn evenly between `minMs` and a bound that grows from
 * `firstMs` to `maxMs`, so that many clients of a restarted server do not return at the same moment.
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #factor: number;
  readonly #minMs: number;
  readonly #random: () => number;
  #boundMs: number;

  constructor(options: BackoffOptions = {}) {
    this.#maxMs = Math.max(0, options.maxMs ?? 30_000);
    this.#firstMs = Math.min(this.#maxMs, Math.max(0, options.firstMs ?? 500));
    this.#factor = Math.max(1, options.factor ?? 2);
    this.#minMs = Math.min(this.#firstMs, Math.max(0, options.minMs ?? 100));
    this.#random = options.random ?? Math.random;
    this.#boundMs = this.#firstMs;
  }

  /** The next wait in whole milliseconds; raises the bound for the one after it. */
  nextMs(): number {
    const bound = this.#boundMs;
    this.#boundMs = Math.min(this.#maxMs, bound * this.#factor);
    return Math.round(this.#minMs + this.#random() * (bound - this.#minMs));
  }

  /** To be called once something really worked, not when a connection merely opened. */
  reset(): void {
    this.#boundMs = this.#firstMs;
  }
}
