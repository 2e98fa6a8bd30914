import { dropOldest } from '../model/bounded.ts';
import { commandKey, otherCommand } from '../model/command-key.ts';
import { stillRunsMs } from '../model/command-run.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import { HeldMemory } from '../model/held-memory.ts';
import type { CommandPeaks, CommandRun, HistoryStore } from '../model/history.ts';
import { killedExit, killedFactor, killOfCommandMs } from '../model/killed-run.ts';
import type { Clock, Log } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { Sample } from '../model/sample.ts';
import { within } from '../model/wait.ts';
import type { Tasks } from './waiting.ts';

export interface CommandRunsHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  readonly peaks: CommandPeaks | null;
}

/** Followed at a time in one sandbox; beyond that the oldest is taken for one whose end is not seen. */
const keptRunning = 100;
/** Different commands whose runs are counted in one sandbox. */
const keptKeys = 500;
const readRuns = 1_000;
const readMs = 5_000;
/** A reading of this age, or of three cadences, still tells the use at the start of a command. */
const freshMs = 15_000;

interface Run {
  readonly event: CommandStarted;
  readonly key: string;
  /** Use of memory when it began, or null when it was not known. */
  readonly fromBytes: number | null;
  highestBytes: number | null;
  /** When it used that much first. */
  highestAtMs: number;
  ended: CommandEnded | null;
  /** Null until it is known how often the command ran before. */
  attempt: number | null;
  /** When it was written down last. */
  toldAtMs: number;
}

interface Reading {
  readonly atMs: number;
  readonly bytes: number;
  readonly cadenceMs: number;
}

/** The commands of one sandbox. */
interface Place {
  readonly held: HeldMemory;
  reading: Reading | null;
  /** Kills for memory that the kernel has counted, and when the last one was noticed. */
  kills: number | null;
  killedAtMs: number;
  /** What ran when the sandbox ended, as long as its cause may become known. */
  cut: readonly Run[];
  readonly running: Map<string, Run>;
  readonly attempts: Map<string, number>;
  /** Runs that wait for their number; null once numbers are known. */
  waiting: Run[] | null;
  asked: boolean;
}

/** The window counts commands from one, and so do other windows: the start tells them apart. */
const idOf = ({ commandId, atMs }: CommandStarted): string => `${commandId}@${Math.round(atMs).toString(36)}`;

/** Makes of starts and ends the runs that are remembered: which attempt it was, how long, and how much memory it took on top. */
export class CommandRuns {
  readonly #host: CommandRunsHost;
  readonly #places = new Map<string, Place>();
  readonly #life = new AbortController();

  constructor(host: CommandRunsHost) {
    this.#host = host;
  }

  sample({ sandboxId, source, memory, atMs, cadenceMs }: Sample): void {
    // Only numbers of the sandbox itself tell what a command took.
    if (source === 'machine' || memory === undefined) return;
    const place = this.#place(sandboxId);
    // What cannot be given back, as the forecast counts it: a build that reads many files fills the page cache.
    const reading = { atMs, bytes: place.held.of(memory), cadenceMs };
    place.reading = reading;
    const kills = memory.oomKillCount;
    if (kills !== null && place.kills !== null && kills > place.kills) place.killedAtMs = atMs;
    place.kills = kills ?? place.kills;
    for (const run of place.running.values()) {
      if (reading.atMs < run.event.atMs) continue;
      if (run.highestBytes !== null && reading.bytes <= run.highestBytes) continue;
      run.highestBytes = reading.bytes;
      run.highestAtMs = atMs;
    }
  }

  started(event: CommandStarted): void {
    const place = this.#place(event.sandboxId);
    // It runs again: what ran before its end is done with.
    place.cut = [];
    const { reading } = place;
    const fresh = reading !== null && Math.abs(event.atMs - reading.atMs) <= Math.max(freshMs, 3 * reading.cadenceMs);
    const run: Run = {
      event,
      key: commandKey(event.commandLine, event.cwd),
      fromBytes: fresh ? reading.bytes : null,
      highestBytes: null,
      highestAtMs: event.atMs,
      ended: null,
      attempt: null,
      toldAtMs: event.atMs,
    };
    place.running.delete(event.commandId);
    place.running.set(event.commandId, run);
    dropOldest(place.running, keptRunning);
    if (place.waiting === null) this.#count(place, run);
    else {
      place.waiting.push(run);
      if (place.waiting.length > keptRunning) place.waiting.shift();
      this.#ask(event.sandboxId, place);
    }
  }

  /** Time passes: of what runs it is told now and then that it does. */
  passTime(sandboxId: string): void {
    const nowMs = this.#host.clock.now();
    for (const run of this.#places.get(sandboxId)?.running.values() ?? []) {
      if (Math.abs(nowMs - run.toldAtMs) >= stillRunsMs) this.#record(run);
    }
  }

