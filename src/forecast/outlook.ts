import type { TimeToLimit } from '../model/forecast.ts';
import type { Envelope } from './envelope.ts';
import { type Motion, passageProbability, passageQuantiles } from './first-passage.ts';
import type { RecoveryMemory } from './recovery.ts';
import { decayFrom, recentRise } from './slowdown.ts';

/** What all scales together say of one signal at one moment, in the signal's own unit. */
export interface Outlook {
  readonly pBreak60: number;
  readonly pBreak120: number;
  readonly pBreak300: number;
  readonly timeToLimitMs: TimeToLimit | null;
  /** Rise of the floor per second on the scale that speaks, null while no scale has enough history. */
  readonly slopePerSecond: number | null;
  /** How long the scale that speaks has been looking, milliseconds. */
  readonly seenForMs: number;
  /** Swing above the floor, in the signal's unit. */
  readonly swing: number;
  /** Whether the floor rises clearly enough to be called a rise. */
  readonly rising: boolean;
  /** Whether the rise is levelling off. */
  readonly slowing: boolean;
}

/** Nothing to say: no limit, or too little history. */
export const calm: Outlook = {
  pBreak60: 0,
  pBreak120: 0,
  pBreak300: 0,
  timeToLimitMs: null,
  slopePerSecond: null,
  seenForMs: 0,
  swing: 0,
  rising: false,
  slowing: false,
};

/** Where the signal stands now and what is known beside the envelopes. */
export interface Standing {
  readonly nowMs: number;
  readonly used: number;
  readonly limit: number;
  /** From `Stall`: 1 while the climb goes on, falling when it rests unusually long. */
  readonly stillRising: number;
  /** Times to the limit beyond this are not quoted, milliseconds. */
  readonly quoteWithinMs: number;
}

/**
 * Most climbs end before the limit. How long one will go on is unknown, but a climb that has lasted long tends to last: with an
 * exponential stopping time whose rate has an exponential prior of mean 1/patience, the chance that a climb of age a goes on for
 * another t seconds is (patience + a) / (patience + a + t).
 */
const patienceSeconds = 30;
/** A straight line is never quite right: this share of the slope is added to its statistical error. */
const modelError = 0.15;
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
/** Kendall agreement from which a rise is called one: 10 of 15 pairs in order beyond chance. */
const risingAgreement = 0.6;
/** A newer half of the window that rises less than this share of the older one has stopped. */
const stoppedRatio = 0.1;

/** One scale's contribution. */
interface Voice {
  p60: number;
  p120: number;
  p300: number;
  weight: number;
  ratio: number;
  distance: number;
  drift: number;
  decay: number;
  deviation: number;
  variance: number;
}
// Two of them are reused for all calls: the one being asked and the best so far. Nothing here is asynchronous.
let voice: Voice = {
  p60: 0,
  p120: 0,
  p300: 0,
  weight: 0,
  ratio: 1,
  distance: 0,
  drift: 0,
  decay: 0,
  deviation: 0,
  variance: 0,
};
let spoken: Voice = { ...voice };
const motion: { -readonly [K in keyof Motion]: Motion[K] } = { drift: 0, driftDeviation: 0, variancePerSecond: 0 };

/** Rise expected within `seconds` when the slope decays exponentially. */
const expectedRise = (drift: number, decay: number, seconds: number): number =>
  decay * seconds > 1e-6 ? (drift * -Math.expm1(-decay * seconds)) / decay : drift * seconds;

/** Seconds until that rise covers the distance, Infinity when it levels off before. */
function secondsToCover(drift: number, decay: number, distance: number): number {
  if (distance <= 0) return 0;
  if (decay * distance < 1e-6 * drift) return distance / drift;
  const left = 1 - (distance * decay) / drift;
  return left > 0 ? -Math.log(left) / decay : Number.POSITIVE_INFINITY;
}

function probabilityWithin(seconds: number, ageSeconds: number, needSeconds: number): number {
  const mean = expectedRise(voice.drift, voice.decay, seconds) / seconds;
  motion.drift = mean;
  motion.driftDeviation = Math.hypot(voice.deviation * (mean / voice.drift), levellingDoubt * (voice.drift - mean));
  motion.variancePerSecond = voice.variance;
  const survived = patienceSeconds + ageSeconds;
  const goesOn = survived / (survived + Math.min(needSeconds, seconds));
  return voice.weight * goesOn * passageProbability(motion, voice.distance, seconds);
}

