import type { SandboxEvent } from '../../../src/model/events.ts';
import type { Forecast, Forecaster } from '../../../src/model/forecast.ts';
import type { ProcessReading, Sample } from '../../../src/model/sample.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { quietEpisode, stepEpisode } from '../../../src/monitor/episode.ts';

export const mebibyte = 1024 * 1024;
export const startMs = 1_700_000_000_000;

/** Readings of one sample, in mebibytes where they are memory. */
export interface Reading {
  readonly memoryMiB?: number;
  readonly limitMiB?: number | null;
  readonly anonMiB?: number;
  readonly oomKillCount?: number;
  readonly source?: Sample['source'];
  readonly cadenceMs?: number;
  readonly processes?: readonly ProcessReading[];
  readonly more?: Partial<Sample>;
}

/** @returns a sample `seconds` after the start. */
export function sample(seconds: number, reading: Reading): Sample {
  const { memoryMiB, limitMiB = 256, anonMiB, oomKillCount, processes } = reading;
  return {
    kind: 'sample',
    sandboxId: 'box',
    atMs: startMs + seconds * 1000,
    source: reading.source ?? 'cgroup',
    cadenceMs: reading.cadenceMs ?? 1000,
    caveat: null,
    ...(memoryMiB === undefined
      ? {}
      : {
          memory: {
            usedBytes: memoryMiB * mebibyte,
            workingSetBytes: memoryMiB * mebibyte,
            limitBytes: limitMiB === null ? null : limitMiB * mebibyte,
            anonBytes: anonMiB === undefined ? null : anonMiB * mebibyte,
            oomKillCount: oomKillCount ?? null,
            limitHitCount: null,
            stalledPercent: null,
          },
        }),
    ...(processes === undefined ? {} : { processes }),
    ...reading.more,
  };
}

/** @returns one process. */
export const processOf = (
  pid: number,
  name: string,
  rssMiB: number,
  more: Partial<ProcessReading> = {},
): ProcessReading => ({
  pid,
  parentPid: 1,
  name,
  rssBytes: rssMiB * mebibyte,
  ageMs: null,
  heapLimit: null,
  ...more,
});

/** @returns the forecast of one signal. */
export function forecastOf(forecaster: Forecaster, signal: SignalName, nowMs: number): Forecast {
  const found = forecaster.forecasts(nowMs).find((forecast) => forecast.signal === signal);
  if (found === undefined) throw new Error(`no forecast for ${signal}`);
  return found;
}

/** Feeds events, then asks for one signal at the time of the last. */
export function forecastAfter(forecaster: Forecaster, events: readonly SandboxEvent[], signal: SignalName): Forecast {
  for (const event of events) forecaster.observe(event);
  return forecastOf(forecaster, signal, events.at(-1)?.atMs ?? startMs);
}

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

/** Seconds of memory in MiB until the limit; undefined after it. */
export type Course = (second: number) => number;

export interface Warned {
  /** Second at which the limit was reached, or null. */
  readonly brokeAt: number | null;
  /** Second at which a warning would first have been raised, or null. */
  readonly warnedAt: number | null;
  /** Greatest probability of a break within two minutes. */
  readonly highest: number;
}

/** Plays a course of memory second by second through the balanced alert policy. */
export function play(forecaster: Forecaster, course: Course, seconds: number, limitMiB = 256): Warned {
  const policy = alertPolicy('balanced');
  let episode = quietEpisode('box', 'memory');
  let warnedAt: number | null = null;
  let highest = 0;
  for (let second = 0; second < seconds; second++) {
    const memoryMiB = course(second);
    if (memoryMiB >= limitMiB) return { brokeAt: second, warnedAt, highest };
    const reading = sample(second, { memoryMiB, limitMiB, anonMiB: 0.97 * memoryMiB });
    const forecast = forecastAfter(forecaster, [reading], 'memory');
    highest = Math.max(highest, forecast.pBreak120);
    const step = stepEpisode(episode, { atMs: reading.atMs, cadenceMs: 1000, forecast, hardSign: null }, policy);
    episode = step.state;
    if (step.changes.includes('warned')) warnedAt ??= second;
  }
  return { brokeAt: null, warnedAt, highest };
}
