import * as z from 'zod/mini';
import { halfLifeMs, shareLeft } from '../model/decay.ts';
import type { CommandPeak } from '../model/history.ts';
import { isLifeKey } from '../model/life.ts';
import { parseJson } from './json.ts';

/** The upper end of the first bucket, and how much higher each next bucket ends (5 % as in the Vertical Pod Autoscaler). */
const firstBucketBytes = 1024 * 1024;
const growth = 1.05;
/** Reaches to 1 PiB; whatever lies above counts in the last bucket. */
const lastBucket = 425;
const percentile = 0.9;
/** What weighs less than this against the newest run is dropped. */
const smallestShare = 0.001;
/** A time that lies further ahead than this comes from a clock that was wrong. */
const wrongClockMs = 24 * 60 * 60_000;
/** Two windows see the creation of one sandbox this far apart at most. */
const sameLifeMs = 2_000;
/** So many lives are known by their beginning; the same one comes again from another window, or when it is killed in again. */
const knownLives = 64;

/**
 * The peaks of one command as a histogram whose weights fade. Buckets grow by 5 %, so a percentile is at most 5 % above the true
 * peak. Weights are relative to `atMs`; adding two histograms gives what one would be that saw both.
 */
export interface PeakHistogram {
  readonly atMs: number;
  readonly runs: number;
  readonly lastRunAtMs: number;
  /** How long a run takes to its peak, milliseconds, or null: the geometric mean, the newest run counting most. */
  readonly tookMs: number | null;
  /** Standard deviation of the logarithm of that time, weighted likewise; null before two runs were measured. */
  readonly tookSpread: number | null;
  /** Bucket numbers and weights. */
  readonly buckets: ReadonlyMap<number, number>;
  /** When the lives counted last began, oldest first; empty for a command. */
  readonly lives: readonly number[];
}

export const emptyHistogram: PeakHistogram = {
  atMs: 0,
  runs: 0,
  lastRunAtMs: 0,
  tookMs: null,
  tookSpread: null,
  buckets: new Map(),
  lives: [],
};

/** Share of the newest run in the time that runs take. */
const newestShare = 0.4;
/** A time below this is as good as none, milliseconds. */
const leastTookMs = 100;

/** The time that runs take, and how much it differs, with one more run: exponentially weighted mean and variance of its logarithm. */
function tookAfter(
  { tookMs, tookSpread }: Pick<PeakHistogram, 'tookMs' | 'tookSpread'>,
  newest: number | null,
): Pick<PeakHistogram, 'tookMs' | 'tookSpread'> {
  if (newest === null) return { tookMs, tookSpread };
  const took = Math.max(leastTookMs, newest);
  if (tookMs === null) return { tookMs: Math.round(took), tookSpread: null };
  const apart = Math.log(took / tookMs);
  const variance = (1 - newestShare) * ((tookSpread ?? 0) ** 2 + newestShare * apart ** 2);
  return {
    tookMs: Math.round(tookMs * Math.exp(newestShare * apart)),
    tookSpread: Number(Math.sqrt(variance).toPrecision(6)),
  };
}

/** One run, as it is added. */
export interface PeakRun {
  readonly peakBytes: number;
  readonly atMs: number;
  readonly tookMs?: number | null | undefined;
}

const bucketOf = (bytes: number): number => {
  if (!(bytes > firstBucketBytes)) return 0;
  // A little less than the exact value, so that the end of a bucket belongs to it in floating point too.
  return Math.min(lastBucket, Math.ceil(Math.log(bytes / firstBucketBytes) / Math.log(growth) - 1e-9));
};

/** @returns the upper end of a bucket, bytes. */
const endOf = (bucket: number): number => Math.round(firstBucketBytes * growth ** bucket);

/** @returns the middle of a bucket, bytes. */
const middleOf = (bucket: number): number => Math.round(firstBucketBytes * growth ** (bucket - 0.5));

