import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SmallDisk } from '../../src/cli/recording/disk.ts';
import type { EventLog } from './event-log.ts';
import { type LimitGroup, type LimitsBackend, parseCpuQuantity, parseMemoryQuantity } from './limits.ts';
import { readProcess, signalProcess } from './processes.ts';
import { formatNano, preciseNowMs } from './timestamps.ts';

/** What the creator of a sandbox asked for, after validation. */
export interface SandboxSpec {
  readonly imageUri?: string;
  readonly snapshotId?: string;
  readonly entrypoint: readonly string[];
  readonly resourceLimits: Readonly<Record<string, string>>;
  /** Seconds until expiry; undefined: never (manual cleanup). */
  readonly timeoutSeconds?: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, string>>;
}

/** What the container runtime knows of a container. */
export type ContainerState = 'running' | 'paused' | 'exited';

const maxLogLines = 10_000;
const usualPidsLimit = 4096;
const oomPollMs = 200;

/** The limit of processes that the creator asked for; null for the usual one. */
export function wantedPids({ resourceLimits }: SandboxSpec): number | null {
  const text = resourceLimits['pids'] ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** One sandbox: a folder, a group of real processes with limits, and the state of its container. */
export class Sandbox {
  readonly id: string = randomUUID();
  /** 64 hex digits; the first 12 are the host name. */
  readonly containerId: string = randomBytes(32).toString('hex');
  readonly spec: SandboxSpec;
  readonly createdAtMs: number = preciseNowMs();
  /** Files of the sandbox; a snapshot copies this folder. */
  readonly filesFolder: string;
  readonly workFolder: string;
  /** Stands for the container's `/tmp`. */
  readonly tmpFolder: string;
  readonly group: LimitGroup;
  readonly memoryLimitBytes: number | null;
  readonly cpuCores: number | null;
  readonly pidsLimit: number;
  metadata: Record<string, string>;
  state: ContainerState = 'running';
  exitCode = 0;
  wasOomKilled = false;
  startedAtMs = 0;
  finishedAtMs = 0;
  /** Called once when the main process has ended and everything else in the container with it. */
  onExited: (() => void) | undefined;
  readonly logLines: string[] = [];
  readonly #log: EventLog;
  readonly #disk: SmallDisk | null;
  readonly #children = new Set<ChildProcess>();
  #main: ChildProcess | undefined;
  #oomTimer: NodeJS.Timeout | undefined;
  #oomKillsSeen = 0;
  #oomKillsCounted = 0;
  #lastOomKillAtMs = Number.NEGATIVE_INFINITY;
  #wakeUp: (() => void)[] = [];
  #isRemoved = false;

  /** @param disk of its own, or null for files on the machine's disk; it goes with the sandbox. */
  constructor(spec: SandboxSpec, root: string, limits: LimitsBackend, log: EventLog, disk: SmallDisk | null) {
    this.spec = spec;
    this.metadata = { ...spec.metadata };
    this.#log = log;
    this.#disk = disk;
    this.filesFolder = disk?.folder ?? join(root, this.id, 'files');
    this.workFolder = join(this.filesFolder, 'work');
    this.tmpFolder = join(this.filesFolder, 'tmp');
    mkdirSync(this.workFolder, { recursive: true });
    mkdirSync(this.tmpFolder, { recursive: true });
    this.memoryLimitBytes = parseMemoryQuantity(spec.resourceLimits['memory']);
    this.cpuCores = parseCpuQuantity(spec.resourceLimits['cpu']);
    this.pidsLimit = wantedPids(spec) ?? usualPidsLimit;
    this.group = limits.createGroup(this.id.slice(0, 8), {
      memoryBytes: this.memoryLimitBytes,
      cpuCores: this.cpuCores,
      pids: this.pidsLimit,
    });
  }

  get hostname(): string {
    return this.containerId.slice(0, 12);
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Variables of every process in the sandbox: what the creator gave, what a container has, and what execd adds. */
  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: this.workFolder,
      HOSTNAME: this.hostname,
      TMPDIR: this.tmpFolder,
      EXECD_ENVS: this.envFile,
      ...this.spec.env,
      ...extra,
      ...this.group.env,
    };
  }

  /** `KEY=value` lines in this file reach every later command. */
  get envFile(): string {
    return join(this.filesFolder, '.env');
  }

  /** The variables in `envFile`. */
  extraEnvironment(): Record<string, string> {
    if (!existsSync(this.envFile)) return {};
    const pairs = readFileSync(this.envFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line): [string, string] => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1)]);
    return Object.fromEntries(pairs);
  }

  /** Starts a process inside the sandbox, in its own process group. */
  spawn(argv: readonly string[], options: SpawnOptions, mergeStderr = false): ChildProcess {
    const [command, ...args] = this.group.wrap(argv, mergeStderr);
    const child = spawn(command, args, {
      cwd: this.workFolder,
      env: this.environment(),
      ...options,
      detached: true,
    });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    child.on('error', () => this.#children.delete(child));
    return child;
  }

  /** Kills everything, including processes that are just on their way into the group. */
  async #killAll(): Promise<void> {
    for (const { pid } of this.#children) if (pid !== undefined) signalProcess(-pid, 'SIGKILL');
    await this.group.killAll();
  }

  /** Starts the entry process and resolves when it runs inside the group, or has already ended. */
  async start(): Promise<void> {
    this.startedAtMs = preciseNowMs();
    this.#addLog('[bootstrap] starting execd');
    this.#addLog('Version: 1.0.0 (test server)');
    const child = this.spawn(this.spec.entrypoint, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#main = child;
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#addLog(line);
      });
    }
    child.on('error', (error) => this.#addLog(`[bootstrap] ${error.message}`));
    child.on('exit', (code, signal) => this.#mainEnded(code, signal));
    this.#oomTimer = setInterval(() => this.#lookForKills(), oomPollMs);
    while (this.#children.has(child) && !this.group.pids().includes(child.pid ?? -1)) await delay(5);
  }

  #addLog(line: string): void {
    this.logLines.push(`${formatNano(preciseNowMs())} ${line}`);
    if (this.logLines.length > maxLogLines) this.logLines.shift();
  }

  /** Tells of kills one look after they were counted: when it was the main process, the news of its end may be a moment behind. */
  #lookForKills(): void {
    if (this.#oomKillsCounted > this.#oomKillsSeen) this.#watchOom();
    if (!this.#isRemoved) this.#oomKillsCounted = this.group.oomKills();
  }

  #watchOom(main?: { readonly atMs: number }): void {
    if (this.#isRemoved) return;
    const oomKills = this.group.oomKills();
    if (oomKills <= this.#oomKillsSeen) return;
    const { usedBytes, limitBytes } = this.group.memory();
    const count = oomKills - this.#oomKillsSeen;
    this.#oomKillsSeen = oomKills;
    this.#lastOomKillAtMs = Date.now();
    const isMain = main !== undefined;
    const pid = isMain ? this.#main?.pid : undefined;
    if (isMain) this.wasOomKilled = true;
    this.#log.write(
      'oom-kill',
      {
        sandboxId: this.id,
        main: isMain,
        ...(pid === undefined ? {} : { pid }),
        count,
        oomKills,
        usedAfterBytes: usedBytes,
        limitBytes,
      },
      main?.atMs ?? Date.now(),
    );
  }

  #mainEnded(code: number | null, signal: NodeJS.Signals | null): void {
    const atMs = Date.now();
    clearInterval(this.#oomTimer);
    if (this.#isRemoved) return;
    if (signal === 'SIGKILL') {
      this.#watchOom({ atMs });
      // The regular look may have counted the kill a moment before the news of this exit came.
      if (atMs - this.#lastOomKillAtMs < 2 * oomPollMs) this.wasOomKilled = true;
    }
    this.exitCode = code ?? 128 + (signalNumbers[signal ?? 'SIGKILL'] ?? 9);
    this.finishedAtMs = preciseNowMs();
    this.state = 'exited';
    this.#log.write('exited', { sandboxId: this.id, exitCode: this.exitCode, oomKilled: this.wasOomKilled }, atMs);
    this.#wake();
    this.onExited?.();
    this.group
      .killAll()
      .catch((error: unknown) => this.#log.write('problem', { sandboxId: this.id, what: String(error) }));
  }

  /** The counter of kills may have risen because of a process whose end a caller has just seen. */
  checkOom(): void {
    this.#watchOom();
  }

  pause(): void {
    this.group.freeze();
    this.state = 'paused';
    this.#log.write('paused', { sandboxId: this.id });
  }

  /** While its files are copied it is paused, and nobody has asked for that. */
  freezeForCopy(): void {
    this.group.freeze();
    this.state = 'paused';
  }

  thawAfterCopy(): void {
    if (this.state !== 'paused' || this.#isRemoved) return;
    this.state = 'running';
    this.group.thaw();
    this.#wake();
  }

  resume(): void {
    this.state = 'running';
    this.group.thaw();
    this.#log.write('resumed', { sandboxId: this.id });
    this.#wake();
  }

  /** Resolves at once, or when a pause is over: execd is frozen together with its sandbox. */
  async whenAwake(): Promise<void> {
    while (this.state === 'paused') await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
  }

  #wake(): void {
    const waiting = this.#wakeUp;
    this.#wakeUp = [];
    for (const resolve of waiting) resolve();
  }

  /** Live processes of the sandbox. */
  processes(): { pid: number; parentPid: number; state: string; command: string; rssBytes: number }[] {
    if (this.#isRemoved) return [];
    const justStarted = [...this.#children].flatMap(({ pid }) => pid ?? []);
    return [...new Set([...this.group.pids(), ...justStarted])].flatMap((pid) => {
      const found = readProcess(pid);
      if (found === undefined) return [];
      const { parentPid, state, command, rssBytes } = found;
      return [{ pid, parentPid, state, command, rssBytes }];
    });
  }

  /** Kills everything and gives back what the limits took from the machine. */
  async destroy(): Promise<void> {
    this.#isRemoved = true;
    clearInterval(this.#oomTimer);
    await this.#killAll();
    this.state = 'exited';
    this.#wake();
    await this.group.remove();
    await this.#disk?.remove();
  }
}

/** Signal numbers for exit codes of the form 128 + n. */
export const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};
