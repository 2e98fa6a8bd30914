import type { Case } from './cases.ts';

/** The scoring protocol, seconds: a warning must come so early, is looked for so far back, merges over such gaps. */
const leadS = 30;
const lookBackS = 600;
const mergeS = 60;
const graceS = 15;
/** A warning in the first seconds rests on nothing. */
const warmUpS = 10;
const nearMissFrom = 0.97;

/** What one alarm series was worth on one run. */
export interface CaseScore {
  readonly falseAlarms: number;
  readonly nearMisses: number;
  readonly hours: number;
  readonly falseSeconds: number;
  /** Index at which the warning that counts began, or null. */
  readonly hitAt: number | null;
  readonly leadS: number | null;
}

function episodesOf(on: readonly boolean[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  on.forEach((isOn, i) => {
    if (!isOn) return;
    const last = found.at(-1);
    if (last === undefined || i - last[1] > mergeS) found.push([i, i]);
    else last[1] = i;
  });
  return found;
}

/** Scores one series of alarms, one for each row. */
export function scoreCase(one: Case, on: readonly boolean[]): CaseScore {
  const episodes = episodesOf(on);
  const count = (flags: readonly boolean[]): number => flags.filter(Boolean).length;
  if (one.breakAt === null) {
    const near = episodes.filter(([from, to]) =>
      one.top.slice(Math.max(0, from - 5), to + 60).some((each) => each >= nearMissFrom),
    ).length;
    return {
      falseAlarms: episodes.length - near,
      nearMisses: near,
      hours: on.length / 3600,
      falseSeconds: count(on),
      hitAt: null,
      leadS: null,
    };
  }
  const opens = Math.max(warmUpS, one.breakAt - lookBackS);
  const closes = one.breakAt - leadS;
  let hitAt: number | null = null;
  let falseAlarms = 0;
  for (const [from, to] of episodes) {
    if (from < opens) falseAlarms++;
    else if (from <= closes) {
      if (to >= closes - graceS) hitAt ??= from;
      else falseAlarms++;
    }
  }
  return {
    falseAlarms,
    nearMisses: 0,
    hours: opens / 3600,
    falseSeconds: count(on.slice(0, opens)),
    hitAt,
    leadS: hitAt === null ? null : one.breakAt - hitAt,
  };
}

/** Whether a break counts in recall: there was time to warn, and it is a thing that runs out. */
export const counts = (one: Case): boolean => one.breakAt !== null && one.breakAt >= 60 && one.kind !== 'cpu_stall';

/** What all runs of one family, or of all, add up to. */
export interface Sum {
  readonly cases: number;
  readonly breaks: number;
  readonly hits: number;
  readonly forecastable: number;
  readonly forecastableHits: number;
  readonly falseAlarms: number;
  readonly nearMisses: number;
  readonly hours: number;
  readonly falseSeconds: number;
  readonly leadsS: readonly number[];
}

export const nothing: Sum = {
  cases: 0,
  breaks: 0,
  hits: 0,
  forecastable: 0,
  forecastableHits: 0,
  falseAlarms: 0,
  nearMisses: 0,
  hours: 0,
  falseSeconds: 0,
  leadsS: [],
};

export const plus = (a: Sum, b: Sum): Sum => ({
  cases: a.cases + b.cases,
  breaks: a.breaks + b.breaks,
  hits: a.hits + b.hits,
  forecastable: a.forecastable + b.forecastable,
  forecastableHits: a.forecastableHits + b.forecastableHits,
  falseAlarms: a.falseAlarms + b.falseAlarms,
  nearMisses: a.nearMisses + b.nearMisses,
  hours: a.hours + b.hours,
  falseSeconds: a.falseSeconds + b.falseSeconds,
  leadsS: [...a.leadsS, ...b.leadsS],
});

/** Adds up a method over all runs, by family. */
export function familiesOf(
  cases: readonly Case[],
  alarmsOf: (one: Case) => readonly boolean[],
): ReadonlyMap<string, Sum> {
  const families = new Map<string, Sum>();
  for (const one of cases) {
    const score = scoreCase(one, alarmsOf(one));
    const counted = counts(one);
    const hit = counted && score.hitAt !== null;
    const sum: Sum = {
      cases: 1,
      breaks: Number(counted),
      hits: Number(hit),
      forecastable: Number(counted && one.forecastable),
      forecastableHits: Number(hit && one.forecastable),
      falseAlarms: score.falseAlarms,
      nearMisses: score.nearMisses,
      hours: score.hours,
      falseSeconds: score.falseSeconds,
      leadsS: hit && score.leadS !== null ? [score.leadS] : [],
    };
    families.set(one.family, plus(families.get(one.family) ?? nothing, sum));
  }
  return families;
}

export const median = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;

/** The figures of one method. Null where there was nothing to count. */
export interface Rates {
  readonly recall: number | null;
  readonly recallForecastable: number | null;
  readonly falseAlarmsPerHour: number;
  readonly falseMinutesPerHour: number;
  readonly medianLeadS: number | null;
}

export const ratesOf = (sum: Sum): Rates => ({
  recall: sum.breaks === 0 ? null : sum.hits / sum.breaks,
  recallForecastable: sum.forecastable === 0 ? null : sum.forecastableHits / sum.forecastable,
  falseAlarmsPerHour: sum.falseAlarms / sum.hours,
  falseMinutesPerHour: sum.falseSeconds / 60 / sum.hours,
  medianLeadS: median(sum.leadsS),
});

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [number, number];

/** A small seeded generator (mulberry32), uniform on 0..1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 95 % intervals from drawing whole families with replacement: runs of one family are not independent. */
export function intervalsOf(families: ReadonlyMap<string, Sum>): {
  readonly recall: Interval;
  readonly recallForecastable: Interval;
  readonly falseAlarmsPerHour: Interval;
} {
  const sums = [...families.values()];
  const random = randomFrom(20_240_229);
  const drawn = Array.from({ length: 2000 }, () => {
    let total = nothing;
    for (let i = 0; i < sums.length; i++) total = plus(total, sums[Math.floor(random() * sums.length)] ?? nothing);
    return ratesOf(total);
  });
  const interval = (of: (rates: Rates) => number | null): Interval => {
    const values = drawn
      .map(of)
      .filter((each) => each !== null && Number.isFinite(each))
      .map(Number)
      .toSorted((a, b) => a - b);
    return [
      values[Math.floor(values.length * 0.025)] ?? Number.NaN,
      values[Math.floor(values.length * 0.975)] ?? Number.NaN,
    ];
  };
  return {
    recall: interval((rates) => rates.recall),
    recallForecastable: interval((rates) => rates.recallForecastable),
    falseAlarmsPerHour: interval((rates) => rates.falseAlarmsPerHour),
  };
}
