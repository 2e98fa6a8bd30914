import type { Envelope } from './envelope.ts';
import { type Motion, passageProbability } from './first-passage.ts';
import type { RecoveryMemory } from './recovery.ts';
import { bendOf, decayFrom, recentRise } from './slowdown.ts';

/** Where the signal stands now and what is known beside the envelopes. */
export interface Standing {
  nowMs: number;
  used: number;
  limit: number;
  /** From `Stall`: 1 while the climb goes on, falling when it rests unusually long. */
  stillRising: number;
}

/**
 * Most climbs end before the limit. How long one will go on is unknown, but a climb that has lasted long tends to last: with an
 * exponential stopping time whose rate has an exponential prior of mean 1/patience, the chance that a climb of age a goes on for
 * another t seconds is (patience + a) / (patience + a + t).
 */
const patienceSeconds = 30;
/** A straight line is never quite right: this share of the slope is added to its statistical error. */
const modelError = 0.15;
/**
 * And so is this share of how far the scales that see the climb differ on it: on a straight one they agree, on one that bends none of them
 * knows the slope. With it four of five true times lie in the quoted range also on programs that bend more than those of the tables.
 */
const scalesDoubt = 0.85;
/** How far a climb goes on levelling off is a guess: this share of what it takes away from the rise is added to the error. */
const levellingDoubt = 0.5;
/** Diffusion below this share of the limit per root second is not believed. */
const leastDiffusion = 1e-4;
/** A rise slower than this share of the limit per second would take months: it is none. */
const leastSlope = 1e-7;
/** A scale that is believed less than this is not asked. */
const leastWeight = 1e-3;
/** Windows with this many recoveries in them see the floor between the teeth, so their slope is not a tooth. */
const recoveriesThatShowTheFloor = 3;
/** A slower scale speaks for the age of a climb when its slope is at least this share of the one that speaks. */
const sameClimb = 0.4;
const horizonSeconds = 300;

/** One scale's reading of the climb. Reused from call to call. */
export interface Voice {
  /** Belief that the scale sees a climb that goes on, times its probability within 300 s: what the scales are ranked by. */
  rank: number;
  weight: number;
  /** Newer half of the window against the older one, at most 1. */
  ratio: number;
  distance: number;
  drift: number;
  /** Rate at which the slope dies away, per second. */
  decay: number;
  deviation: number;
  variance: number;
  /** Seconds to the limit along the expected course, Infinity when it levels off before. */
  need: number;
  /** How long the climb has lasted, seconds, and the floor where it began. */
  age: number;
  roseFrom: number;
  recoveries: number;
  bend: number;
}

const silence = (): Voice => ({
  rank: 0,
  weight: 0,
  ratio: 1,
  distance: 0,
  drift: 0,
  decay: 0,
  deviation: 0,
  variance: 0,
  need: 0,
  age: 0,
  roseFrom: 0,
  recoveries: 0,
  bend: 0,
});
// Two of them are reused for all calls: the one being asked and the best so far. Nothing here is asynchronous.
let voice = silence();
let spoken = silence();
const motion: { -readonly [K in keyof Motion]: Motion[K] } = { drift: 0, driftDeviation: 0, variancePerSecond: 0 };

/** Rise expected within `seconds` when the slope changes exponentially. */
const expectedRise = (drift: number, decay: number, seconds: number): number =>
  decay * seconds > 1e-6 ? (drift * -Math.expm1(-decay * seconds)) / decay : drift * seconds;

/** Seconds until that rise covers the distance, Infinity when it levels off before. */
function secondsToCover(drift: number, decay: number, distance: number): number {
  if (distance <= 0) return 0;
  if (decay * distance < 1e-6 * drift) return distance / drift;
  const left = 1 - (distance * decay) / drift;
  return left > 0 ? -Math.log(left) / decay : Number.POSITIVE_INFINITY;
}

/** @returns the probability that this climb, if it goes on, reaches the limit within `seconds`. */
export function passageWithin(of: Voice, seconds: number): number {
  const mean = expectedRise(of.drift, of.decay, seconds) / seconds;
  motion.drift = mean;
  motion.driftDeviation = Math.hypot(of.deviation * (mean / of.drift), levellingDoubt * (of.drift - mean));
  motion.variancePerSecond = of.variance;
  return passageProbability(motion, of.distance, seconds);
}