/** Fills `voice` from one scale; `variance` is the smallest diffusion of this and the longer scales. */
function listen(scale: Envelope, variance: number, decay: number, recoveries: number, standing: Standing): void {
  const { nowMs, used, limit } = standing;
  const { middleAtMs, firstAtMs } = scale;
  const halfMs = middleAtMs - firstAtMs;
  const ratio = recentRise(scale, used, nowMs);
  voice.ratio = ratio;
  // The slope belongs to the middle of the window; the newer half was `ratio` of it half a window later, and so on until now.
  const fade = ratio === 1 ? 1 : ratio ** ((nowMs - middleAtMs) / halfMs);
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
  voice.weight = (trust * standing.stillRising * 2) / (2 + recoveries);
  if (voice.weight < leastWeight) {
    voice.p60 = voice.p120 = voice.p300 = 0;
    return;
  }
  const need = secondsToCover(voice.drift, voice.decay, voice.distance);
  const age = (nowMs - firstAtMs) / 1000;
  voice.p60 = probabilityWithin(60, age, need);
  voice.p120 = probabilityWithin(120, age, need);
  voice.p300 = probabilityWithin(300, age, need);
}

function timeToLimit(v: Voice, quoteWithinMs: number): TimeToLimit | null {
  if (v.distance <= 0) return { p10: 0, p50: 0, p90: 0 };
  const need = secondsToCover(v.drift, v.decay, v.distance);
  const levelsOff = need === Number.POSITIVE_INFINITY;
  motion.drift = levelsOff ? v.drift : v.distance / need;
  motion.driftDeviation = v.deviation * (motion.drift / v.drift);
  motion.variancePerSecond = v.variance;
  const { p10, p50, p90 } = passageQuantiles(motion, v.distance);
  if (p10 * 1000 > quoteWithinMs) return null;
  const quote = (seconds: number): number =>
    seconds * 1000 > quoteWithinMs ? Number.POSITIVE_INFINITY : seconds * 1000;
  return {
    p10: quote(p10),
    p50: levelsOff ? Number.POSITIVE_INFINITY : quote(p50),
    p90: levelsOff ? Number.POSITIVE_INFINITY : quote(p90),
  };
}

/**
 * Joins the scales: the one that sees the greatest danger speaks. A scale sees danger when its floor rises steadily, has not been
 * slowing, and reaches the limit soon; recovered climbs, long rests and short experience speak against it.
 */
export function outlookOf(scales: readonly Envelope[], recovery: RecoveryMemory, standing: Standing): Outlook {
  let p60 = 0;
  let p120 = 0;
  let p300 = 0;
  let best = -1;
  let speaking: Envelope | null = null;
  const reached = recovery.reached(standing.used);
  let variance = Number.POSITIVE_INFINITY;
  // From the longest down: what swings back is no diffusion, and only a longer scale shows that it swings back.
  for (let i = scales.length - 1; i >= 0; i--) {
    const scale = scales[i];
    if (!scale?.ready) continue;
    variance = Math.min(variance, scale.variancePerSecond);
    speaking ??= scale;
    if (!(scale.slope > leastSlope * standing.limit)) continue;
    let decay = 0;
    for (let j = i + 1; j < scales.length; j++) {
      const longer = scales[j];
      if (longer?.ready) decay = Math.max(decay, decayFrom(longer, scale));
    }
    const isFloor = recovery.since(scale.firstAtMs) >= recoveriesThatShowTheFloor;
    listen(scale, variance, decay, isFloor ? 0 : reached, standing);
    p60 = Math.max(p60, voice.p60);
    p120 = Math.max(p120, voice.p120);
    p300 = Math.max(p300, voice.p300);
    const rank = voice.p300 + voice.weight / 1000;
    if (rank <= best) continue;
    best = rank;
    speaking = scale;
    [voice, spoken] = [spoken, voice];
  }
  const rising =
    best >= 0 && speaking !== null && speaking.agreement >= risingAgreement && spoken.ratio >= stoppedRatio;
  return {
    pBreak60: p60,
    pBreak120: Math.max(p60, p120),
    pBreak300: Math.max(p60, p120, p300),
    timeToLimitMs: rising ? timeToLimit(spoken, standing.quoteWithinMs) : null,
    slopePerSecond: rising ? spoken.drift : (speaking?.slope ?? null),
    seenForMs: speaking === null ? 0 : standing.nowMs - speaking.firstAtMs,
    swing: speaking?.swing ?? 0,
    rising,
    slowing: rising && spoken.ratio < 0.5,
  };
}
