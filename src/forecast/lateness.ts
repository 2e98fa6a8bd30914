/** So many readings have to be late: one may have met a busy network. */
const readings = 5;
/** Below this nobody notices; and it has to be so many times the usual. */
const leastMs = 500;
const usualTimes = 5;
/** Over before it is told as often as it comes: it ends at this share of what began it. */
const endsAt = 0.5;
/** Weight of the newest reading in what is usual. */
const smoothing = 0.02;
/** And while it is late: slowly, so that a clock that was set, or a longer way from now on, is told for some minutes and not for ever. */
const smoothingWhileLate = 0.001;

/** Follows how long readings are under way, which grows when a sandbox has too little processor time or memory to answer. Allocates nothing. */
export class Lateness {
  readonly #last = new Float64Array(readings);
  #count = 0;
  #usualMs = 0;
  #isLate = false;

  /** A reading was so long under way, milliseconds. */
  add(lateMs: number): void {
    if (!(lateMs >= 0) || !Number.isFinite(lateMs)) return;
    this.#last[this.#count % readings] = lateMs;
    this.#count++;
    const now = this.nowMs;
    const tellFromMs = Math.max(leastMs, usualTimes * this.#usualMs);
    this.#isLate = this.#count >= readings && now > (this.#isLate ? endsAt : 1) * tellFromMs;
    const weight = this.#count <= readings ? 1 / this.#count : this.#isLate ? smoothingWhileLate : smoothing;
    this.#usualMs += weight * (lateMs - this.#usualMs);
  }

  restart(): void {
    this.#count = 0;
    this.#usualMs = 0;
    this.#isLate = false;
  }

  /** The last readings were clearly later than usual. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** The median of the last readings, milliseconds. */
  get nowMs(): number {
    let middle = 0;
    // Without sorting, which would need a copy: the value with two below and two above.
    for (let i = 0; i < readings; i++) {
      const value = this.#last[i] ?? 0;
      let below = 0;
      let equal = 0;
      for (let j = 0; j < readings; j++) {
        const other = this.#last[j] ?? 0;
        if (other < value) below++;
        else if (other === value) equal++;
      }
      if (below <= 2 && below + equal > 2) middle = value;
    }
    return middle;
  }

  get usualMs(): number {
    return this.#usualMs;
  }
}
