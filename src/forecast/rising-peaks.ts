import { phi } from './numerics.ts';

/**
 * So many excursions are looked at, and from so many on they are called a series: the more where nobody knows that it is one job. Check, build and test
 * of a project often take more one after the other, and the last of them is no sign of a larger one.
 */
const kept = 6;
const fewest = 3;
const fewestUnknown = 5;
/** An excursion of less than this share of the one before is another job's and no part of the series; one that goes higher by as much begins a new one. */
const sameJob = 0.65;
/** Unless it comes when the next was due, give or take this share of an interval: then the job needs less now. */
const inItsPlace = 0.25;
/** What is older than this is no part of it either. */
const forgetMs = 600_000;
/** Between two runs of one job there is about the same time: at most so many times the shortest. */
const evenIntervals = 3;
/** Of what comes and goes within fewer readings the height is not seen: peaks of one height would seem to rise. */
const fewestReadings = 12;
/**
 * Nor is it of what is at its top for less than a reading. Where such needles come as regularly as a clock, within so many readings, each is seen a little
 * later in its climb than the one before: then the whole rise must be so many times what a reading may have missed at a top.
 */
const clockwork = 2;
const clearOfMissed = 1.5;
/**
 * From so many times its own statistical error on, the rise from one to the next is believed, and at the first of them it is not: one that is a
 * little less straight than before does not put an end to a warning. Three may lie on a line by chance, so by the count of the peaks from the third on.
 */
const unclearRise = [4, 3, 3] as const;
const clearRise = [6, 5, 5] as const;
/** No peak is known better than this share of the limit, and no rise is steadier than this share of itself from job to job. */
const leastDoubt = 0.02;
const riseDoubt = 0.2;
/** Nothing further ahead than this is asked for, and so many jobs ahead for each beyond the second that was seen. */
const farthestMs = 300_000;
const aheadForEach = 2;

/** Numbers of a peak that is kept. */
const width = 4;

/** What a series of rising peaks says; another after the next call. */
export interface PeakSeries {
  /** Probability that one of the next reaches the limit within 60, 120 and 300 s. */
  readonly due: readonly [number, number, number];
  /** Time until the next is due, milliseconds. */
  readonly nextInMs: number;
  /** The peaks in the signal's unit, oldest first, and the usual time between two of them, milliseconds. */
  readonly heights: readonly number[];
  readonly intervalMs: number;
}

const share = (value: number): number => Math.min(1, Math.max(0, value));

const middleOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
};

/** One excursion that has come back. */
interface Peak {
  /** When it was highest, milliseconds, and how many readings there had been by then. */
  readonly atMs: number;
  readonly reading: number;
  /** In the signal's unit; and how much higher it may have been between two readings. */
  readonly height: number;
  readonly missed: number;
  /** The job, as far as it is known. */
  readonly who: string | null;
}

const isOther = (one: Peak, two: Peak): boolean => one.who !== null && two.who !== null && one.who !== two.who;

/**
 * A job that is run again and again on more leaves no trend between two runs, and the climb of a single run is too short to be believed in
 * time; but the heights at which the runs end lie on a line. Remembers the last of them and says when the line meets the limit.
 */
export class RisingPeaks implements PeakSeries {
  readonly due: [number, number, number] = [0, 0, 0];
  nextInMs = 0;
  intervalMs = 0;
  /** The peaks in one piece, `width` numbers each: each signal has room for 4 KB in all. */
  #numbers: readonly number[] = [];
  #who: readonly (string | null)[] = [];
  /** So many the series has by now, with those that are not looked at any more. */
  #length = 0;
  /** The highest of all that came back. */
  #highest = 0;
  /** The line through the peaks, by number: its slope per job, its middle, the spread around it, and the sum of squares of the numbers. */
  #slope = 0;
  #mean = 0;
  #spread = 0;
  #squares = 0;
  #isSeries = false;

  /** Forgets everything. */
  restart(): void {
    this.#keep([]);
    this.#highest = 0;
  }

  get heights(): readonly number[] {
    return this.#peaks().map(({ height }) => height);
  }

