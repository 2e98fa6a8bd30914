import type { Forecast, TimeToLimit } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import { isExhaustible, type SignalName } from '../model/signal.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';
import { sameFields } from './freshness.ts';
import { pickLeading } from './leading.ts';

/** So far back readings have a say in what is shown. */
const windowMs = 10_000;
/**
 * What fell below this share of an earlier use has begun anew (a process was killed, files were removed): the end that was seen before does not
 * come. On recorded runs (a third of all) a time of under a minute then stood there for 15 rows in place of 230, and the estimate came and
 * went as often as without this.
 */
const begunAnewShare = 0.75;
/** Not every reading looks at all signals. */
const fullForMs = 30_000;
/** So long another signal has to come first until it takes the name. */
const nameHoldMs = 5_000;

/** What one reading said: when the limit is reached, or that it is not in sight. */
interface Reading {
  /** Of the forecast, because its times count from there: not every sample looks at all signals. */
  readonly atMs: number;
  /** What was in use, in the unit of the signal. */
  readonly used: number;
  readonly times: TimeToLimit | null;
  readonly pBreak300: number;
}

type Levels = ReadonlyMap<SignalName, WarningLevel>;

const warns = (signal: SignalName, levels: Levels): boolean => atLeast(levels.get(signal) ?? 'calm', 'warn');

const endOf = ({ atMs, times }: Reading): number => (times === null ? Number.POSITIVE_INFINITY : atMs + times.p50);

const seeingNone = (reading: Reading): Reading => ({ ...reading, times: null, pBreak300: 0 });

/** Clocks do not jump about, and what degrades has no end. */
const jumps = (signal: SignalName): boolean => isExhaustible(signal) && signal !== 'expiry';

/** The middle one; where too few see an end for that, the one before (`shown`) stays while it is one of them and a third of them sees one. */
const middleOf = (readings: readonly Reading[], shown: Reading | undefined): Reading => {
  const byEnd = readings.toSorted((a, b) => (endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b)));
  const middle = byEnd[Math.floor(readings.length / 2)] ?? { atMs: 0, used: 0, times: null, pBreak300: 0 };
  const seeing = readings.filter(({ times }) => times !== null).length;
  return middle.times === null && readings.some((each) => each === shown) && seeing * 3 >= readings.length
    ? (shown ?? middle)
    : middle;
};

const seesEnd = ({ timeToLimitMs }: Forecast): boolean => timeToLimitMs !== null && Number.isFinite(timeToLimitMs.p50);

const readingOf = (forecast: Forecast): Reading => {
  const { atMs, used, timeToLimitMs, pBreak300 } = forecast;
  return { atMs, used, times: seesEnd(forecast) ? timeToLimitMs : null, pBreak300 };
};

const seenFrom = ({ atMs, times }: Reading, nowMs: number): TimeToLimit | null => {
  if (times === null) return null;
  const left = (ms: number): number => Math.max(0, ms - (nowMs - atMs));
  return { p10: left(times.p10), p50: left(times.p50), p90: left(times.p90) };
};

/**
 * What is shown of the estimates where nothing is warned of yet. Before a climb is sure, readings contradict each other (one minute, none,
 * five minutes): shown is the middle one of the last ten seconds, where one that sees no end counts as an end that never comes. The name of what
 * comes first passes to another signal when that has come first for five seconds. A warning shows the newest reading at once.
 * Only for the eye: warnings are made from the forecasts as they are.
 */
export class ShownEstimates {
  readonly #readings = new Map<SignalName, readonly Reading[]>();
  /** Which disk each is about, where there are several. */
  readonly #places = new Map<SignalName, string | undefined>();
  /** What is shown of each signal. */
  readonly #middles = new Map<SignalName, Reading>();
  #named: SignalName | null = null;
  #rival: { readonly signal: SignalName; readonly sinceMs: number } | null = null;

