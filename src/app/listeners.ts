import type { Log } from '../model/ports.ts';
import type { Unsubscribe } from './contracts.ts';

/** Those who want to be told of one kind of thing. */
export class Listeners<T> {
  readonly #log: Log;
  readonly #all = new Set<(value: T) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (value: T) => void): Unsubscribe {
    // A wrapper of its own, so that the same function may be added twice and taken away once.
    const own = (value: T): void => listener(value);
    this.#all.add(own);
    return () => {
      this.#all.delete(own);
    };
  }

  /** Tells all; one that throws is logged and does not keep the others from being told. */
  tell(value: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(value);
      } catch (error) {
        this.#log.error(
          `A listener failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
    }
  }

  clear(): void {
    this.#all.clear();
  }
}
