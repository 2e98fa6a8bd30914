import type { Envelope } from './envelope.ts';

/** A half may rise this much more slowly than the other without meaning anything. */
const tolerated = 0.8;
/** Kendall agreement from which a window rises steadily. */
const steady = 0.6;
/** Below this a climb has stopped; keeps logarithms finite. */
const stopped = 1e-6;
/** More than this in one window is a kink and no bend. */
const mostBend = 1.5;
/** Certainty, 0..1, that a difference of slopes is more than noise: a half's slope is the difference of two equally rough floors. */
function certaintyOf(scale: Envelope): number {
  const noise = (Math.SQRT2 * scale.roughness * 1000) / (scale.middleAtMs - scale.firstAtMs);
  return 1 / (1 + ((2 * noise) / scale.slope) ** 2);
}

/** Rise of the newer half over that of the older one, above 0; 1 where the older half does not rise. */
function halves(scale: Envelope, used: number, nowMs: number): number {
  const early = (scale.middleFloor - scale.firstFloor) / (scale.middleAtMs - scale.firstAtMs);
  if (!(early > 0)) return 1;
  const late = (scale.floor - scale.middleFloor) / (scale.floorAtMs - scale.middleAtMs);
  const live = (used - scale.middleFloor) / (nowMs - scale.middleAtMs);
  return Math.max(stopped, Math.min(late, live) / early);
}

/**
 * How the newer half of the window rises compared with the older half: 1 unchanged or faster, towards 0 when levelling off.
 * The present value counts too, so a stop shows before the next block closes. Where the slope is uncertain the ratio is
 * drawn back to 1: noise is no slowdown.
 */
export function recentRise(scale: Envelope, used: number, nowMs: number): number {
  const ratio = Math.min(1, Math.max(stopped, halves(scale, used, nowMs) / tolerated));
  return ratio === 1 ? 1 : ratio ** certaintyOf(scale);
}

/** @returns the logarithm of the same without the tolerance: below 0 levelling off, above 0 speeding up. */
export function bendOf(scale: Envelope, used: number, nowMs: number): number {
  const bend = Math.log(halves(scale, used, nowMs)) * certaintyOf(scale);
  return Math.min(mostBend, Math.max(-2 * mostBend, bend));
}

const centreMs = (scale: Envelope): number => (scale.firstAtMs + scale.floorAtMs) / 2;

/**
 * The rate, per second, at which the slope has been dying away from a longer window to this one; 0 when it has not. The longer
 * window must rise steadily itself, or its slope means nothing.
 */
export function decayFrom(longer: Envelope, scale: Envelope): number {
  if (!(longer.agreement >= steady && scale.slope > 0 && longer.slope * tolerated > scale.slope)) return 0;
  const apartMs = centreMs(scale) - centreMs(longer);
  return apartMs > 0 ? (Math.log((longer.slope * tolerated) / scale.slope) * 1000) / apartMs : 0;
}
