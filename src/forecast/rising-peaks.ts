import type { RisingPeaks as Peaks } from '../model/forecast.ts';
import { phi } from './numerics.ts';

/** So many excursions are looked at, and from so many on they are called a series. */
const kept = 6;
const fewest = 3;
/** An excursion of less than this share of the highest is another job's and no part of the series. */
const sameJob = 0.7;
/** What is older than this is no part of it either. */
const forgetMs = 600_000;
/**
 * From so many times its own statistical error on, the rise from one to the next is believed (of three peaks that is a straight line), and at the
 * first of them it is not: one that is a little less straight than before does not put an end to a warning.
 */
const unclearRise = 3;
const clearRise = 5;
/** No peak is known better than this share of the limit, and no rise is steadier than this share of itself from job to job. */
const leastDoubt = 0.02;
const riseDoubt = 0.2;
/** After so many intervals without another one the series is over. */
const mostIntervals = 2;
/** Of what comes and goes within fewer readings the height is not seen: peaks of the same height would seem to rise. */
const fewestReadings = 12;
/** Nothing further ahead than this is asked for, in time and in jobs for each that was seen. */
const farthestMs = 300_000;
const mostAhead = 2;

/** A series of excursions that went higher from one to the next. Used again by the next call. */
export interface PeakSeries {
  /** Probability that one of the next reaches the limit within 60, 120 and 300 s. */
  readonly due: readonly [number, number, number];
  readonly seen: Peaks;
}

/**
 * A job that is run again and again on more leaves no trend between two runs, and the climb of a single run is too short to be believed in
 * time; but the heights at which the runs end lie on a line. Remembers the last of them and says when the line meets the limit.
 */
export class RisingPeaks {
  readonly #peaks = new Float64Array(kept);
  readonly #atMs = new Float64Array(kept);
  #count = 0;
  /** The highest of all that came back. */
  #highest = 0;
  /** Slope of the line through the peaks per job, its mean, the spread around it, and the sum of squares of the jobs' numbers. */
  #slope = 0;
  #mean = 0;
  #spread = 0;
  #squares = 0;
  #lastIntervalMs = 0;
  readonly #due: [number, number, number] = [0, 0, 0];
  #series: PeakSeries | null = null;

  /** Forgets everything. */
  restart(): void {
    this.#count = 0;
    this.#highest = 0;
    this.#series = null;
  }

  /** Adds an excursion that has come back; `atMs` is when it was highest. */
  add(atMs: number, peak: number): void {
    let highest = 0;
    for (let i = 0; i < this.#count; i++) {
      if (atMs - (this.#atMs[i] ?? 0) <= forgetMs) highest = Math.max(highest, this.#peaks[i] ?? 0);
    }
    if (peak < sameJob * highest) return;
    let left = 0;
    for (let i = 0; i < this.#count; i++) {
      const value = this.#peaks[i] ?? 0;
      const when = this.#atMs[i] ?? 0;
      if (atMs - when > forgetMs || value < sameJob * peak) continue;
      this.#peaks[left] = value;
      this.#atMs[left++] = when;
    }
    if (left === kept) {
      this.#peaks.copyWithin(0, 1);
      this.#atMs.copyWithin(0, 1);
      left--;
    }
    this.#peaks[left] = peak;
    this.#atMs[left] = atMs;
    this.#count = left + 1;
    this.#fit();
    // What was higher before and came back says that these will come back too.
    if (peak < this.#highest) this.#series = null;
    this.#highest = Math.max(this.#highest, peak);
  }

  #fit(): void {
    const n = this.#count;
    this.#series = null;
    if (n < fewest) return;
    const middle = (n - 1) / 2;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += this.#peaks[i] ?? 0;
    this.#mean = sum / n;
    let together = 0;
    this.#squares = 0;
    for (let i = 0; i < n; i++) {
      together += (i - middle) * ((this.#peaks[i] ?? 0) - this.#mean);
      this.#squares += (i - middle) ** 2;
    }
    this.#slope = together / this.#squares;
    let off = 0;
    for (let i = 0; i < n; i++) off += ((this.#peaks[i] ?? 0) - this.#mean - this.#slope * (i - middle)) ** 2;
    this.#spread = Math.sqrt(off / (n - 2));
    this.#lastIntervalMs = (this.#atMs[n - 1] ?? 0) - (this.#atMs[n - 2] ?? 0);
    const peaks = Array.from(this.#peaks.subarray(0, n));
    this.#series = { due: this.#due, seen: { peaks, intervalMs: this.#usualIntervalMs() } };
  }

  /** The middle one of the times between two peaks. */
  #usualIntervalMs(): number {
    const all = Array.from({ length: this.#count - 1 }, (_, i) => (this.#atMs[i + 1] ?? 0) - (this.#atMs[i] ?? 0));
    all.sort((a, b) => a - b);
    return all[Math.floor(all.length / 2)] ?? 0;
  }

  /**
   * @returns what the series says at this moment, or null while there is none.
   * @param limit positive
   * @param cadenceMs time between two readings, positive
   */
  at(nowMs: number, limit: number, cadenceMs: number): PeakSeries | null {
    const series = this.#series;
    const intervalMs = series?.seen.intervalMs ?? 0;
    if (series === null || intervalMs < fewestReadings * cadenceMs) return null;
    const n = this.#count;
    const least = leastDoubt * limit;
    const spread = Math.hypot(this.#spread, least / 2);
    const clarity = (this.#slope * Math.sqrt(this.#squares)) / spread;
    if (clarity <= unclearRise) return null;
    const belief = Math.min(1, (clarity - unclearRise) / (clearRise - unclearRise));
    const lastMs = this.#atMs[n - 1] ?? 0;
    if (nowMs - lastMs > mostIntervals * Math.max(intervalMs, this.#lastIntervalMs)) return null;
    const due = this.#due;
    due.fill(0);
    for (let ahead = 1; ahead <= mostAhead * n; ahead++) {
      const inMs = lastMs + ahead * intervalMs - nowMs;
      if (inMs > farthestMs) break;
      const jobs = (n - 1) / 2 + ahead;
      const expected = this.#mean + this.#slope * jobs;
      const ofLine = spread * Math.sqrt(1 + 1 / n + jobs ** 2 / this.#squares);
      const p = belief * phi((expected - limit) / Math.hypot(ofLine, least, riseDoubt * this.#slope * ahead));
      if (inMs <= 60_000) due[0] = Math.max(due[0], p);
      if (inMs <= 120_000) due[1] = Math.max(due[1], p);
      due[2] = Math.max(due[2], p);
    }
    return series;
  }
}
