import type { CommandPeak, CommandPeaks } from '../model/history.ts';
import { type LifeSignal, lifeKey } from '../model/life.ts';
import { AskedPeak } from './asked-peak.ts';
import { phi } from './numerics.ts';

/** Spread of the logarithm of where a life stops from one to the next, and how much less is known from few. */
const spread = 0.1;
const spreadOfOne = 0.1;
/** What is believed before anything is known, in lives of either kind: one life that stopped makes the odds a third. */
const prior = 0.5;
/** However many there were: this one may be another after all. */
const mostOdds = 4;
/** Fewer lives than this, faded with age, are not worth a word. */
const worthSaying = 0.5;

/** What became of earlier sandboxes of the same kind that came as far as this one is now. */
export interface EarlierLives {
  /** What the odds of a break are multiplied with. */
  readonly odds: number;
  /** How many of them reached the limit, and how many stopped below it: whole lives, rounded. */
  readonly reached: number;
  readonly stopped: number;
  /** The highest at which one of them stopped, in the signal's unit; 0 when none did. */
  readonly highestStop: number;
}

/**
 * A cache that fills up and a leak look the same until one of them stops; which of them a program is, its earlier runs tell. Each earlier life
 * counts with the probability that a repetition of it would come as far as this one is: those that would go on to the limit speak for a
 * break, those that would stop before it against one.
 * @param used what cannot be given back, in the signal's unit.
 */
export function oddsOf({ peaks }: CommandPeak, used: number, limit: number): EarlierLives {
  const all = peaks.reduce((sum, { weight }) => sum + weight, 0);
  const sigma = spread + spreadOfOne / Math.sqrt(Math.max(all, 1));
  const beyond = (peak: number, at: number): number => (at > 0 ? phi(Math.log(peak / at) / sigma) : 1);
  let reached = 0;
  let stopped = 0;
  let highestStop = 0;
  for (const { peakBytes, weight } of peaks) {
    if (!(peakBytes > 0)) continue;
    const on = beyond(peakBytes, limit);
    const here = Math.max(on, beyond(peakBytes, used));
    reached += weight * on;
    stopped += weight * (here - on);
    if (peakBytes < limit && here > worthSaying) highestStop = Math.max(highestStop, peakBytes);
  }
  return {
    odds: Math.min(mostOdds, Math.max(1 / mostOdds, (reached + prior) / (stopped + prior))),
    reached: reached >= worthSaying ? Math.max(1, Math.round(reached)) : 0,
    stopped: stopped >= worthSaying ? Math.max(1, Math.round(stopped)) : 0,
    highestStop,
  };
}

/** Asks what earlier sandboxes of one kind did. */
export class Lives {
  readonly #known: Readonly<Record<LifeSignal, AskedPeak>> | null;

  /**
   * @param peaks what was learned, or null.
   * @param origin what the sandbox was made from (model/life.ts), or null when nothing tells.
   */
  constructor(peaks: Pick<CommandPeaks, 'peakOf'> | null, origin: string | null) {
    const known = (signal: LifeSignal): AskedPeak => new AskedPeak(peaks, lifeKey(origin ?? '', signal));
    this.#known = origin === null ? null : { memory: known('memory'), disk: known('disk') };
  }

  /** @returns null when nothing is known of the kind. */
  of(signal: LifeSignal, used: number, limit: number, nowMs: number): EarlierLives | null {
    const known = this.#known?.[signal].at(nowMs) ?? null;
    return known === null ? null : oddsOf(known, used, limit);
  }
}
