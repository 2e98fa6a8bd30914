import type { CommandEnded, CommandStarted, LimitChanged, ProcessExited, SandboxEvent } from '../model/events.ts';
import type { Forecast, Forecaster } from '../model/forecast.ts';
import { HeldMemory } from '../model/held-memory.ts';
import type { CommandPeaks } from '../model/history.ts';
import { killedExit, killOfCommandMs } from '../model/killed-run.ts';
import { isOfHost, type MemoryReading, type Sample, type SampleSource } from '../model/sample.ts';
import { type SignalName, signalNames, unitOf } from '../model/signal.ts';
import type { Model } from './combine.ts';
import { CommandMemory, type Expectation } from './commands.ts';
import { CpuWatch } from './cpu.ts';
import { evidenceOf, pidInWords } from './evidence.ts';
import { ExpiryClock } from './expiry.ts';
import type { Surroundings } from './features.ts';
import { Growers } from './growers.ts';
import { HeapWatch } from './heap.ts';
import { type EarlierLives, Lives } from './lives.ts';
import { atLeast, atOdds, believed, calm, expected, inSeries, isMore, lastFeatures, type Outlook } from './outlook.ts';
import { PlacedTracks } from './placed-tracks.ts';
import { Responsiveness } from './responsiveness.ts';
import { Restarts } from './restarts.ts';
import { Around } from './surroundings.ts';
import { ThrottleLine } from './throttle-line.ts';
import { type Aside, forwardsMs, SignalTrack } from './track.ts';

/** Signals with the generic model, and how far ahead a time to their limit is worth quoting, milliseconds. */
const quoteWithinMs = {
  memory: 30 * 60_000,
  swap: 30 * 60_000,
  disk: 6 * 3_600_000,
  inodes: 6 * 3_600_000,
  pids: 10 * 60_000,
  fds: 10 * 60_000,
} as const;
const kinds = { memory: 0, swap: 0, disk: 2, inodes: 2, pids: 3, fds: 3 } as const;
type TrackedSignal = keyof typeof quoteWithinMs;
const newTrack = (signal: TrackedSignal): SignalTrack => new SignalTrack(quoteWithinMs[signal], kinds[signal]);
/** Not made anew for each sample. */
const none: readonly never[] = [];
const isTracked = (signal: SignalName): signal is TrackedSignal => Object.hasOwn(quoteWithinMs, signal);

/** Filled anew for each forecast. */
const beside: { bornAtMs: number; busy: number } = { bornAtMs: Number.NaN, busy: Number.NaN };

/** @returns the swap that takes over what memory cannot hold, where there is a limit to it. */
const asideOf = (swap: Sample['swap']): Aside | null =>
  swap !== undefined && swap.limitBytes !== null && swap.limitBytes > 0 && swap.usedBytes >= 0
    ? { used: swap.usedBytes, limit: swap.limitBytes }
    : null;

/** Runs whatever it is given: its name does not tell one job from another. */
const runsAnything =
  /^(?:node|MainThread|npm|deno|bun|python|ruby|perl|php|java|lua|tclsh|R$|Rscript|(?:ba|da|a|z|k)?sh$|busybox|make|docker|runc)/i;

function largestName(processes: NonNullable<Sample['processes']>): string | null {
  let largest: (typeof processes)[number] | null = null;
  for (const process of processes) if (process.rssBytes > (largest?.rssBytes ?? 0)) largest = process;
  return largest === null || largest.name === '' || runsAnything.test(largest.name) ? null : largest.name;
}

/** What is left of a forecast when the process that grows cannot get so far. */
const capped = 0.1;

/** A danger that only the age of the sandbox tells of is worth a word from this probability on. */
const worthSaying = 0.1;

/** And one that only the peaks of earlier jobs tell of, within five minutes: from here on it is watched. */
const worthNaming = 0.3;

/** A reading older than this, and than three cadences, is called old in the evidence. */
const oldAfterMs = 5_000;

/** Settings of a forecaster. */
export interface ForecasterOptions {
  /** The sandbox whose events count; without it, the one of the first event. */
  readonly sandboxId?: string;
  /** What commands took in other sessions; without it, only what was seen since the forecaster was made. */
  readonly peaks?: Pick<CommandPeaks, 'peakOf'>;
  /** What the sandbox was made from (`originOf` in model/life.ts), or null; earlier ones of the same kind tell whether a climb stops. */
  readonly origin?: string | null;
  /** When it was made, epoch milliseconds, or null: earlier ones also tell at which age the end came. */
  readonly createdAtMs?: number | null;
  /** The additive model; default: the fitted one. */
  readonly model?: Model;
  /** Told after each new forecast what the model looked at, for those who fit it: one list of features for each horizon. */
  readonly onFeatures?: (signal: SignalName, features: readonly Float64Array[]) => void;
}