/** Fills `voice` from one scale; `variance` is the smallest diffusion of this and the longer scales. */
function listen(scale: Envelope, variance: number, decay: number, standing: Standing): void {
  const { nowMs, used, limit } = standing;
  const { middleAtMs, firstAtMs } = scale;
  const halfMs = middleAtMs - firstAtMs;
  const ratio = recentRise(scale, used, nowMs);
  voice.ratio = ratio;
  voice.bend = bendOf(scale, used, nowMs);
  // The slope belongs to the middle of the window; the newer half was `ratio` of it half a window later, and so on until now.
  const sinceMiddle = (nowMs - middleAtMs) / halfMs;
  const fade = ratio === 1 ? 1 : ratio ** sinceMiddle;
  voice.drift = scale.slope * fade;
  voice.decay = ratio === 1 ? decay : Math.max(decay, (-Math.log(ratio) * 1000) / halfMs);
  // The floor has moved on since its last block closed, but it cannot lie above the signal itself.
  const floorNow = Math.min(used, scale.floor + (voice.drift * (nowMs - scale.floorAtMs)) / 1000);
  voice.distance = limit - Math.max(used, floorNow + scale.swing);
  const unfit = modelError * scale.slope;
  voice.deviation = fade * Math.sqrt(scale.slopeDeviation * scale.slopeDeviation + unfit * unfit);
  voice.variance = variance + (leastDiffusion * limit) ** 2;
  // Rule of succession: what has come back k times out of k is less likely to break the next time.
  const trust = Math.max(0, scale.agreement) ** 2;
  voice.weight = (trust * standing.stillRising * 2) / (2 + voice.recoveries);
  voice.need = secondsToCover(voice.drift, voice.decay, voice.distance);
  const rising = !Number.isNaN(scale.risingSinceMs);
  voice.age = (nowMs - (rising ? scale.risingSinceMs : firstAtMs)) / 1000;
  voice.roseFrom = rising ? scale.roseFrom : scale.firstFloor;
  if (voice.weight < leastWeight) {
    voice.rank = 0;
    return;
  }
  const survived = patienceSeconds + voice.age;
  const goesOn = survived / (survived + Math.min(voice.need, horizonSeconds));
  voice.rank = voice.weight * (goesOn * passageWithin(voice, horizonSeconds) + 1e-3);
}

/** @returns how far the drifts of all scales lie from the one that speaks: the root of their mean square distance, by weight. */
function apart(drift: number, heard: number, drifts: number, squares: number): number {
  if (!(heard > 0)) return 0;
  return Math.sqrt(Math.max(0, squares / heard - (2 * drift * drifts) / heard + drift * drift));
}

/** What `speak` found. Both are reused by the next call. */
export interface Speech {
  readonly voice: Voice;
  readonly scale: Envelope;
}

/**
 * Finds the scale that sees the greatest danger: one whose floor rises steadily, has not been slowing, and reaches the limit soon.
 * @returns null when no scale sees a rise at all.
 */
export function speak(scales: readonly Envelope[], recovery: RecoveryMemory, standing: Standing): Speech | null {
  const reached = recovery.reached(standing.used);
  let best: Envelope | null = null;
  let heard = 0;
  let drifts = 0;
  let squares = 0;
  let variance = Number.POSITIVE_INFINITY;
  spoken.rank = -1;
  // From the longest down: what swings back is no diffusion, and only a longer scale shows that it swings back.
  for (let i = scales.length - 1; i >= 0; i--) {
    const scale = scales[i];
    if (!scale?.ready) continue;
    variance = Math.min(variance, scale.variancePerSecond);
    if (!(scale.slope > leastSlope * standing.limit)) continue;
    let decay = 0;
    for (let j = i + 1; j < scales.length; j++) {
      const longer = scales[j];
      if (longer?.ready) decay = Math.max(decay, decayFrom(longer, scale));
    }
    const isFloor = recovery.since(scale.firstAtMs) >= recoveriesThatShowTheFloor;
    voice.recoveries = isFloor ? 0 : reached;
    listen(scale, variance, decay, standing);
    heard += voice.weight;
    drifts += voice.weight * voice.drift;
    squares += voice.weight * voice.drift * voice.drift;
    if (voice.rank <= spoken.rank) continue;
    best = scale;
    [voice, spoken] = [spoken, voice];
  }
  if (best === null) return null;
  spoken.deviation = Math.hypot(spoken.deviation, scalesDoubt * apart(spoken.drift, heard, drifts, squares));
  for (const scale of scales) {
    if (!scale.ready || Number.isNaN(scale.risingSinceMs) || scale.slope < sameClimb * spoken.drift) continue;
    const age = (standing.nowMs - scale.risingSinceMs) / 1000;
    if (age <= spoken.age) continue;
    spoken.age = age;
    spoken.roseFrom = scale.roseFrom;
  }
  return { voice: spoken, scale: best };
}
