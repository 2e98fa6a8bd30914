import { commandKey } from '../model/command-key.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { CommandPeaks } from '../model/history.ts';
import { killedExit, killedFactor } from '../model/killed-run.ts';
import { phi } from './numerics.ts';

/** Commands that run at the same time, and commands remembered, at most. */
const mostRunning = 32;
const mostRemembered = 64;
const keptPeaks = 5;
/** Spread of the logarithm of the peak from run to run, and how much less is known from few runs. */
const spread = 0.1;
const spreadOfOne = 0.1;
/** One run is worth so much more than none: weight n / (n + doubt). */
const doubt = 0.25;
/** Beyond what all but this share of runs took, earlier runs say nothing any more. */
const uncharted = 0.2;
/** Peaks below this share of the limit are not worth remembering. */
const leastShare = 0.02;

interface Running {
  readonly key: string;
  readonly startBytes: number;
  highestBytes: number;
}

/** What earlier runs of a running command say of this one. */
export interface Expectation {
  /** Program and subcommand, as in `commandKey`. */
  readonly key: string;
  /** Middle of what it took above the use at its start, bytes. */
  readonly usualBytes: number;
  readonly runs: number;
  /** Probability that it goes beyond the limit, given how far it is. */
  readonly probability: number;
  /** How much of the forecast is its, 0..1. */
  readonly weight: number;
}

/** Remembers how much memory each command took, so that a repeated one is known at its start. */
export class CommandMemory {
  readonly #peaks: Pick<CommandPeaks, 'peakOf'> | null;
  readonly #running = new Map<string, Running>();
  readonly #remembered = new Map<string, number[]>();
  #usedBytes = Number.NaN;

  /** @param peaks what other sessions learned, or null. */
  constructor(peaks: Pick<CommandPeaks, 'peakOf'> | null) {
    this.#peaks = peaks;
  }

  started({ commandId, commandLine, cwd }: CommandStarted): void {
    if (this.#running.size >= mostRunning) {
      const [oldest] = this.#running.keys();
      if (oldest !== undefined) this.#running.delete(oldest);
    }
    const startBytes = Number.isNaN(this.#usedBytes) ? 0 : this.#usedBytes;
    this.#running.set(commandId, { key: commandKey(commandLine, cwd), startBytes, highestBytes: startBytes });
  }

  ended({ commandId, exitCode }: CommandEnded, killed: boolean): void {
    const run = this.#running.get(commandId);
    if (run === undefined) return;
    this.#running.delete(commandId);
    const peak = (run.highestBytes - run.startBytes) * (killed || exitCode === killedExit ? killedFactor : 1);
    if (!(peak > 0)) return;
    const peaks = this.#remembered.get(run.key) ?? [];
    this.#remembered.delete(run.key);
    this.#remembered.set(run.key, [...peaks, peak].slice(-keptPeaks));
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** Takes the memory in use that cannot be reclaimed. */
  used(usedBytes: number): void {
    if (!(usedBytes >= 0)) return;
    this.#usedBytes = usedBytes;
    for (const run of this.#running.values()) if (usedBytes > run.highestBytes) run.highestBytes = usedBytes;
  }

  /** Ids are given out anew after a restart: what runs now is not known any more; what was learned stays. */
  restart(): void {
    this.#running.clear();
    this.#usedBytes = Number.NaN;
  }

  /** @returns what is known of the running command that goes furthest, or null when none of them has run before. */
  expectation(limitBytes: number, nowMs: number): Expectation | null {
    let worst: Expectation | null = null;
    for (const run of this.#running.values()) {
      const one = this.#expect(run, limitBytes, nowMs);
      if (one !== null && (worst === null || one.usualBytes > worst.usualBytes)) worst = one;
    }
    return worst;
  }

  #expect({ key, startBytes, highestBytes }: Running, limitBytes: number, nowMs: number): Expectation | null {
    const own = this.#remembered.get(key);
    const told = this.#peaks?.peakOf(key, nowMs) ?? null;
    const runs = Math.max(own?.length ?? 0, told?.runs ?? 0);
    if (runs === 0) return null;
    const sigma = spread + spreadOfOne / Math.sqrt(runs);
    // The port tells the ninetieth percentile, 1.28 deviations above the middle.
    const middle =
      own === undefined
        ? Math.log(told?.peakBytes ?? 0) - 1.2816 * sigma
        : own.reduce((sum, peak) => sum + Math.log(peak), 0) / own.length;
    const usualBytes = Math.exp(middle);
    if (!(usualBytes > leastShare * limitBytes)) return null;
    const beyond = (bytes: number): number => (bytes > 0 ? phi((middle - Math.log(bytes)) / sigma) : 1);
    const left = beyond(Math.max(0, limitBytes - startBytes));
    const sofar = beyond(highestBytes - startBytes);
    const weight = (runs / (runs + doubt)) * Math.min(1, sofar / uncharted);
    return { key, usualBytes, runs, probability: sofar > 0 ? Math.min(1, left / sofar) : 0, weight };
  }
}
