import type { CommandPeak, CommandPeaks } from '../model/history.ts';

/** What other sessions learn meanwhile may come so late, milliseconds. */
const freshMs = 10_000;

/** What the port knows under one key, asked seldom: a forecast is made with every reading. */
export class AskedPeak {
  readonly #peaks: Pick<CommandPeaks, 'peakOf'> | null;
  readonly #key: string;
  #known: CommandPeak | null = null;
  #askedAtMs = Number.NaN;

  constructor(peaks: Pick<CommandPeaks, 'peakOf'> | null, key: string) {
    this.#peaks = peaks;
    this.#key = key;
  }

  /** @param nowMs epoch milliseconds; a clock that goes back asks anew. */
  at(nowMs: number): CommandPeak | null {
    if (!(Math.abs(nowMs - this.#askedAtMs) < freshMs)) {
      this.#known = this.#peaks?.peakOf(this.#key, nowMs) ?? null;
      this.#askedAtMs = nowMs;
    }
    return this.#known;
  }
}
