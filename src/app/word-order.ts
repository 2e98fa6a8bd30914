/**
 * Tells the newest word on a sandbox from those that were on their way when it came. The time of a word is that of the question it answers:
 * what was learnt since then is newer, whichever answer came first.
 */
export class WordOrder {
  #newestMs: number;

  constructor(atMs: number) {
    this.#newestMs = atMs;
  }

  /** Of the newest word. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** @returns whether the word of this time is not older than the newest one, which it is from now on. */
  accepts(atMs: number, nowMs: number): boolean {
    if (isBehind(atMs, this.#newestMs, nowMs)) return false;
    this.#newestMs = atMs;
    return true;
  }
}

/** Whether something lies before what came last. Nothing comes from the future: where it seems to, the clock was set back since then. */
export const isBehind = (atMs: number, lastMs: number, nowMs: number): boolean => atMs < lastMs && lastMs <= nowMs;