  #peaks(): readonly Peak[] {
    const at = (i: number, k: number): number => this.#numbers[width * i + k] ?? 0;
    return this.#who.map((who, i) => ({ atMs: at(i, 0), reading: at(i, 1), height: at(i, 2), missed: at(i, 3), who }));
  }

  #keep(peaks: readonly Peak[]): void {
    this.#numbers = peaks.flatMap(({ atMs, reading, height, missed }) => [atMs, reading, height, missed]);
    this.#who = peaks.map(({ who }) => who);
    this.#isSeries = false;
  }

  /** Adds an excursion that has come back. Excursions are rare, so this may take its time. */
  add(peak: Peak): void {
    const recent = this.#peaks().filter(({ atMs }) => peak.atMs - atMs <= forgetMs);
    const last = recent.at(-1);
    // What another job takes says nothing of this one, unless it takes more.
    if (last !== undefined && isOther(last, peak) && peak.height <= last.height) return;
    if (last !== undefined && peak.height < sameJob * last.height) {
      const lateMs = peak.atMs - last.atMs - this.intervalMs;
      if (this.#isSeries && Math.abs(lateMs) <= inItsPlace * this.intervalMs) this.#keep([]);
      return;
    }
    const goesOn = last !== undefined && !isOther(last, peak) && last.height >= sameJob * peak.height;
    this.#length = goesOn ? this.#length + 1 : 1;
    const peaks = goesOn ? [...recent, peak].slice(-kept) : [peak];
    this.#keep(peaks);
    // What was higher before and came back says that these will come back too.
    if (peak.height >= this.#highest) this.#fit(peaks);
    this.#highest = Math.max(this.#highest, peak.height);
  }

  #fit(peaks: readonly Peak[]): void {
    const n = peaks.length;
    const isKnown = peaks.every(({ who }) => who !== null);
    if (n < (isKnown ? fewest : fewestUnknown)) return;
    const steps = peaks.slice(1).map((peak, i) => {
      const before = peaks[i] ?? peak;
      return { ms: peak.atMs - before.atMs, readings: peak.reading - before.reading };
    });
    const times = steps.map(({ ms }) => ms);
    if (Math.max(...times) > evenIntervals * Math.min(...times)) return;
    const readings = middleOf(steps.map((step) => step.readings));
    if (readings < fewestReadings) return;
    this.intervalMs = middleOf(times);
    const middle = (n - 1) / 2;
    this.#mean = peaks.reduce((sum, { height }) => sum + height, 0) / n;
    this.#squares = peaks.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
    this.#slope = peaks.reduce((sum, { height }, i) => sum + (i - middle) * (height - this.#mean), 0) / this.#squares;
    const readingMs = this.intervalMs / readings;
    const isClockwork = Math.max(...times) - Math.min(...times) <= clockwork * readingMs;
    const missed = Math.max(...peaks.map((peak) => peak.missed));
    if (isClockwork && this.#slope * (n - 1) <= clearOfMissed * missed) return;
    const off = peaks.reduce((sum, { height }, i) => sum + (height - this.#mean - this.#slope * (i - middle)) ** 2, 0);
    this.#spread = Math.sqrt(off / (n - 2));
    this.#isSeries = true;
  }

  /** @returns what the series says at this moment, or null while there is none. `limit` must be positive. */
  at(nowMs: number, limit: number): PeakSeries | null {
    if (!this.#isSeries) return null;
    const n = this.#who.length;
    const lastAtMs = this.#numbers[width * (n - 1)] ?? 0;
    const least = leastDoubt * limit;
    const spread = Math.hypot(this.#spread, least / 2);
    const row = Math.min(n - fewest, clearRise.length - 1);
    const [unclear = 0, clear = 1] = [unclearRise[row], clearRise[row]];
    const clarity = (this.#slope * Math.sqrt(this.#squares)) / spread;
    // What does not come when it is due is the less to be expected the longer it stays away.
    const overdue = (nowMs - lastAtMs) / this.intervalMs - 1;
    const belief = share((clarity - unclear) / (clear - unclear)) * share(1 - overdue);
    if (belief === 0) return null;
    const { due } = this;
    due.fill(0);
    this.nextInMs = Math.max(0, lastAtMs + this.intervalMs - nowMs);
    for (let ahead = 1; ahead <= aheadForEach * (this.#length - 2); ahead++) {
      const inMs = this.nextInMs + (ahead - 1) * this.intervalMs;
      if (inMs > farthestMs) break;
      const jobs = (n - 1) / 2 + ahead;
      const expected = this.#mean + this.#slope * jobs;
      const ofLine = spread * Math.sqrt(1 + 1 / n + jobs ** 2 / this.#squares);
      const reaches = phi((expected - limit) / Math.hypot(ofLine, least, riseDoubt * this.#slope * ahead));
      // Where it is certain, rounding may go beyond.
      const p = belief * share(reaches);
      if (inMs <= 60_000) due[0] = Math.max(due[0], p);
      if (inMs <= 120_000) due[1] = Math.max(due[1], p);
      due[2] = Math.max(due[2], p);
    }
    return this;
  }
}
