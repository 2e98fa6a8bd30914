/** A new high must beat the last by this share of the limit. */
const stepShare = 0.001;
/** How fast the longest pause is forgotten, per new high. */
const forget = 0.8;
/** Readings over which a step is measured: a large allocation takes more than one second to be touched. */
export const stepReadings = 3;
/** How fast the largest step is forgotten, per reading. */
const forgetStep = 0.98;
/** A fall back by this share of the limit from the high begins a new climb. */
const fallShare = 0.3;

/**
 * Watches the pauses between new highs. A climb that has risen every second and now rests for ten has probably ended; stairs
 * that rest ten seconds between steps have not.
 */
export class Stall {
  #high = Number.NaN;
  #highAtMs = 0;
  #longestMs = 0;
  #stepMs = 0;
  /** The last three values, newest first; NaN until there are so many. */
  #last = Number.NaN;
  #second = Number.NaN;
  #third = Number.NaN;
  /** The largest rise within three readings, slowly forgotten. */
  largestStep = 0;

  /** Forgets everything. */
  restart(): void {
    this.#high = Number.NaN;
    this.#longestMs = 0;
    this.#stepMs = 0;
    this.#last = Number.NaN;
    this.#second = Number.NaN;
    this.#third = Number.NaN;
    this.largestStep = 0;
  }

  /** Adds one reading; `limit` must be positive. */
  add(atMs: number, value: number, limit: number, stepMs: number): void {
    this.#stepMs = stepMs;
    const before = Number.isNaN(this.#third) ? value : this.#third;
    this.#third = this.#second;
    this.#second = this.#last;
    this.#last = value;
    this.largestStep = Math.max(value - before, this.largestStep * forgetStep);
    if (value > this.#high + stepShare * limit) {
      this.#longestMs = Math.max(atMs - this.#highAtMs, this.#longestMs * forget);
    } else if (!(Number.isNaN(this.#high) || value < this.#high - fallShare * limit)) return;
    this.#high = value;
    this.#highAtMs = atMs;
  }

  /** @returns 1 while the present pause is ordinary, falling towards 0 with the square of its excess. */
  stillRising(nowMs: number): number {
    const ordinary = 2 * Math.max(this.#longestMs, this.#stepMs * 2);
    const pause = nowMs - this.#highAtMs;
    return pause <= ordinary || ordinary === 0 ? 1 : (ordinary / pause) ** 2;
  }
}