  /** Takes in the forecasts made with a new sample of `atMs`. */
  take(forecasts: readonly Forecast[], levels: Levels, atMs: number): void {
    for (const forecast of forecasts) {
      const { signal, place } = forecast;
      // The times of one disk say nothing of another.
      if (this.#places.get(signal) !== place) this.#readings.delete(signal);
      this.#places.set(signal, place);
      if (jumps(signal)) this.#read(signal, readingOf(forecast));
    }
    this.#rename(this.steady(forecasts, levels, atMs), levels, atMs);
  }

  #read(signal: SignalName, reading: Reading): void {
    const known = this.#readings.get(signal) ?? [];
    // The sample did not look at this signal.
    if (sameFields(known.at(-1), reading)) return;
    const { atMs, used } = reading;
    const fallen = known.findLastIndex((one) => used < begunAnewShare * one.used);
    const since = known.map((one, index) => (index > fallen ? one : seeingNone(one)));
    // Those from before a clock was set back count no more, nor what the same reading said under another limit.
    const readings = [...since.filter((one) => atMs > one.atMs && atMs - one.atMs < windowMs), reading];
    this.#readings.set(signal, readings);
    this.#middles.set(signal, middleOf(readings, this.#middles.get(signal)));
  }

  #rename(forecasts: readonly Forecast[], levels: Levels, atMs: number): void {
    const next = this.#first(forecasts, levels, atMs)?.signal ?? null;
    const isHeld = next !== null && next !== this.#named && this.#kept(next, forecasts, levels, atMs) !== null;
    if (isHeld && this.#rival?.signal !== next) this.#rival = { signal: next, sinceMs: atMs };
    if (isHeld && Math.abs(atMs - (this.#rival?.sinceMs ?? atMs)) < nameHoldMs) return;
    this.#named = next;
    this.#rival = null;
  }

  /** What has the name, as long as it may keep it before `next`. The colour of a warning never stands beside another name. */
  #kept(next: SignalName, forecasts: readonly Forecast[], levels: Levels, nowMs: number): Forecast | null {
    const own = forecasts.filter(({ signal }) => signal === this.#named);
    const level = levels.get(next) ?? 'calm';
    if (atLeast(level, 'warn') && !own.some(({ signal }) => atLeast(levels.get(signal) ?? 'calm', level))) return null;
    return this.#first(own, levels, nowMs);
  }

  /** What comes first, by what the readings say whose times are shown. */
  #first(forecasts: readonly Forecast[], levels: Levels, nowMs: number): Forecast | null {
    const judged = forecasts.map((forecast) => {
      const middle = this.#middleFor(forecast, levels, nowMs);
      return middle === undefined ? forecast : { ...forecast, pBreak300: middle.pBreak300 };
    });
    const first = pickLeading(judged, levels);
    return forecasts.find(({ signal }) => signal === first?.signal) ?? null;
  }

  /** What is shown in the place of what `forecast` says; undefined: the forecast as it is. */
  #middleFor(forecast: Forecast, levels: Levels, nowMs: number): Reading | undefined {
    // A gap is bridged only as long as readings can still contradict it: of what is read no more the model itself says when nothing is known.
    const isOver = !seesEnd(forecast) && nowMs - forecast.atMs >= windowMs;
    return isOver || warns(forecast.signal, levels) ? undefined : this.#middles.get(forecast.signal);
  }

  /** @returns the forecasts with the times that are to be shown at `nowMs`. */
  steady(forecasts: readonly Forecast[], levels: Levels, nowMs: number): readonly Forecast[] {
    return forecasts.map((forecast) => {
      const middle = this.#middleFor(forecast, levels, nowMs);
      return middle === undefined ? forecast : { ...forecast, timeToLimitMs: seenFrom(middle, forecast.atMs) };
    });
  }

  /** @returns the one of `forecasts` (as `steady` gave them) that is named first at `nowMs`. What is full goes before all that is not watched yet. */
  leading(forecasts: readonly Forecast[], levels: Levels, nowMs: number): Forecast | null {
    const next = this.#first(forecasts, levels, nowMs);
    const named = next === null ? null : (this.#kept(next.signal, forecasts, levels, nowMs) ?? next);
    const isWatched = named !== null && atLeast(levels.get(named.signal) ?? 'calm', 'watch');
    // What is not read any more may have room by now.
    const full = forecasts.find((each) => isFull(each) && Math.abs(nowMs - each.atMs) < fullForMs);
    return isWatched ? named : (full ?? named);
  }
}
