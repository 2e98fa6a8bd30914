import type { Forecast } from '../model/forecast.ts';
import { durationInWords, secondsInWords } from './evidence.ts';
import { Lateness } from './lateness.ts';

/** Silence is told from this on, and from three times what is usual. */
const tellAfterMs = 5_000;
const usualTimes = 3;
/** Weight of the newest interval. */
const smoothing = 0.1;

/** Watches whether readings keep coming, and in time. A sandbox that is short of memory or processor answers late before it stops to answer. */
export class Responsiveness {
  #lastAtMs = Number.NaN;
  #usualMs = Number.NaN;
  readonly #lateness = new Lateness();

  /** A reading came. @param lateMs how long it was under way; undefined where nobody measured */
  answered(atMs: number, cadenceMs: number, lateMs: number | undefined): void {
    if (lateMs !== undefined) this.#lateness.add(lateMs);
    const step = atMs - this.#lastAtMs;
    if (step <= 0) return;
    const intended = cadenceMs > 0 && Number.isFinite(cadenceMs) ? cadenceMs : 1000;
    if (Number.isNaN(this.#usualMs)) this.#usualMs = intended;
    else if (step < usualTimes * this.#usualMs) this.#usualMs += smoothing * (step - this.#usualMs);
    this.#usualMs = Math.max(this.#usualMs, intended);
    this.#lastAtMs = atMs;
  }

  /** The clock was set, or the source is another one. */
  restart(): void {
    this.#lastAtMs = Number.NaN;
    this.#usualMs = Number.NaN;
    this.#lateness.restart();
  }

  /** @returns null while it answers as usual; else with the silence or the delay as what is used. */
  forecast(nowMs: number): Forecast | null {
    const silentMs = nowMs - this.#lastAtMs;
    const isSilent = silentMs > Math.max(tellAfterMs, usualTimes * this.#usualMs);
    const { isLate, nowMs: lateMs, usualMs } = this.#lateness;
    if (!isSilent && !isLate) return null;
    return {
      signal: 'responsiveness',
      atMs: this.#lastAtMs,
      unit: 'milliseconds',
      used: isSilent ? silentMs : lateMs,
      limit: null,
      pressure: null,
      pBreak60: 0,
      pBreak120: 0,
      pBreak300: 0,
      timeToLimitMs: null,
      slopePerSecond: null,
      grower: null,
      evidence: isSilent
        ? `no answer for ${durationInWords(silentMs)}, usually one every ${durationInWords(Math.max(1000, this.#usualMs))}`
        : `answers take ${secondsInWords(lateMs)}, usually ${secondsInWords(usualMs)}`,
    };
  }
}
