import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JavaHeaps } from '../../providers/local/java-heaps.ts';
import { createNodeFiles } from '../../providers/local/node-files.ts';
import type { BreakKind } from './breaks.ts';
import type { Cgroup } from './cgroup.ts';
import { readDisk, type SmallDisk } from './disk.ts';
import { HighWater, roundShare } from './high-water.ts';
import type { RecordOptions } from './options.ts';
import { readOpenFiles, readPageBytes, readProcesses } from './processes.ts';
import { columns, formatRow, type Reading } from './row.ts';
import { describeSession, type SessionStep } from './session.ts';
import { kernelLines, plannedSummary, type Tidy, type TraceSummary, tidyWith } from './summary.ts';
import { system } from './system.ts';
import { BreakWatcher } from './watcher.ts';
import { Workload } from './workload.ts';

/** A finished recording. */
export interface Recorded {
  readonly csv: string;
  readonly summary: TraceSummary;
}

/** Where a workload runs, made and removed by the caller. */
export interface RunPlace {
  readonly group: Cgroup;
  readonly disk: SmallDisk | null;
  /** A folder outside the workload's disk that belongs to this run. */
  readonly base: string;
}

interface Outcome {
  readonly ended: TraceSummary['ended'];
  readonly breakKind: BreakKind | null;
  readonly atMs: number;
  readonly exitCode: number | null;
}

const rowMs = 1_000;
const pollMs = 100;
const sayMs = 10_000;
/** The first row is to show the shell inside the group. */
const firstRowMs = 20;
/** A program that complained is mostly about to exit: its code belongs to the story. */
const exitWaitMs = 500;

/** Runs one session and looks at it once a second. Use it once. */
export class RecordingRun {
  readonly #options: RecordOptions;
  readonly #place: RunPlace;
  readonly #say: (text: string) => void;
  readonly #folder: string;
  readonly #tidy: Tidy;
  readonly #watcher: BreakWatcher;
  readonly #workload: Workload;
  readonly #pageBytes = readPageBytes();
  readonly #highWater = new HighWater();
  readonly #javaHeaps = new JavaHeaps(createNodeFiles());
  readonly #rows: string[] = [];
  readonly #outcome = Promise.withResolvers<Outcome>();
  #last: Reading | null = null;
  #isOver = false;
  #startMs = 0;

