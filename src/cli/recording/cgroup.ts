import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CgroupPlace, type Controller, joinCommand, namePrefix } from './cgroup-place.ts';
import {
  type CpuStat,
  type MemoryStat,
  parseCpuStat,
  parseFlatKeyed,
  parseLimit,
  parseMemoryStat,
  parsePressure,
  type Stall,
} from './counters.ts';
import {
  emptyAndRemove,
  readMembers,
  readOptional,
  removeFolder,
  retries,
  retryMs,
  signalProcess,
  writeOptional,
} from './group-files.ts';

/** Limits of a recorded workload. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly cpuCores: number;
  readonly pids: number;
  readonly openFiles: number;
}

/** Everything one look at a cgroup tells. Null is what this kernel does not say. */
export interface GroupReading {
  readonly usageBytes: number | null;
  readonly limitBytes: number | null;
  readonly peakBytes: number | null;
  readonly memory: MemoryStat;
  readonly swapUsedBytes: number | null;
  readonly oomKillCount: number | null;
  /** How often the memory limit was hit. */
  readonly limitHitCount: number | null;
  readonly cpu: CpuStat;
  readonly pids: number | null;
  readonly pidsMax: number | null;
  /** How often a new task was refused. */
  readonly refusedTaskCount: number | null;
  readonly memoryStall: Stall;
  readonly cpuStall: Stall;
}

const none: Stall = { somePercent: null, fullPercent: null };

/** One limited cgroup, made by the constructor. Call `killAll` and then `remove`, whatever happens. */
export class Cgroup {
  readonly version: 1 | 2;
  /** Limits the kernel did not take, by the controller's name. */
  readonly refused: readonly Controller[];
  readonly #folders: ReadonlyMap<Controller, string>;
  readonly #memory: string;
  readonly #openFiles: number;

  /** @throws Error when the group cannot be made or does not take its memory limit. */
  constructor(place: CgroupPlace, id: string, limits: GroupLimits) {
    this.version = place.version;
    this.#openFiles = limits.openFiles;
    this.#folders = new Map(
      [...place.bases].map(([name, base]) => [name, join(base, `${namePrefix}-${process.pid}-${id}`)]),
    );
    this.#memory = this.#folders.get('memory') ?? '';
    const isV1 = place.version === 1;
    try {
      for (const folder of this.folders) mkdirSync(folder, { recursive: true });
      writeFileSync(join(this.#memory, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), String(limits.memoryBytes));
    } catch (error) {
      for (const folder of this.folders) removeFolder(folder);
      throw new Error(`A cgroup with ${limits.memoryBytes} bytes of memory cannot be made.`, { cause: error });
    }
    // Without swap, a limit is a limit.
    if (!isV1) writeOptional(join(this.#memory, 'memory.swap.max'), '0');
    const refused: Controller[] = [];
    const set = (controller: Controller, file: string, value: string): void => {
      const folder = this.#folders.get(controller);
      if (folder === undefined || !writeOptional(join(folder, file), value)) refused.push(controller);
    };
    set('pids', 'pids.max', String(limits.pids));
    const quotaUs = Math.round(limits.cpuCores * 100_000);
    if (isV1) set('cpu', 'cpu.cfs_quota_us', String(quotaUs));
    else set('cpu', 'cpu.max', `${quotaUs} 100000`);
    this.refused = refused;
  }

  get folders(): readonly string[] {
    return [...new Set(this.#folders.values())];
  }

  /** The last part of its path: what the kernel's log calls it. */
  get name(): string {
    return this.#memory.split('/').at(-1) ?? '';
  }

  /** The command line that runs shell text inside the group. */
  wrap(line: string): readonly string[] {
    return joinCommand(this.folders, this.#openFiles, line);
  }

  pids(): readonly number[] {
    return readMembers(this.#memory);
  }

  #text(controller: Controller, file: string): string | null {
    const folder = this.#folders.get(controller);
    return folder === undefined ? null : readOptional(join(folder, file));
  }

  #number(controller: Controller, file: string): number | null {
    const text = this.#text(controller, file);
    return text === null ? null : parseLimit(text);
  }

  /** Kernel kills since the group exists. */
  oomKillCount(): number | null {
    const text = this.#text('memory', this.version === 1 ? 'memory.oom_control' : 'memory.events');
    return text === null ? null : (parseFlatKeyed(text).get('oom_kill') ?? null);
  }

  /** How often a new task was refused at `pids.max`. */
  refusedTaskCount(): number | null {
    return parseFlatKeyed(this.#text('pids', 'pids.events') ?? '').get('max') ?? null;
  }

  read(): GroupReading {
    const isV1 = this.version === 1;
    const memory = parseMemoryStat(this.#text('memory', 'memory.stat') ?? '');
    const cpu = parseCpuStat(this.#text('cpu', 'cpu.stat') ?? '');
    const usedNs = isV1 ? this.#number('cpuacct', 'cpuacct.usage') : null;
    const pressure = (file: string): Stall => {
      const text = isV1 ? null : this.#text('memory', file);
      return text === null ? none : parsePressure(text);
    };
    return {
      usageBytes: this.#number('memory', isV1 ? 'memory.usage_in_bytes' : 'memory.current'),
      limitBytes: this.#number('memory', isV1 ? 'memory.limit_in_bytes' : 'memory.max'),
      peakBytes: this.#number('memory', isV1 ? 'memory.max_usage_in_bytes' : 'memory.peak'),
      memory,
      swapUsedBytes: isV1 ? memory.swapUsedBytes : this.#number('memory', 'memory.swap.current'),
      oomKillCount: this.oomKillCount(),
      limitHitCount: isV1
        ? this.#number('memory', 'memory.failcnt')
        : (parseFlatKeyed(this.#text('memory', 'memory.events') ?? '').get('max') ?? null),
      cpu: usedNs === null ? cpu : { ...cpu, usedUs: usedNs / 1_000 },
      pids: this.#number('pids', 'pids.current'),
      pidsMax: this.#number('pids', 'pids.max'),
      refusedTaskCount: this.refusedTaskCount(),
      memoryStall: pressure('memory.pressure'),
      cpuStall: pressure('cpu.pressure'),
    };
  }

  /** Kills until nothing is left. @throws Error when something survives five seconds of SIGKILL. */
  async killAll(): Promise<void> {
    for (let attempt = 0; attempt < retries; attempt += 1) {
      const left = this.pids();
      if (left.length === 0) return;
      for (const pid of left) signalProcess(pid, 'SIGKILL');
      await delay(retryMs);
    }
    throw new Error(`Processes survive SIGKILL: ${this.pids().join(', ')}.`);
  }

  /** Removes the group with what still lives in it. @throws Error when the kernel does not let go of it within five seconds. */
  async remove(): Promise<void> {
    for (const folder of this.folders) {
      if (!(await emptyAndRemove(folder))) throw new Error(`The cgroup ${folder} cannot be removed.`);
    }
  }
}
