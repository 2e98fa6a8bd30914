import type { CommandPeak, CommandPeaks } from '../model/history.ts';
import { type LifeSignal, lifeKey } from '../model/life.ts';
import { AskedPeak } from './asked-peak.ts';
import { later, shareWithin } from './due.ts';
import { phi } from './numerics.ts';

/** Spread of the logarithm of where a life stops, and at which age, from one to the next, and how much less is known from few. */
const spread = 0.1;
const spreadOfOne = 0.1;
/** What is believed before anything is known, in lives of either kind: one life that stopped makes the odds a third. */
const prior = 0.5;
/** However many there were: this one may be another after all. */
const mostOdds = 4;
/** What is less likely than this within five minutes by the age alone is not looked at. */
const notNear = 0.01;
const farthestMs = 300_000;
/** Fewer lives than this, faded with age, are not worth a word. */
const worthSaying = 0.5;
/** A life that counts less than this beside the one that counts most does not say where they stopped. */
const worthCounting = 0.1;

/** What became of earlier sandboxes of the same kind that came as far as this one is now. */
export interface EarlierLives {
  /** What the odds of a break are multiplied with. */
  readonly odds: number;
  /** How many of them reached the limit, and how many stopped below it: whole lives, rounded. */
  readonly reached: number;
  readonly stopped: number;
  /** The highest at which one of those that count as stopped did, in the signal's unit; 0 when none does. */
  readonly highestStop: number;
  /** At which age those reached it, milliseconds; null when none did, or nobody measured. */
  readonly usualAgeMs: number | null;
  /** Probability that this one reaches it within 60, 120 and 300 s, going by nothing but its age; 0 where nobody measured one. */
  readonly due: readonly [number, number, number];
}

const notDue = [0, 0, 0] as const;

const spreadOf = (lives: number): number => spread + spreadOfOne / Math.sqrt(Math.max(lives, 1));

/**
 * A cache that fills up and a leak look the same until one of them stops; which of them a program is, its earlier runs tell. Each earlier life
 * counts with the probability that a repetition of it would come as far as this one is: those that would go on to the limit speak for a
 * break, those that would stop before it against one. And where those that went on did so at about one age, that age is a danger by itself.
 * @param used what cannot be given back, in the signal's unit.
 * @param ageMs of this sandbox, milliseconds; NaN when nobody knows.
 */
export function earlierLives(known: CommandPeak, used: number, limit: number, ageMs: number): EarlierLives {
  const { peaks, tookMs } = known;
  const all = peaks.reduce((sum, { weight }) => sum + weight, 0);
  const sigma = spreadOf(all);
  const beyond = (peak: number, at: number): number => (at > 0 ? phi(Math.log(peak / at) / sigma) : 1);
  let reached = 0;
  let stopped = 0;
  const stops: { readonly peakBytes: number; readonly counts: number }[] = [];
  for (const { peakBytes, weight } of peaks) {
    if (!(peakBytes > 0)) continue;
    const on = beyond(peakBytes, limit);
    const here = Math.max(on, beyond(peakBytes, used));
    reached += weight * on;
    const counts = weight * (here - on);
    stopped += counts;
    stops.push({ peakBytes, counts });
  }
  return {
    odds: Math.min(mostOdds, Math.max(1 / mostOdds, (reached + prior) / (stopped + prior))),
    reached: reached >= worthSaying ? Math.max(1, Math.round(reached)) : 0,
    stopped: stopped >= worthSaying ? Math.max(1, Math.round(stopped)) : 0,
    highestStop: stopped >= worthSaying ? highestOf(stops) : 0,
    usualAgeMs: reached >= worthSaying ? tookMs : null,
    due: dueAt(known, ageMs, reached, stopped),
  };
}

/** The highest of those that count, without those that hardly do beside the others: they went on, or stopped long before. */
function highestOf(stops: readonly { readonly peakBytes: number; readonly counts: number }[]): number {
  const most = Math.max(0, ...stops.map(({ counts }) => counts));
  return Math.max(0, ...stops.filter(({ counts }) => counts > worthCounting * most).map(({ peakBytes }) => peakBytes));
}

function dueAt(
  { tookMs: usualAgeMs, tookSpread = 0 }: CommandPeak,
  ageMs: number,
  reached: number,
  stopped: number,
): EarlierLives['due'] {
  if (usualAgeMs === null || !(ageMs >= 0) || reached < worthSaying) return notDue;
  const sigma = Math.hypot(spreadOf(reached), tookSpread);
  // One that has outlived those before it is not going their way.
  const still = reached * later(usualAgeMs, ageMs, sigma);
  const probability = still / (still + stopped + prior);
  const [in60, in120, in300] = shareWithin(usualAgeMs, ageMs, sigma);
  return [probability * in60, probability * in120, probability * in300];
}

/** Whether the age at which earlier ones reached the limit may be near: asked with every reading, so it costs nearly nothing. */
function isNearEnd({ tookMs, tookSpread = 0 }: CommandPeak, ageMs: number): boolean {
  if (tookMs === null || !(ageMs >= 0)) return false;
  const widest = Math.hypot(spreadOf(1), tookSpread);
  return later(tookMs, ageMs, widest) - later(tookMs, ageMs + farthestMs, widest) > notNear;
}

/** Asks what earlier sandboxes of one kind did. */
export class Lives {
  readonly #known: Readonly<Record<LifeSignal, AskedPeak>> | null;
  readonly #createdAtMs: number;

  /**
   * @param peaks what was learned, or null.
   * @param origin what the sandbox was made from (model/life.ts), or null when nothing tells.
   * @param createdAtMs when, epoch milliseconds, or null.
   */
  constructor(peaks: Pick<CommandPeaks, 'peakOf'> | null, origin: string | null, createdAtMs: number | null) {
    this.#createdAtMs = createdAtMs ?? Number.NaN;
    const known = (signal: LifeSignal): AskedPeak => new AskedPeak(peaks, lifeKey(origin ?? '', signal));
    this.#known = origin === null ? null : { memory: known('memory'), disk: known('disk') };
  }

  /**
   * @param climbs whether the signal is on its way to the limit.
   * @returns null when nothing is known of the kind, or nothing of it matters: where nothing climbs, and it is not the age for an end.
   */
  of(signal: LifeSignal, used: number, limit: number, nowMs: number, climbs: boolean): EarlierLives | null {
    const known = this.#known?.[signal].at(nowMs) ?? null;
    const ageMs = nowMs - this.#createdAtMs;
    return known === null || !(climbs || isNearEnd(known, ageMs)) ? null : earlierLives(known, used, limit, ageMs);
  }
}
