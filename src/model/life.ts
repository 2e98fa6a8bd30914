/*
 * What is remembered of a whole sandbox, from its creation to its end, so that the next one of the same kind is known better: how far its
 * memory and its disk filled.
 */

/** The signals of which it is remembered. */
export const lifeSignals = ['memory', 'disk'] as const;
export type LifeSignal = (typeof lifeSignals)[number];

const lifePrefix = '(life) ';

/** The key under which `CommandPeaks` keeps it; no command's key begins like this. */
export const lifeKey = (origin: string, signal: LifeSignal): string => `${lifePrefix}${signal} ${origin}`;

/** Whether this is the key of a life, which counts once however many windows saw it, and not of a command. */
export const isLifeKey = (key: string): boolean => key.startsWith(lifePrefix);

/** A life that reached its limit would have gone on; nobody knows how far. */
export const noEndBytes = 2 ** 50;

/** A rise of less than this is no new height. */
const newHeight = 1.02;
/** It has stopped when it reached no new height for so long, and for this share of the time it was watched. */
const restMs = 30_000;
const restShare = 0.2;
/** From this pressure on it counts as having reached the limit: between two readings it is gone. */
const full = 0.98;

/** Follows one signal of one sandbox through its life. */
export class LifeCourse {
  #firstAtMs = Number.NaN;
  #lastAtMs = Number.NaN;
  #highest = 0;
  #height = 0;
  #heightAtMs = Number.NaN;
  #reached = false;
  #reachedAtMs = Number.NaN;

  /** Takes one reading, in the signal's unit: of memory, what cannot be given back. Nonsense is left out. */
  add(atMs: number, used: number, limit: number | null): void {
    if (!(Number.isFinite(atMs) && used >= 0 && Number.isFinite(used))) return;
    if (Number.isNaN(this.#firstAtMs)) this.#firstAtMs = atMs;
    this.#lastAtMs = Math.max(atMs, Number.isNaN(this.#lastAtMs) ? atMs : this.#lastAtMs);
    this.#highest = Math.max(this.#highest, used);
    if (used > newHeight * this.#height || Number.isNaN(this.#heightAtMs)) {
      this.#height = used;
      this.#heightAtMs = atMs;
    }
    if (limit !== null && limit > 0 && used >= full * limit) this.reached();
  }

  /** The limit was reached, as somebody else knows: the kernel killed, or a write failed. */
  reached(): void {
    if (!this.#reached) this.#reachedAtMs = this.#lastAtMs;
    this.#reached = true;
  }

  /** @returns when the limit was reached, as the last reading before knew the time, epoch milliseconds; null when it was not, or nobody read. */
  get reachedAtMs(): number | null {
    return Number.isNaN(this.#reachedAtMs) ? null : this.#reachedAtMs;
  }

  /** @returns where it stopped, `noEndBytes` when it reached the limit, or null when it was still climbing or hardly watched. */
  end(): number | null {
    if (this.#reached) return noEndBytes;
    const rested = this.#lastAtMs - this.#heightAtMs;
    const watched = this.#lastAtMs - this.#firstAtMs;
    return rested >= restMs && rested >= restShare * watched ? this.#highest : null;
  }
}
