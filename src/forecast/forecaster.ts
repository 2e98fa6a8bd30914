import type { LimitChanged, ProcessExited, SandboxEvent } from '../model/events.ts';
import type { Forecast, Forecaster } from '../model/forecast.ts';
import type { MemoryReading, Sample, SampleSource } from '../model/sample.ts';
import { type SignalName, signalNames, unitOf } from '../model/signal.ts';
import { CpuWatch } from './cpu.ts';
import { evidenceOf } from './evidence.ts';
import { ExpiryClock } from './expiry.ts';
import { Growers } from './growers.ts';
import { HeapWatch } from './heap.ts';
import { calm } from './outlook.ts';
import { forwardsMs, SignalTrack } from './track.ts';

/** Signals with the generic model, and how far ahead a time to their limit is worth quoting, milliseconds. */
const quoteWithinMs = {
  memory: 30 * 60_000,
  swap: 30 * 60_000,
  disk: 6 * 3_600_000,
  inodes: 6 * 3_600_000,
  pids: 10 * 60_000,
  fds: 10 * 60_000,
} as const;
type TrackedSignal = keyof typeof quoteWithinMs;
const isTracked = (signal: SignalName): signal is TrackedSignal => Object.hasOwn(quoteWithinMs, signal);

/** A reading older than this, and than three cadences, is called old in the evidence. */
const oldAfterMs = 5_000;

/** Settings of a forecaster. */
export interface ForecasterOptions {
  /** The sandbox whose events count; without it, the one of the first event. */
  readonly sandboxId?: string;
}

/** @returns a forecaster for one sandbox. It holds no clock and no timer: every time comes from the events. */
export function createForecaster(options: ForecasterOptions = {}): Forecaster {
  return new SandboxForecaster(options.sandboxId ?? null);
}

class SandboxForecaster implements Forecaster {
  #sandboxId: string | null;
  #source: SampleSource | null = null;
  #killCount: number | null = null;
  /** The smallest part of the working set that was not anonymous: what cannot be given back. */
  #fixedBytes = Number.POSITIVE_INFINITY;
  readonly #tracks = new Map<TrackedSignal, SignalTrack>();
  readonly #heap = new HeapWatch(quoteWithinMs.memory);
  readonly #growers = new Growers();
  readonly #cpu = new CpuWatch();
  readonly #expiry = new ExpiryClock();
  readonly #cache = new Map<
    SignalName,
    { version: number; staleMs: number | null; dead: boolean; forecast: Forecast }
  >();

  constructor(sandboxId: string | null) {
    this.#sandboxId = sandboxId;
  }

  observe(event: SandboxEvent): void {
    this.#sandboxId ??= event.sandboxId;
    if (event.sandboxId !== this.#sandboxId || !Number.isFinite(event.atMs)) return;
    if (event.kind === 'sample') this.#sample(event);
    else if (event.kind === 'limit-changed') this.#limitChanged(event);
    else if (event.kind === 'process-exited') this.#exited(event);
  }

  forecasts(nowMs: number): readonly Forecast[] {
    const result: Forecast[] = [];
    for (const signal of signalNames) {
      const forecast = this.#forecast(signal, nowMs);
      if (forecast !== null) result.push(forecast);
    }
    return result;
  }

  #sample(sample: Sample): void {
    const { atMs, cadenceMs, memory, processes } = sample;
    if (this.#source !== null && this.#source !== sample.source) this.#restartAll(atMs, 'source');
    this.#source = sample.source;
    if (memory !== undefined) this.#memory(atMs, cadenceMs, memory);
    this.#add('swap', atMs, cadenceMs, sample.swap?.usedBytes, sample.swap?.limitBytes);
    this.#add('disk', atMs, cadenceMs, sample.disk?.usedBytes, sample.disk?.limitBytes);
    this.#add('inodes', atMs, cadenceMs, sample.inodes?.used, sample.inodes?.limit);
    this.#add('pids', atMs, cadenceMs, sample.pids?.used, sample.pids?.limit);
    this.#add('fds', atMs, cadenceMs, sample.fds?.used, sample.fds?.limit);
    if (sample.cpu !== undefined) this.#cpu.add(atMs, sample.source, sample.cpu);
    if (processes === undefined) return;
    this.#growers.add(atMs, processes);
    this.#heap.add(atMs, cadenceMs, processes);
  }

  #memory(atMs: number, cadenceMs: number, memory: MemoryReading): void {
    const { workingSetBytes, anonBytes, oomKillCount } = memory;
    if (oomKillCount !== null && this.#killCount !== null && oomKillCount > this.#killCount) {
      this.#track('memory').restart(atMs, 'kill');
      this.#fixedBytes = Number.POSITIVE_INFINITY;
    }
    this.#killCount = oomKillCount ?? this.#killCount;
    let value = workingSetBytes;
    if (anonBytes !== null && anonBytes >= 0 && workingSetBytes >= 0) {
      // Active file pages are in the working set, but the kernel takes them back before it kills.
      this.#fixedBytes = Math.min(this.#fixedBytes, Math.max(0, workingSetBytes - anonBytes));
      value = Math.min(workingSetBytes, anonBytes + this.#fixedBytes);
    }
    this.#track('memory').add(atMs, workingSetBytes, memory.limitBytes, cadenceMs, value);
  }

  #add(signal: TrackedSignal, atMs: number, cadenceMs: number, used?: number, limit?: number | null): void {
    if (used !== undefined) this.#track(signal).add(atMs, used, limit ?? null, cadenceMs);
  }

