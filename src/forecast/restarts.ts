import type { Forecast } from '../model/forecast.ts';
import { durationInWords } from './evidence.ts';

const windowMs = 10 * 60_000;
/** So many failures within the window are a loop. */
const loopFrom = 3;
const kept = 16;
/** Prior of the rate of failures: as if half a one had been seen in a minute. Three of them make it next to nothing. */
const priorCount = 0.5;
const priorSeconds = 60;
/** Ended by the person (Ctrl+C), or by a request to end. */
const byPerson: ReadonlySet<number> = new Set([130, 143]);

/** Watches for programs that fail again and again: a Poisson process whose rate is Gamma distributed. */
export class Restarts {
  readonly #atMs = new Float64Array(kept);
  #next = 0;
  #count = 0;

  /** A command ended, or a process was killed. */
  ended(atMs: number, exitCode: number | null): void {
    if (exitCode === null || exitCode === 0 || byPerson.has(exitCode)) return;
    this.#atMs[this.#next] = atMs;
    this.#next = (this.#next + 1) % kept;
    if (this.#count < kept) this.#count++;
  }

  restart(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** @returns null while it is no loop. */
  forecast(nowMs: number): Forecast | null {
    let failures = 0;
    let firstMs = nowMs;
    let lastMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#count; i++) {
      const at = this.#atMs[i] ?? 0;
      if (Math.abs(nowMs - at) > windowMs) continue;
      failures++;
      firstMs = Math.min(firstMs, at);
      lastMs = Math.max(lastMs, at);
    }
    if (failures < loopFrom) return null;
    const count = priorCount + failures;
    const seconds = priorSeconds + (nowMs - firstMs) / 1000;
    const withinMinute = 1 - (seconds / (seconds + 60)) ** count;
    return {
      signal: 'restarts',
      atMs: lastMs,
      unit: 'count',
      used: failures,
      limit: null,
      pressure: null,
      // A failure more is no limit reached: its probability stands in the evidence.
      pBreak60: 0,
      pBreak120: 0,
      pBreak300: 0,
      timeToLimitMs: null,
      slopePerSecond: null,
      grower: null,
      evidence: `${failures} failures within ${durationInWords(nowMs - firstMs)}; another within a minute: ${Math.round(withinMinute * 100)} %`,
    };
  }
}
