import type { Forecast } from '../model/forecast.ts';
import { durationInWords } from './evidence.ts';

/** The end by the clock: no model, only subtraction. */
export class ExpiryClock {
  #deadlineMs: number | null = null;
  #sinceMs = 0;
  #lastAtMs = 0;
  #movedByMs: number | null = null;

  /** Takes a new deadline (epoch milliseconds); null or nonsense means that none is known. */
  set(atMs: number, deadlineMs: number | null): void {
    const next = deadlineMs !== null && Number.isFinite(deadlineMs) && deadlineMs > 0 ? deadlineMs : null;
    this.#lastAtMs = atMs;
    if (next === this.#deadlineMs) return;
    this.#movedByMs = next !== null && this.#deadlineMs !== null ? next - this.#deadlineMs : null;
    this.#deadlineMs = next;
    this.#sinceMs = atMs;
  }

  /** @returns the forecast at `nowMs`, or null while no deadline is known. */
  forecast(nowMs: number): Forecast | null {
    const deadline = this.#deadlineMs;
    if (deadline === null) return null;
    const now = Number.isFinite(nowMs) ? nowMs : this.#lastAtMs;
    const left = Math.max(0, deadline - now);
    const used = Math.max(0, now - this.#sinceMs);
    const within = (seconds: number): number => (left <= seconds * 1000 ? 1 : 0);
    const moved =
      this.#movedByMs === null
        ? ''
        : `; moved ${this.#movedByMs > 0 ? 'later' : 'earlier'} by ${durationInWords(Math.abs(this.#movedByMs))}`;
    return {
      signal: 'expiry',
      atMs: now,
      unit: 'milliseconds',
      used,
      limit: deadline,
      pressure: used + left > 0 ? used / (used + left) : 1,
      pBreak60: within(60),
      pBreak120: within(120),
      pBreak300: within(300),
      timeToLimitMs: { p10: left, p50: left, p90: left },
      slopePerSecond: null,
      grower: null,
      evidence: `${left > 0 ? `ends by the clock in ${durationInWords(left)}` : 'the deadline has passed'}${moved}`,
    };
  }
}
