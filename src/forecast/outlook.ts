import type { TimeToLimit } from '../model/forecast.ts';
import { type Model, probabilityOf } from './combine.ts';
import type { Expectation } from './commands.ts';
import type { Envelope } from './envelope.ts';
import { featureCount, type Kind, type Surroundings } from './features.ts';
import { type Motion, passageQuantiles } from './first-passage.ts';
import type { RecoveryMemory } from './recovery.ts';
import type { PeakSeries } from './rising-peaks.ts';
import { passageWithin, type Standing, speak, type Voice } from './voice.ts';

/** What all scales together say of one signal at one moment, in the signal's own unit. */
export interface Outlook {
  readonly pBreak60: number;
  readonly pBreak120: number;
  readonly pBreak300: number;
  readonly timeToLimitMs: TimeToLimit | null;
  /** Rise of the floor per second on the scale that speaks, null while no scale has enough history. */
  readonly slopePerSecond: number | null;
  /** How long the climb has lasted, or how long the scale that speaks has been looking, milliseconds. */
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

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** @returns the same with all probabilities taken down to `share` of what they were. */
export const believed = (outlook: Outlook, share: number): Outlook =>
  share === 1
    ? outlook
    : {
        ...outlook,
        pBreak60: share * outlook.pBreak60,
        pBreak120: share * outlook.pBreak120,
        pBreak300: share * outlook.pBreak300,
      };

/** @returns the same with the odds of a break multiplied by `odds`. */
export function atOdds(outlook: Outlook, odds: number): Outlook {
  if (odds === 1) return outlook;
  const turned = (p: number): number => (p >= 1 ? 1 : (p * odds) / (1 - p + p * odds));
  return {
    ...outlook,
    pBreak60: turned(outlook.pBreak60),
    pBreak120: turned(outlook.pBreak120),
    pBreak300: turned(outlook.pBreak300),
  };
}

/** @returns the same with each probability at least `share` of the one given for its horizon. */
export function atLeast(
  outlook: Outlook,
  [in60, in120, in300]: readonly [number, number, number],
  share: number = 1,
): Outlook {
  if (in300 <= 0) return outlook;
  const pBreak60 = Math.max(outlook.pBreak60, share * in60);
  const pBreak120 = Math.max(pBreak60, outlook.pBreak120, share * in120);
  return { ...outlook, pBreak60, pBreak120, pBreak300: Math.max(pBreak120, outlook.pBreak300, share * in300) };
}

/** @returns whether one says more of the danger than another, at any horizon but the shortest. */
export const isMore = (one: Outlook, other: Outlook): boolean =>
  one.pBreak120 > other.pBreak120 || one.pBreak300 > other.pBreak300;

/**
 * @returns the same, joined with what excursions say that go higher each time, believed by `trust`. Where they say more than the trend, a time that
 * the trend tells holds only if it is over before the next of them is due.
 */
export function inSeries(outlook: Outlook, { due, nextInMs }: PeakSeries, trust: number): Outlook {
  const joined = atLeast(outlook, due, trust);
  const saysMore = isMore(joined, outlook);
  const isSooner = outlook.timeToLimitMs !== null && outlook.timeToLimitMs.p50 < nextInMs;
  return saysMore && !isSooner ? { ...joined, timeToLimitMs: null } : joined;
}

/** What earlier runs of a command say of a climb during it is worth so much at most, for a break and against one. */
const mostOdds = 10;
const leastOdds = 1 / 100;

/** @returns the same, joined with what earlier runs of the running command say. */
export function expected(outlook: Outlook, command: Expectation | null): Outlook {
  if (command === null || command.weight <= 0) return outlook;
  const { weight, probability, within } = command;
  const odds = clamp(probability / (1 - probability), leastOdds, mostOdds) ** weight;
  const trend = atOdds(outlook, odds);
  // What is known of it is known before anything climbs, once its time has come.
  const known = (due: number): number => weight * probability * due;
  return atLeast(trend, [known(within[0]), known(within[1]), known(within[2])]);
}

/** Everything an outlook is made from. */
export interface Situation {
  readonly scales: readonly Envelope[];
  readonly recovery: RecoveryMemory;
  readonly standing: Standing;
  readonly surroundings: Surroundings;
  /** Since when the signal has been watched without a break, milliseconds. */
  readonly sinceMs: number;
  readonly kind: Kind;
  /** Times to the limit beyond this are not quoted, milliseconds. */
  readonly quoteWithinMs: number;
  /** Default: the fitted one. */
  readonly model?: Model | undefined;
}

/** Kendall agreement from which a rise is called one: 10 of 15 pairs in order beyond chance. */
const risingAgreement = 0.6;
/** A newer half of the window that rises less than this share of the older one has stopped. */
const stoppedRatio = 0.1;
/** Below this the first passage has nothing to add and the model is not asked. */
const leastPassage = 1e-4;
/** How much faster than on the average the climb may be now before its age is doubted. */
const paceDoubt = 1.5;
/** Noise swings between about so many deviations. */
const roughnessAsSwing = 3;
/** What rests far longer than usual is believed less, beyond what the tables say: nobody is to be kept in suspense by it. */
const restDoubt = 0.25;
/**
 * A rise of less than this share of the limit, and of less than what is left, is no climb yet: believed in proportion. Noise never gets
 * beyond it.
 */
const wholeClimb = 0.1;
/** And one of less than so many swings may be the next swing. Two let chance runs of noise near the limit be watched; four came late. */
const outOfNoise = 3;
/**
 * The doubt in the slope that probabilities are made with is a cautious one: with so much of it, four of five true times lie between the 10 %
 * and the 90 % quantile (with all of it 89 %, on families that the tables had not seen).
 */
const quotedDoubt = 0.7;
const horizons = [60, 120, 300] as const;

/** Features of the last outlook for each horizon, for those who fit the model. */
export const lastFeatures: readonly Float64Array[] = horizons.map(() => new Float64Array(featureCount));
const motion: { -readonly [K in keyof Motion]: Motion[K] } = { drift: 0, driftDeviation: 0, variancePerSecond: 0 };

/** The swing as the scale sees it that sees most of it: a short one takes noise for a course, and only its roughness tells. */
function widestSwing(scales: readonly Envelope[], speaking: Envelope): number {
  let widest = roughnessAsSwing * speaking.roughness;
  for (const scale of scales) if (scale.ready && scale.swing > widest) widest = scale.swing;
  return widest;
}

function fillCommon(features: Float64Array, of: Voice, scale: Envelope, situation: Situation): void {
  const { standing, surroundings } = situation;
  const rise = Math.max(standing.used - of.roseFrom, 1e-6 * standing.limit);
  // What rose slowly before is no evidence for the present pace: it counts for as long as that pace would have needed for it.
  const age = Math.max(1, Math.min(of.age, (paceDoubt * rise) / of.drift));
  const beganMs = standing.nowMs - of.age * 1000;
  const disturbedMs = Math.max(situation.sinceMs, situation.recovery.lastAtMs, surroundings.bornAtMs || 0);
  const quiet = (beganMs - disturbedMs) / 1000;
  features[2] = Math.log(age);
  features[3] = clamp(Math.log(Math.max(of.need, 0.1) / age), -5, 5);
  features[4] = of.bend;
  features[5] = Math.log(Math.max(standing.stillRising, 1e-3));
  features[6] = of.recoveries;
  features[7] = clamp(Math.log((of.drift * Math.max(1, of.age)) / rise), -3, 3);
  features[8] = Math.log1p(Math.max(0, quiet));
  features[9] = Number.isNaN(surroundings.busy) ? -1 : clamp(surroundings.busy, 0, 1);
  features[10] = clamp(Math.log(rise / Math.max(widestSwing(situation.scales, scale), 1e-4 * standing.limit)), -2, 6);
  features[11] = situation.kind;
}

function begunShare({ roseFrom, distance }: Voice, scale: Envelope, { standing, scales }: Situation): number {
  const { used, limit } = standing;
  const wanted = Math.min(wholeClimb, Math.max(distance / limit, wholeClimb / 10)) * limit;
  const noise = outOfNoise * widestSwing(scales, scale);
  return clamp((used - roseFrom) / Math.max(wanted, noise), 0, 1);
}

function timeToLimit(v: Voice, quoteWithinMs: number): TimeToLimit | null {
  if (v.distance <= 0) return { p10: 0, p50: 0, p90: 0 };
  const { need } = v;
  const levelsOff = need === Number.POSITIVE_INFINITY;
  motion.drift = levelsOff ? v.drift : v.distance / need;
  motion.driftDeviation = quotedDoubt * v.deviation * (motion.drift / v.drift);
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

/** The longest scale that knows a slope speaks of a signal that does not climb. */
function resting(scales: readonly Envelope[], nowMs: number): Outlook {
  const scale = scales.findLast((each) => each.ready);
  if (scale === undefined) return calm;
  return { ...calm, slopePerSecond: scale.slope, seenForMs: nowMs - scale.firstAtMs, swing: scale.swing };
}

/**
 * Joins the scales: the one that sees the greatest danger speaks, and the additive model says how often what looks like this went on
 * to the limit.
 */
export function outlookOf(situation: Situation): Outlook {
  const { scales, standing } = situation;
  for (const features of lastFeatures) features[2] = Number.NaN;
  const speech = speak(scales, situation.recovery, standing);
  if (speech === null) return resting(scales, standing.nowMs);
  const { voice, scale } = speech;
  const rising = scale.agreement >= risingAgreement && voice.ratio >= stoppedRatio;
  const begun = begunShare(voice, scale, situation) * standing.stillRising ** restDoubt;
  const p = [0, 0, 0];
  let highest = 0;
  for (let h = 0; h < horizons.length; h++) {
    const features = lastFeatures[h];
    const seconds = horizons[h] ?? 60;
    const passage = voice.weight > 0 ? passageWithin(voice, seconds) : 0;
    if (features === undefined || passage < leastPassage) continue;
    features[0] = clamp(Math.log(passage / (1 - Math.min(passage, 1 - 1e-6))), -10, 10);
    features[1] = clamp(Math.log(Math.max(voice.need, 0.1) / seconds), -6, 6);
    fillCommon(features, voice, scale, situation);
    highest = Math.max(highest, begun * probabilityOf(features, situation.model));
    p[h] = highest;
  }
  return {
    pBreak60: p[0] ?? 0,
    pBreak120: Math.max(p[0] ?? 0, p[1] ?? 0),
    pBreak300: Math.max(p[0] ?? 0, p[1] ?? 0, p[2] ?? 0),
    timeToLimitMs: rising ? timeToLimit(voice, situation.quoteWithinMs) : null,
    slopePerSecond: rising ? voice.drift : scale.slope,
    seenForMs: rising ? voice.age * 1000 : standing.nowMs - scale.firstAtMs,
    swing: scale.swing,
    rising,
    slowing: rising && voice.ratio < 0.5,
  };
}
