import { commandKey, otherCommand } from '../model/command-key.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { CommandPeaks } from '../model/history.ts';
import { killedExit, killedFactor } from '../model/killed-run.ts';
import { AskedPeak } from './asked-peak.ts';
import { later, shareWithin } from './due.ts';
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
/** No command takes less time to its peak, milliseconds. */
const shortestMs = 100;
/** Peaks below this share of the limit are not worth remembering. */
const leastShare = 0.02;

/** Spread of the logarithm of the time that a command takes to its peak. */
const timeSpread = 0.5;

interface Running {
  readonly key: string;
  readonly told: AskedPeak;
  readonly startBytes: number;
  readonly startAtMs: number;
  highestBytes: number;
  highestAtMs: number;
}

/** What one run took, and how long it took to get there. */
interface Peak {
  readonly bytes: number;
  readonly tookMs: number;
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
  /** If it does: the share of 60, 120 and 300 s within which it would, going by how long it took the last times. */
  readonly within: readonly [number, number, number];
  /** How much of the forecast is its, 0..1. */
  readonly weight: number;
}

/** Remembers how much memory each command took, so that a repeated one is known at its start. */
export class CommandMemory {
  readonly #peaks: Pick<CommandPeaks, 'peakOf'> | null;
  readonly #running = new Map<string, Running>();
  readonly #remembered = new Map<string, readonly Peak[]>();
  #usedBytes = Number.NaN;
  #newest: string | null = null;

  /** @param peaks what other sessions learned, or null. */
  constructor(peaks: Pick<CommandPeaks, 'peakOf'> | null) {
    this.#peaks = peaks;
  }

  started({ commandId, commandLine, cwd, atMs }: CommandStarted): void {
    if (this.#running.size >= mostRunning) {
      const [oldest] = this.#running.keys();
      if (oldest !== undefined) this.#running.delete(oldest);
    }
    const startBytes = Number.isNaN(this.#usedBytes) ? 0 : this.#usedBytes;
    const key = commandKey(commandLine, cwd);
    this.#running.set(commandId, {
      key,
      told: new AskedPeak(this.#peaks, key),
      startBytes,
      startAtMs: atMs,
      highestBytes: startBytes,
      highestAtMs: atMs,
    });
    this.#findNewest();
  }

  ended({ commandId, exitCode }: CommandEnded, killed: boolean): void {
    const run = this.#running.get(commandId);
    if (run === undefined) return;
    this.#running.delete(commandId);
    this.#findNewest();
    const bytes = (run.highestBytes - run.startBytes) * (killed || exitCode === killedExit ? killedFactor : 1);
    if (!(bytes > 0)) return;
    const peak = { bytes, tookMs: Math.max(shortestMs, run.highestAtMs - run.startAtMs) };
    const peaks = this.#remembered.get(run.key) ?? [];
    this.#remembered.delete(run.key);
    this.#remembered.set(run.key, [...peaks, peak].slice(-keptPeaks));
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** What runs now, by its key: of several, what began last. Null where nothing does, or nothing safe can be said of it. */
  get newest(): string | null {
    return this.#newest;
  }

  /** Asked with every reading, so it is found out when commands begin and end. */
  #findNewest(): void {
    const key = [...this.#running.values()].at(-1)?.key;
    this.#newest = key === undefined || key === otherCommand ? null : key;
  }

  /** Takes the memory in use that cannot be reclaimed. */
  used(usedBytes: number, atMs: number): void {
    if (!(usedBytes >= 0)) return;
    this.#usedBytes = usedBytes;
    for (const run of this.#running.values()) {
      if (!(usedBytes > run.highestBytes)) continue;
      run.highestBytes = usedBytes;
      run.highestAtMs = atMs;
    }
  }

  /** Ids are given out anew after a restart: what runs now is not known any more; what was learned stays. */
  restart(): void {
    this.#running.clear();
    this.#newest = null;
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

  #expect(
    { key, told: asked, startBytes, startAtMs, highestBytes }: Running,
    limitBytes: number,
    nowMs: number,
  ): Expectation | null {
    const own = this.#remembered.get(key);
    const told = asked.at(nowMs);
    const runs = Math.max(own?.length ?? 0, told?.runs ?? 0);
    if (runs === 0) return null;
    const peaks = own?.map(({ bytes }) => ({ peakBytes: bytes, weight: 1 })) ?? told?.peaks ?? [];
    const all = peaks.reduce((sum, { weight }) => sum + weight, 0);
    const usualBytes = Math.exp(
      peaks.reduce((sum, { peakBytes, weight }) => sum + weight * Math.log(peakBytes), 0) / all,
    );
    if (!(usualBytes > leastShare * limitBytes)) return null;
    const sigma = spread + spreadOfOne / Math.sqrt(runs);
    // Each earlier run may come again, as it was or a little larger or smaller.
    const beyond = (bytes: number): number =>
      bytes > 0
        ? peaks.reduce((sum, { peakBytes, weight }) => sum + weight * phi(Math.log(peakBytes / bytes) / sigma), 0) / all
        : 1;
    const tookMs =
      own === undefined
        ? (told?.tookMs ?? null)
        : Math.exp(own.reduce((sum, peak) => sum + Math.log(peak.tookMs), 0) / own.length);
    const left = beyond(Math.max(0, limitBytes - startBytes));
    const sofar = beyond(highestBytes - startBytes);
    const trusted = runs / (runs + doubt);
    const weight = trusted * Math.min(1, sofar / uncharted);
    const ageMs = nowMs - startAtMs;
    const beyondLimit = sofar > 0 ? Math.min(1, left / sofar) : 0;
    // One that has outlived those before it is not going their way.
    const toCome = later(tookMs, ageMs, timeSpread);
    const stillBeyond = beyondLimit * toCome;
    const otherWays = 1 - beyondLimit + (1 - trusted) * (1 - toCome);
    const probability = stillBeyond > 0 ? stillBeyond / (stillBeyond + otherWays) : 0;
    return { key, usualBytes, runs, probability, within: shareWithin(tookMs, ageMs, timeSpread), weight };
  }
}
