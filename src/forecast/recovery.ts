import { type PeakSeries, RisingPeaks } from './rising-peaks.ts';

const kept = 8;
/** A rise counts when it is at least this share of the limit, and as recovered when this share of it is given back. */
const riseShare = 0.08;
const returnedShare = 0.6;

/**
 * Remembers excursions that came back by themselves: up by a good part of the limit, then most of the way down again.
 * What this sandbox has survived before is the best evidence that the same climb is harmless.
 */
export class RecoveryMemory {
  // Plain arrays of so few numbers are smaller than typed ones.
  readonly #peaks = new Array<number>(kept).fill(Number.NaN);
  readonly #atMs = new Array<number>(kept).fill(Number.NaN);
  #count = 0;
  #next = 0;
  #low = Number.NaN;
  #high = Number.NaN;
  #highAtMs = 0;
  /** Readings so far; by the highest one; the reading before that and the one after, NaN until it comes. */
  #readings = 0;
  #highReading = 0;
  #before = 0;
  #after = Number.NaN;
  #last = 0;
  #who: string | null = null;
  /** Made when it is needed: in most signals nothing comes and goes. */
  #series: RisingPeaks | null = null;

  /** Forgets everything, as after a kill: that was no recovery. */
  restart(): void {
    this.#count = 0;
    this.#next = 0;
    this.#low = Number.NaN;
    this.#series?.restart();
  }

  /** Adds one reading; `limit` must be positive. `who` takes most of it now, null where nobody knows. */
  add(atMs: number, value: number, limit: number, who: string | null = null): void {
    this.#readings++;
    const before = this.#last;
    this.#last = value;
    if (Number.isNaN(this.#low)) {
      this.#begin(atMs, value, who);
      return;
    }
    if (value > this.#high) this.#rise(atMs, value, before, who);
    else if (Number.isNaN(this.#after)) this.#after = value;
    const rise = this.#high - this.#low;
    if (rise >= riseShare * limit && this.#high - value >= returnedShare * rise) {
      this.#peaks[this.#next] = this.#high;
      this.#atMs[this.#next] = atMs;
      this.#next = (this.#next + 1) % kept;
      if (this.#count < kept) this.#count++;
      // A top that two readings share was seen; of a needle, up to the smaller of its sides may be missing.
      const missed = this.#high - Math.max(this.#before, this.#after);
      this.#series ??= new RisingPeaks();
      this.#series.add({
        atMs: this.#highAtMs,
        reading: this.#highReading,
        height: this.#high,
        missed,
        who: this.#who,
      });
      this.#begin(atMs, value, who);
      return;
    }
    // Without a rise worth the name, the low follows the series down.
    if (value < this.#low) this.#begin(atMs, value, who);
  }

  #begin(atMs: number, value: number, who: string | null): void {
    this.#low = value;
    this.#rise(atMs, value, value, who);
  }

  #rise(atMs: number, value: number, before: number, who: string | null): void {
    this.#high = value;
    this.#who = who;
    this.#highAtMs = atMs;
    this.#highReading = this.#readings;
    this.#before = before;
    this.#after = Number.NaN;
  }

  /** @returns the series in which the excursions went higher each time, or null where they do not; `limit` must be positive. */
  series(nowMs: number, limit: number): PeakSeries | null {
    return this.#series?.at(nowMs, limit) ?? null;
  }

  /** When the last excursion came back, milliseconds; -Infinity when none has. */
  get lastAtMs(): number {
    return this.#count === 0 ? Number.NEGATIVE_INFINITY : (this.#atMs[(this.#next + kept - 1) % kept] ?? 0);
  }

  /** @returns how many of the remembered excursions reached `level` or higher and came back. */
  reached(level: number): number {
    let count = 0;
    for (let i = 0; i < this.#count; i++) if ((this.#peaks[i] ?? 0) >= level) count++;
    return count;
  }

  /** @returns how many excursions ended after `sinceMs`. */
  since(sinceMs: number): number {
    let count = 0;
    for (let i = 0; i < this.#count; i++) if ((this.#atMs[i] ?? 0) >= sinceMs) count++;
    return count;
  }
}
