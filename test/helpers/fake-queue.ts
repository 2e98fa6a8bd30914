/** A stream that a test feeds: values in order, then an end or a failure, or until the signal aborts. */
export class FakeQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #signal: AbortSignal;
  #over: { readonly error: unknown } | 'ended' | null = null;
  #wake: (() => void) | null = null;
  /** Called once when the consumer has let go. */
  readonly #closed: () => void;

  constructor(signal: AbortSignal, closed: () => void = () => undefined) {
    this.#signal = signal;
    this.#closed = closed;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  end(): void {
    this.#over ??= 'ended';
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#over ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (!this.#signal.aborted) {
        const item = this.#items.shift();
        if (item !== undefined) yield item;
        else if (this.#over === 'ended') return;
        else if (this.#over !== null) throw this.#over.error;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = null;
        }
      }
    } finally {
      this.#closed();
    }
  }
}