  ended(event: CommandEnded): void {
    const place = this.#places.get(event.sandboxId);
    const run = place?.running.get(event.commandId);
    if (place === undefined || run === undefined) return;
    place.running.delete(event.commandId);
    run.ended = event;
    this.#record(run);
    const killed = event.exitCode === killedExit || event.atMs - place.killedAtMs < killOfCommandMs;
    this.#learn(run, event.atMs, killed && event.exitCode !== 0);
  }

  /**
   * Nothing runs in it any more; what its commands took until then is written down. May be told again when more is known of the end.
   * @param outOfMemory it ended for want of memory, and what ran in it with it.
   */
  sandboxEnded(sandboxId: string, outOfMemory = false): void {
    const place = this.#places.get(sandboxId);
    if (place === undefined) return;
    if (place.running.size > 0) place.cut = [...place.running.values()];
    for (const run of place.running.values()) this.#record(run);
    place.running.clear();
    place.reading = null;
    if (!outOfMemory) return;
    for (const run of place.cut) this.#learn(run, this.#host.clock.now(), true);
    place.cut = [];
  }

  /** What it took is known when it starts again, in this sandbox or another. */
  #learn(run: Run, atMs: number, killed: boolean): void {
    const peakBytes = peakOf(run);
    if (peakBytes === null || run.key === otherCommand) return;
    const tookMs = Math.max(0, run.highestAtMs - run.event.atMs);
    this.#host.peaks?.record(run.key, killed ? peakBytes * killedFactor : peakBytes, atMs, tookMs);
  }

  /** What is known of this sandbox's commands is forgotten; they count from one again. */
  forget(sandboxId: string): void {
    const reading = this.#places.get(sandboxId)?.reading ?? null;
    this.#places.delete(sandboxId);
    if (reading !== null) this.#place(sandboxId).reading = reading;
  }

  /** The sandbox is not shown any more. */
  drop(sandboxId: string): void {
    this.sandboxEnded(sandboxId);
    this.#places.delete(sandboxId);
  }

  /** Waits for no answers any more: the runs of this session are numbered from one. */
  stopAsking(): void {
    this.#life.abort();
  }

  /** Writes down what still runs; no end is seen any more. */
  close(): void {
    this.stopAsking();
    for (const [sandboxId, place] of this.#places) {
      this.#countAll(place);
      this.sandboxEnded(sandboxId);
    }
    this.#places.clear();
  }

  #place(sandboxId: string): Place {
    const known = this.#places.get(sandboxId);
    if (known !== undefined) return known;
    const place: Place = {
      held: new HeldMemory(),
      reading: null,
      kills: null,
      killedAtMs: Number.NEGATIVE_INFINITY,
      cut: [],
      running: new Map(),
      attempts: new Map(),
      waiting: [],
      asked: false,
    };
    this.#places.set(sandboxId, place);
    return place;
  }

  /** Asks once how often each command ran here in earlier sessions. */
  #ask(sandboxId: string, place: Place): void {
    if (place.asked) return;
    place.asked = true;
    const { clock, log, tasks, history } = this.#host;
    const read = async (): Promise<void> => {
      try {
        const runs = await within(clock, readMs, this.#life.signal, () =>
          history.commands({ sandboxId, limit: readRuns }),
        );
        for (const { commandKey: key, attempt } of runs.toReversed()) {
          place.attempts.set(key, Math.max(place.attempts.get(key) ?? 0, attempt));
          dropOldest(place.attempts, keptKeys);
        }
      } catch (error) {
        // The runs of this session are counted all the same.
        log.debug(`Earlier commands of ${sandboxId}: ${toProblem(error).message}`);
      }
      if (this.#places.get(sandboxId) === place) this.#countAll(place);
    };
    tasks.add(read(), (error) => log.error(`Commands of ${sandboxId}: ${toProblem(error).message}`));
  }

  #countAll(place: Place): void {
    const waiting = place.waiting ?? [];
    place.waiting = null;
    for (const run of waiting) this.#count(place, run);
  }

  #count(place: Place, run: Run): void {
    run.attempt = (place.attempts.get(run.key) ?? 0) + 1;
    // Taken out first, so that the commands run last are the last to be let go.
    place.attempts.delete(run.key);
    place.attempts.set(run.key, run.attempt);
    dropOldest(place.attempts, keptKeys);
    this.#record(run);
  }

  #record(run: Run): void {
    const { event, key, ended, attempt } = run;
    if (attempt === null) return;
    run.toldAtMs = this.#host.clock.now();
    const record: CommandRun = {
      commandId: idOf(event),
      sandboxId: event.sandboxId,
      commandKey: key,
      startedAtMs: event.atMs,
      // A clock that was set back meanwhile must not make a command that ends before it began.
      endedAtMs: ended === null ? null : Math.max(event.atMs, ended.atMs),
      ...(ended === null ? { lastSeenAtMs: Math.max(event.atMs, run.toldAtMs) } : {}),
      exitCode: ended?.exitCode ?? null,
      attempt,
      peakBytes: peakOf(run),
    };
    this.#host.history.recordCommand(record);
  }
}

const peakOf = ({ fromBytes, highestBytes }: Run): number | null =>
  fromBytes === null || highestBytes === null ? null : Math.max(0, highestBytes - fromBytes);
