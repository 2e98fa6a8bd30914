/** A new high must beat the last by this share of the limit. */
const stepShare = 0.001;
/** How fast the longest pause is forgotten, per new high. */
const forget = 0.8;
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

  /** Forgets everything. */
  restart(): void {
    this.#high = Number.NaN;
    this.#longestMs = 0;
    this.#stepMs = 0;
  }

  /** Adds one reading; `limit` must be positive. */
  add(atMs: number, value: number, limit: number, stepMs: number): void {
    this.#stepMs = stepMs;
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