  #track(signal: TrackedSignal): SignalTrack {
    let track = this.#tracks.get(signal);
    if (track === undefined) {
      track = new SignalTrack(quoteWithinMs[signal]);
      this.#tracks.set(signal, track);
    }
    return track;
  }

  #restartAll(atMs: number, why: 'source'): void {
    for (const track of this.#tracks.values()) track.restart(atMs, why);
    this.#growers.restart();
    this.#fixedBytes = Number.POSITIVE_INFINITY;
  }

  #limitChanged({ atMs, signal, limit }: LimitChanged): void {
    if (signal === 'expiry') this.#expiry.set(atMs, limit);
    else if (isTracked(signal)) this.#track(signal).tellLimit(atMs, limit);
  }

  #exited({ atMs, pid, outOfMemory }: ProcessExited): void {
    this.#growers.exited(pid);
    this.#heap.exited(atMs, pid);
    if (outOfMemory) this.#tracks.get('memory')?.restart(atMs, 'kill');
  }

  #forecast(signal: SignalName, nowMs: number): Forecast | null {
    if (signal === 'expiry') return this.#expiry.forecast(nowMs);
    if (signal === 'cpu') return this.#cpu.forecast();
    const track = signal === 'heap' ? this.#heap.track : isTracked(signal) ? this.#tracks.get(signal) : undefined;
    if (track === undefined || track.readings === 0) return null;
    const age = nowMs - track.lastAtMs;
    const staleMs = age > Math.max(oldAfterMs, 3 * track.cadenceMs) ? Math.round(age / 1000) * 1000 : null;
    const dead = age > forwardsMs;
    const kept = this.#cache.get(signal);
    if (kept?.version === track.version && kept.staleMs === staleMs && kept.dead === dead) return kept.forecast;
    const forecast = this.#build(signal, track, staleMs, dead);
    this.#cache.set(signal, { version: track.version, staleMs, dead, forecast });
    return forecast;
  }

  /** Why nothing is foretold although there are numbers, or null. */
  #noForecast(signal: SignalName, track: SignalTrack, dead: boolean): string | null {
    if (dead) return 'no recent readings, no forecast';
    if (this.#source === 'machine') return 'machine numbers, not those of the sandbox; no forecast is made from them';
    if (signal === 'heap' && !this.#heap.telling && track.limit !== null) {
      return `${this.#heap.name} (pid ${this.#heap.pid ?? 'gone'}) keeps its heap once taken; resident memory does not tell how full it is`;
    }
    return null;
  }

  #growerOf(signal: SignalName, slope: number): Forecast['grower'] {
    if (signal === 'memory' || signal === 'swap') return this.#growers.fastest(slope);
    if (signal !== 'heap' || this.#heap.pid === null) return null;
    return { pid: this.#heap.pid, name: this.#heap.name, bytesPerSecond: slope };
  }

  #build(signal: SignalName, track: SignalTrack, staleMs: number | null, dead: boolean): Forecast {
    const noForecast = this.#noForecast(signal, track, dead);
    const outlook = noForecast === null ? track.outlook() : calm;
    const slope = outlook.slopePerSecond;
    const grower = outlook.rising && slope !== null ? this.#growerOf(signal, slope) : null;
    return {
      signal,
      atMs: track.lastAtMs,
      unit: unitOf(signal),
      used: track.used,
      limit: track.limit,
      pressure: track.limit === null ? null : track.used / track.limit,
      pBreak60: outlook.pBreak60,
      pBreak120: outlook.pBreak120,
      pBreak300: outlook.pBreak300,
      timeToLimitMs: outlook.timeToLimitMs,
      slopePerSecond: slope,
      grower,
      evidence: evidenceOf({ signal, track, outlook, grower, noForecast, staleMs }),
    };
  }
}