  constructor(options: RecordOptions, place: RunPlace, say: (text: string) => void) {
    this.#options = options;
    this.#place = place;
    this.#say = say;
    const project = process.cwd();
    const { disk, base, group } = place;
    this.#folder = disk?.folder ?? project;
    const heartbeatFile = join(base, 'heartbeat');
    this.#tidy = tidyWith({ $PROJECT: project, $WORK: disk?.folder ?? '', $RUN: base, '~': homedir() });
    this.#watcher = new BreakWatcher(group, this.#folder, heartbeatFile);
    const env = {
      ...process.env,
      PROJECT: project,
      HB_FILE: heartbeatFile,
      ...(disk === null ? {} : { TMPDIR: disk.folder }),
      ...(options.seed === null ? {} : { SEED: String(options.seed) }),
    };
    this.#workload = new Workload(group, this.#folder, env, (text) =>
      this.#broke(this.#watcher.poll() ?? this.#watcher.judge(text)),
    );
  }

  /**
   * Runs the steps until they are through, something breaks, the time is over, or `signal` fires. What still runs then is the caller's to end.
   * @throws Error when a shell cannot be started.
   */
  async run(steps: readonly SessionStep[], signal: AbortSignal): Promise<Recorded> {
    const stop = new AbortController();
    const onAbort = (): void => this.#end('stopped');
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    const startedAtMs = Date.now();
    this.#startMs = performance.now();
    const running = this.#runSteps(steps, stop.signal);
    try {
      await Promise.all([this.#watch(), Promise.race([this.#outcome.promise, running])]);
    } finally {
      this.#isOver = true;
      stop.abort();
      signal.removeEventListener('abort', onAbort);
    }
    const outcome = await this.#outcome.promise;
    // The first row after the end: what it looks like when it broke.
    await this.#take(Math.max(outcome.atMs, (this.#last?.tMs ?? -1) + 1));
    const lateCode = outcome.breakKind === null ? null : await Promise.race([running, delay(exitWaitMs, null)]);
    return {
      csv: `${[columns.join(','), ...this.#rows].join('\n')}\n`,
      summary: this.#summary(steps, outcome, outcome.exitCode ?? lateCode, startedAtMs),
    };
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#startMs);
  }

  /** Only the first end counts. */
  #end(ended: Outcome['ended'], breakKind: BreakKind | null = null, exitCode: number | null = null): void {
    this.#isOver = true;
    this.#outcome.resolve({ ended, breakKind, atMs: this.#elapsedMs(), exitCode });
  }

  #broke(kind: BreakKind | null, exitCode: number | null = null): void {
    if (kind !== null) this.#end('break', kind, exitCode);
  }

  async #runSteps(steps: readonly SessionStep[], signal: AbortSignal): Promise<number | null> {
    try {
      const { exitCode } = await this.#workload.run(steps, signal);
      // The kernel counts a kill a moment after the process is gone.
      if (exitCode !== 0) await delay(pollMs);
      const named = exitCode === 0 ? null : this.#watcher.judge(this.#workload.stderr.text);
      this.#broke(this.#watcher.poll() ?? named, exitCode);
      this.#end('exited', null, exitCode);
      return exitCode;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }

  /** Takes a row a second and asks the counters in between, until it is over. */
  async #watch(): Promise<void> {
    let nextRowMs = 0;
    let nextSayMs = sayMs;
    await delay(firstRowMs);
    while (!this.#isOver) {
      this.#broke(this.#watcher.poll());
      const nowMs = this.#elapsedMs();
      if (nowMs >= this.#options.seconds * 1_000) this.#end('planned_end');
      if (nowMs >= nextRowMs && !this.#isOver) {
        const reading = await this.#take(nowMs);
        nextRowMs = (Math.floor(nowMs / rowMs) + 1) * rowMs;
        if (nowMs >= nextSayMs) {
          this.#say(progress(reading));
          nextSayMs += sayMs;
        }
      }
      const waitMs = Math.max(1, Math.min(pollMs, nextRowMs - this.#elapsedMs()));
      await Promise.race([this.#outcome.promise, delay(waitMs)]);
    }
  }

  async #take(tMs: number): Promise<Reading> {
    const { group, disk } = this.#place;
    const pids = group.pids();
    const processes = readProcesses(pids, this.#pageBytes);
    const heaps = await this.#javaHeaps.read(processes);
    const reading: Reading = {
      tMs,
      group: group.read(),
      disk: disk === null ? null : readDisk(this.#folder),
      openFiles: readOpenFiles(pids) ?? { total: 0, most: 0, limit: this.#options.openFiles },
      processes,
      heaps,
      events: this.#workload
        .takeEvents()
        .map((event) => (event.kind === 'start' ? { ...event, line: this.#tidy(event.line) } : event)),
    };
    this.#watcher.remember(reading);
    this.#highWater.add(reading);
    this.#rows.push(formatRow(reading, this.#last, this.#options.cpuCores));
    this.#last = reading;
    return reading;
  }

  #summary(
    steps: readonly SessionStep[],
    { ended, breakKind, atMs }: Outcome,
    exitCode: number | null,
    startedAtMs: number,
  ): TraceSummary {
    const { group, disk } = this.#place;
    return {
      ...plannedSummary(this.#options, this.#tidy(describeSession(steps)), disk?.type ?? null, process.env),
      break: breakKind === null ? null : { kind: breakKind, t_ms: atMs },
      ended,
      exit_code: exitCode,
      duration_ms: atMs,
      rows: this.#rows.length,
      max_ws_fraction: roundShare(this.#highWater.workingSet),
      max_usage_fraction: roundShare(this.#highWater.usage),
      first_ws_ge_90_ms: this.#highWater.firstHighMs,
      stderr_tail: this.#tidy(this.#workload.stderr.text),
      stdout_tail: this.#tidy(this.#workload.stdout.text),
      kernel_log: kernelLines(system('dmesg') ?? '', group.name),
      started_at: startedAtMs / 1_000,
      notes: [this.#options.notes, ...this.#watcher.notes].filter((note) => note !== '').join('; '),
    };
  }
}

function progress({ tMs, group, disk }: Reading): string {
  const percent = (used: number | null | undefined, limit: number | null | undefined): string =>
    used === null || used === undefined || !limit ? '?' : `${Math.round((100 * used) / limit)} %`;
  const room = disk === null ? '' : ` · disk ${percent(disk.usedBytes, disk.totalBytes)}`;
  return `${Math.round(tMs / 1_000)} s · memory ${percent(group.usageBytes, group.limitBytes)}${room} · tasks ${group.pids ?? '?'}`;
}
