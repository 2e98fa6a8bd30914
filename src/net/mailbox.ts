import type { Problem } from '../model/problem.ts';

/** How a mailbox was closed: with the Problem its reader is to get, or null for a proper end. */
interface Closing {
  readonly problem: Problem | null;
}

/**
 * A queue between something that pushes and one reader that pulls. What was put in before the end is read before the
 * end is told.
 */
export class Mailbox<T> {
  #items: T[] = [];
  /** Items of `#items` already taken; moved in steps, so that taking stays cheap in a long queue. */
  #taken = 0;
  #closing: Closing | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeWriters: (() => void)[] = [];

  get size(): number {
    return this.#items.length - this.#taken;
  }

  get closed(): boolean {
    return this.#closing !== null;
  }

  /** Ignored once the mailbox is closed. */
  put(item: T): void {
    if (this.#closing !== null) return;
    this.#items.push(item);
    this.#wakeReader?.();
  }

  /** The first closing counts. With `drop`, what was not read yet is thrown away. */
  close(problem: Problem | null, options: { readonly drop?: boolean } = {}): void {
    if (options.drop === true) {
      this.#items = [];
      this.#taken = 0;
    }
    this.#closing ??= { problem };
    this.#wakeReader?.();
    this.#release();
  }

  /** The next item, or null at a proper end; throws the Problem the mailbox was closed with. */
  async take(): Promise<{ readonly item: T } | null> {
    while (true) {
      if (this.size > 0) return { item: this.#shift() };
      if (this.#closing !== null) {
        if (this.#closing.problem !== null) throw this.#closing.problem;
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = null;
    }
  }

  /** Settles once fewer than `limit` items wait, or the mailbox is closed. */
  async room(limit: number): Promise<void> {
    while (this.size >= limit && this.#closing === null) {
      await new Promise<void>((resolve) => {
        this.#wakeWriters.push(resolve);
      });
    }
  }

  #shift(): T {
    const item = this.#items[this.#taken] as T;
    this.#taken += 1;
    if (this.#taken === this.#items.length || this.#taken >= 1024) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    this.#release();
    return item;
  }

  #release(): void {
    const waiting = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of waiting) wake();
  }
}