/** @returns a forecaster for one sandbox. It holds no clock and no timer: every time comes from the events. */
export function createForecaster(options: ForecasterOptions = {}): Forecaster {
  return new SandboxForecaster(options);
}

class SandboxForecaster implements Forecaster {
  #sandboxId: string | null;
  #source: SampleSource | null = null;
  #killCount: number | null = null;
  #killedAtMs = Number.NEGATIVE_INFINITY;
  /** Counts what changes a forecast of memory without a new reading of it. */
  #context = 0;
  readonly #held = new HeldMemory();
  /** The largest process in the newest list, by its name; null where that tells nothing. */
  #largest: string | null = null;
  readonly #throttleLine = new ThrottleLine();
  /** Of what is followed in one place only. */
  readonly #tracks = new Map<TrackedSignal, SignalTrack>();
  readonly #disks = new PlacedTracks(() => newTrack('disk'));
  readonly #inodes = new PlacedTracks(() => newTrack('inodes'));
  readonly #heap = new HeapWatch(quoteWithinMs.memory);
  readonly #growers = new Growers();
  readonly #cpu = new CpuWatch();
  readonly #around = new Around();
  readonly #expiry = new ExpiryClock();
  readonly #responsiveness = new Responsiveness();
  readonly #restarts = new Restarts();
  readonly #commands: CommandMemory;
  readonly #lives: Lives;
  readonly #cache = new Map<
    SignalName,
    { track: SignalTrack; version: number; staleMs: number | null; dead: boolean; forecast: Forecast }
  >();

  readonly #options: ForecasterOptions;

  constructor(options: ForecasterOptions) {
    this.#sandboxId = options.sandboxId ?? null;
    this.#options = options;
    this.#commands = new CommandMemory(options.peaks ?? null);
    this.#lives = new Lives(options.peaks ?? null, options.origin ?? null, options.createdAtMs ?? null);
  }

  observe(event: SandboxEvent): void {
    this.#sandboxId ??= event.sandboxId;
    if (event.sandboxId !== this.#sandboxId || !Number.isFinite(event.atMs)) return;
    if (event.kind === 'sample') this.#sample(event);
    else if (event.kind === 'limit-changed') this.#limitChanged(event);
    else if (event.kind === 'process-exited') this.#exited(event);
    else if (event.kind === 'command-started') this.#commandStarted(event);
    else if (event.kind === 'command-ended') this.#commandEnded(event);
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
    this.#responsiveness.answered(atMs, cadenceMs, sample.lateMs);
    if (processes !== undefined) this.#growers.add(atMs, processes);
    if (sample.pids !== undefined) this.#around.tasks(atMs, sample.pids.used);
    if (sample.cpu !== undefined) this.#around.cpu(sample.cpu);
    if (memory !== undefined) this.#memory(sample, memory);
    this.#add('swap', atMs, cadenceMs, sample.swap?.usedBytes, sample.swap?.limitBytes);
    this.#room(sample);
    this.#add('pids', atMs, cadenceMs, sample.pids?.used, sample.pids?.limit);
    this.#add('fds', atMs, cadenceMs, sample.fds?.used, sample.fds?.limit);
    if (sample.cpu !== undefined) this.#cpu.add(atMs, sample.source, sample.cpu);
    if (processes !== undefined) this.#heap.add(atMs, cadenceMs, processes);
  }

  #memory(sample: Sample, memory: MemoryReading): void {
    const { atMs, cadenceMs, source, swap } = sample;
    const { workingSetBytes, oomKillCount } = memory;
    const track = this.#track('memory');
    if (oomKillCount !== null && this.#killCount !== null && oomKillCount > this.#killCount) {
      track.restart(atMs, 'kill');
      this.#held.restart();
      this.#killedAtMs = atMs;
    }
    this.#killCount = oomKillCount ?? this.#killCount;
    this.#throttleLine.add(atMs, memory.throttleHitCount);
    const heldBytes = this.#held.of(memory);
    if (sample.processes !== undefined) this.#largest = largestName(sample.processes);
    const who = this.#commands.newest ?? this.#largest;
    track.add(atMs, workingSetBytes, memory.limitBytes, cadenceMs, heldBytes, asideOf(swap), who);
    if (source !== 'machine') this.#commands.used(heldBytes, atMs);
  }

