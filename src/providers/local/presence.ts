import type { Log } from '../../model/ports.ts';

/** Says once when something that could be read can not be read any more, and once when it can again. */
export class Presence {
  readonly #log: Log;
  readonly #there = new Map<string, boolean>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param what for people: "the use of memory". What was never there is not missed. */
  tell(what: string, isThere: boolean): void {
    const before = this.#there.get(what);
    if (before === isThere || (before === undefined && !isThere)) return;
    this.#there.set(what, isThere);
    if (before === undefined) return;
    this.#log.info(
      isThere ? `Read again: ${what}.` : `Not told any more: ${what}. Its file vanished, or can not be read.`,
    );
  }
}

/** Says when a value that hardly ever changes did. */
export class Changes {
  readonly #log: Log;
  readonly #values = new Map<string, string | number | null>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param what for people: "The limit of processes". */
  tell(what: string, value: string | number | null): void {
    const before = this.#values.get(what);
    if (before !== undefined && before !== value) {
      this.#log.info(`${what} changed from ${before ?? 'none'} to ${value ?? 'none'}.`);
    }
    this.#values.set(what, value);
  }
}