/** @returns `histogram` with one more run. */
export const addPeak = (histogram: PeakHistogram, { peakBytes, atMs, tookMs = null }: PeakRun): PeakHistogram => {
  const aheadMs = histogram.atMs - atMs;
  const wrongClock = aheadMs > wrongClockMs;
  const newAtMs = wrongClock ? atMs : Math.max(histogram.atMs, atMs);
  const fade = wrongClock ? 1 : shareLeft(newAtMs - histogram.atMs, halfLifeMs);
  const weight = shareLeft(newAtMs - atMs, halfLifeMs);
  const buckets = new Map<number, number>();
  for (const [bucket, before] of histogram.buckets) {
    if (before * fade >= smallestShare) buckets.set(bucket, before * fade);
  }
  const bucket = bucketOf(peakBytes);
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + weight);
  return {
    atMs: newAtMs,
    runs: histogram.runs + 1,
    lastRunAtMs: wrongClock ? atMs : Math.max(histogram.lastRunAtMs, atMs),
    ...tookAfter(histogram, tookMs),
    buckets,
    lives: histogram.lives,
  };
};

// Earlier versions kept the newest time only.
const livesOf = ({ lives, runs, lastRunAtMs }: PeakHistogram): readonly number[] =>
  lives.length === 0 && runs > 0 ? [lastRunAtMs] : lives;

/** @returns whether a life that is counted in it is the one of this moment. */
export const isLifeAt = (histogram: PeakHistogram, atMs: number): boolean =>
  livesOf(histogram).some((each) => Math.abs(each - atMs) < sameLifeMs);

/** @returns `histogram` with one more run of what has this key, or itself: one and the same life counts once, whoever tells of it. */
export const countPeak = (histogram: PeakHistogram, key: string, run: PeakRun): PeakHistogram => {
  if (!isLifeKey(key)) return addPeak(histogram, run);
  if (isLifeAt(histogram, run.atMs)) return histogram;
  return { ...addPeak(histogram, run), lives: [...livesOf(histogram), run.atMs].slice(-knownLives) };
};

/** @returns what is foretold for the next run, or null when none was seen. */
export const peakOfHistogram = ({
  buckets,
  runs,
  lastRunAtMs,
  tookMs,
  tookSpread,
}: PeakHistogram): CommandPeak | null => {
  const total = [...buckets.values()].reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return null;
  const peaks = [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([bucket, weight]) => ({ bucket, peakBytes: middleOf(bucket), weight }));
  let sum = 0;
  for (const { bucket, weight } of peaks) {
    sum += weight;
    // A little slack, so that nine of ten runs are 90 % though the newest weighs a trifle more than the others.
    if (sum >= percentile * total * (1 - 1e-3)) {
      return {
        peakBytes: endOf(bucket),
        runs,
        lastRunAtMs,
        tookMs,
        ...(tookSpread === null ? {} : { tookSpread }),
        peaks: peaks.map(({ bucket: _, ...peak }) => peak),
      };
    }
  }
  return null;
};

const stored = z.object({
  atMs: z.int(),
  runs: z.int().check(z.nonnegative()),
  lastRunAtMs: z.int(),
  // Missing in what earlier versions wrote.
  tookMs: z.optional(z.nullable(z.number().check(z.positive()))),
  tookSpread: z.optional(z.nullable(z.number().check(z.nonnegative()))),
  buckets: z.array(z.tuple([z.int().check(z.minimum(0), z.maximum(lastBucket)), z.number().check(z.positive())])),
  lives: z.optional(z.array(z.int())),
});

/** The histogram as it is stored. */
export const histogramText = ({ lives, ...histogram }: PeakHistogram): string =>
  JSON.stringify({
    ...histogram,
    buckets: [...histogram.buckets].map(([b, w]) => [b, Number(w.toPrecision(6))]),
    ...(lives.length === 0 ? {} : { lives }),
  });

/** @returns null for a text that is none. */
export const parseHistogram = (text: string): PeakHistogram | null => {
  const parsed = stored.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { tookMs = null, tookSpread = null, lives = [], buckets, ...rest } = parsed.data;
  return { ...rest, tookMs, tookSpread, buckets: new Map(buckets), lives };
};