  #room({ atMs, cadenceMs, disk, otherDisks = none, inodes, otherInodes = none }: Sample): void {
    if (disk !== undefined) this.#disks.lead(disk.place, atMs, cadenceMs, disk.usedBytes, disk.limitBytes);
    for (const { place, usedBytes, limitBytes } of otherDisks)
      this.#disks.follow(place, atMs, cadenceMs, usedBytes, limitBytes);
    if (inodes !== undefined) this.#inodes.lead(inodes.place, atMs, cadenceMs, inodes.used, inodes.limit);
    for (const { place, used, limit } of otherInodes) this.#inodes.follow(place, atMs, cadenceMs, used, limit);
  }

  #add(signal: TrackedSignal, atMs: number, cadenceMs: number, used?: number, limit?: number | null): void {
    if (used !== undefined) this.#track(signal).add(atMs, used, limit ?? null, cadenceMs);
  }

  /** Where a signal is followed in several places, the tracks of each. */
  #placesOf(signal: SignalName): PlacedTracks | null {
    if (signal === 'disk') return this.#disks;
    return signal === 'inodes' ? this.#inodes : null;
  }

  #track(signal: TrackedSignal): SignalTrack {
    const placed = this.#placesOf(signal);
    if (placed !== null) return placed.leading;
    let track = this.#tracks.get(signal);
    if (track === undefined) {
      track = newTrack(signal);
      this.#tracks.set(signal, track);
    }
    return track;
  }

  #restartAll(atMs: number, why: 'source'): void {
    for (const track of this.#tracks.values()) track.restart(atMs, why);
    this.#disks.restart(atMs, why);
    this.#inodes.restart(atMs, why);
    this.#growers.restart();
    this.#around.restart();
    this.#held.restart();
    this.#throttleLine.restart();
    this.#commands.restart();
    this.#responsiveness.restart();
  }

  #limitChanged({ atMs, signal, limit }: LimitChanged): void {
    if (signal === 'expiry') this.#expiry.set(atMs, limit);
    else if (isTracked(signal)) this.#track(signal).tellLimit(atMs, limit);
  }

  #commandStarted(event: CommandStarted): void {
    this.#commands.started(event);
    this.#context++;
  }

  #commandEnded(event: CommandEnded): void {
    this.#commands.ended(event, event.atMs - this.#killedAtMs < killOfCommandMs);
    this.#restarts.ended(event.atMs, event.exitCode);
    this.#context++;
  }

  #exited({ atMs, pid, outOfMemory }: ProcessExited): void {
    this.#growers.exited(pid);
    this.#heap.exited(atMs, pid);
    if (!outOfMemory) return;
    this.#tracks.get('memory')?.restart(atMs, 'kill');
    this.#restarts.ended(atMs, killedExit);
  }

  #forecast(signal: SignalName, nowMs: number): Forecast | null {
    if (signal === 'expiry') return this.#expiry.forecast(nowMs);
    if (signal === 'cpu') return this.#cpu.forecast();
    if (signal === 'responsiveness') return this.#responsiveness.forecast(nowMs);
    if (signal === 'restarts') return this.#restarts.forecast(nowMs);
    if (signal === 'heap' && !this.#heap.listed) return null;
    const placed = this.#placesOf(signal);
    const single = isTracked(signal) ? this.#tracks.get(signal) : undefined;
    const track = signal === 'heap' ? this.#heap.track : (placed?.leading ?? single);
    if (track === undefined || track.readings === 0) return null;
    const age = nowMs - track.lastAtMs;
    const staleMs = age > Math.max(oldAfterMs, 3 * track.cadenceMs) ? Math.round(age / 1000) * 1000 : null;
    const dead = age > forwardsMs;
    const version = track.version + this.#context;
    const kept = this.#cache.get(signal);
    if (kept?.track === track && kept.version === version && kept.staleMs === staleMs && kept.dead === dead)
      return kept.forecast;
    const forecast = this.#build(signal, track, staleMs, dead);
    this.#cache.set(signal, { track, version, staleMs, dead, forecast });
    return forecast;
  }

  /** Why nothing is foretold although there are numbers, or null. */
  #noForecast(signal: SignalName, track: SignalTrack, dead: boolean): string | null {
    if (dead) return 'no recent readings, no forecast';
    if (this.#source !== null && isOfHost(this.#source, signal)) {
      return 'machine numbers, not those of the sandbox; no forecast is made from them';
    }
    if (signal === 'heap' && track.limit !== null) {
      const who = this.#whoseHeap();
      if (this.#heap.telling === 'keeps') {
        return `${who} keeps its heap once taken; resident memory does not tell how full it is`;
      }
      if (this.#heap.telling === 'unchecked') {
        return `${who} has not collected all of its heap yet; what of it is garbage is not known`;
      }
      if (this.#heap.telling === 'soft') return `${who} collects harder near this limit and may go beyond it`;
      if (this.#heap.telling === 'outside') return `${who} holds more than its heap may: the rest is not heap`;
    }
    return null;
  }

  #whoseHeap(): string {
    return `${this.#heap.name}${this.#heap.pid === null ? '' : pidInWords(this.#heap.pid)}`;
  }

  /** What the numbers of a heap are, where they are not resident memory. */
  #howCounted(): string | null {
    if (!this.#heap.told) return null;
    return this.#heap.inAddresses
      ? 'counted in addresses, touched or not, as ulimit -v does'
      : `as ${this.#whoseHeap()} itself counts its heap`;
  }

  #growerOf(signal: SignalName, slope: number): Forecast['grower'] {
    if (signal === 'memory' || signal === 'swap') return this.#growers.fastest(slope);
    if (signal !== 'heap' || this.#heap.pid === null) return null;
    return { pid: this.#heap.pid, name: this.#heap.name, bytesPerSecond: slope };
  }

  /** How far what is forecast of this signal is to be believed, 0..1. */
  #trustIn(signal: SignalName, track: SignalTrack): number {
    if (signal === 'heap') return this.#heap.trust;
    if (signal !== 'memory' || track.limit === null) return 1;
    return this.#heap.endsBelow(track.used, track.limit) ? capped : 1;
  }

  /** What is known beside the signal: of memory, also how old the process is that grows. */
  #surroundings(signal: SignalName, track: SignalTrack): Surroundings {
    beside.busy = this.#around.busy;
    // Of a growing number of processes, new processes say nothing.
    beside.bornAtMs = signal === 'pids' ? Number.NaN : this.#around.bornAtMs;
    if (signal !== 'memory') return beside;
    const bornAtMs = this.#growers.bornAtMs(track.lastAtMs);
    if (!Number.isNaN(bornAtMs)) beside.bornAtMs = bornAtMs;
    return beside;
  }

  #expectation(signal: SignalName, track: SignalTrack): Expectation | null {
    if (signal !== 'memory' || track.limit === null || track.warmingUp) return null;
    return this.#commands.expectation(track.limit, track.lastAtMs);
  }

  /** What became of earlier sandboxes of this kind that came so far. */
  #earlier(signal: SignalName, track: SignalTrack, seen: Outlook): EarlierLives | null {
    if ((signal !== 'memory' && signal !== 'disk') || track.limit === null || track.warmingUp) return null;
    return this.#lives.of(signal, track.trend, track.reach, track.lastAtMs, seen.pBreak300 > 0);
  }

  #build(signal: SignalName, track: SignalTrack, staleMs: number | null, dead: boolean): Forecast {
    const noForecast = this.#noForecast(signal, track, dead);
    const seen = noForecast === null ? track.outlook(this.#surroundings(signal, track), this.#options.model) : calm;
    // A track that has nothing to say has not filled them.
    if (seen !== calm) this.#options.onFeatures?.(signal, lastFeatures);
    const command = noForecast === null ? this.#expectation(signal, track) : null;
    // What is known of the command that runs is more than what is known of the sandbox.
    const earlier = command === null && noForecast === null ? this.#earlier(signal, track, seen) : null;
    const trust = this.#trustIn(signal, track);
    const trend = atOdds(believed(seen, trust), earlier?.odds ?? 1);
    const known = expected(earlier === null ? trend : atLeast(trend, earlier.due), command);
    const isDue = known.pBreak120 > trend.pBreak120 && known.pBreak120 > worthSaying;
    // What goes higher each time has left behind what is known of it.
    const series = noForecast === null ? track.series : null;
    const outlook = series === null ? known : inSeries(known, series, trust);
    const risingPeaks =
      series !== null && isMore(outlook, known) && outlook.pBreak300 >= worthNaming
        ? { shares: series.heights.map((height) => height / track.reach), intervalMs: series.intervalMs }
        : null;
    const slope = outlook.slopePerSecond;
    const grower = outlook.rising && slope !== null ? this.#growerOf(signal, slope) : null;
    const counted = noForecast === null && signal === 'heap' ? this.#howCounted() : null;
    const place = this.#placesOf(signal)?.place;
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
      ...(signal === 'heap' && this.#heap.guessed ? { guessed: true } : {}),
      ...(signal === 'heap' && !this.#heap.told ? { resident: true } : {}),
      ...(place === undefined ? {} : { place }),
      ...(outlook.rising ? { risingForMs: outlook.seenForMs } : {}),
      ...(risingPeaks === null ? {} : { risingPeaks }),
      grower,
      evidence: evidenceOf({
        signal,
        track,
        outlook,
        grower,
        counted,
        slowed: signal === 'memory' && this.#throttleLine.slows(track.lastAtMs),
        command,
        earlier: outlook.rising || isDue ? earlier : null,
        risingPeaks,
        noForecast,
        staleMs,
      }),
    };
  }
}
