import type { FileReader, Log, ProcessOwners } from '../../model/ports.ts';
import type { CpuReading, MemoryReading, OpenFilesReading, ProcessReading, SampleSource } from '../../model/sample.ts';
import type { CgroupPlaces, Levels } from './cgroup-places.ts';
import { findCgroups } from './cgroup-places.ts';
import { Counter } from './counter.ts';
import { CpuMeter, readCpuCounters, readCpuLimit, readCpuStalls } from './cpu-meter.ts';
import { amount, limitAmount, type MachineMemory, machineMemory, stalls, uptimeSeconds } from './figures.ts';
import { type MemoryLevel, readMemoryLevel, tightestMemory } from './memory-level.ts';
import { fullestOpenFiles } from './open-files.ts';
import { ProcessList } from './processes.ts';
import type { Reading } from './reading.ts';

export interface LinuxReaderOptions {
  readonly files: FileReader;
  readonly owners: ProcessOwners;
  readonly log: Log;
  /** Bytes of a memory page. */
  readonly pageBytes: number;
  /** The processes that the editor itself consists of. */
  readonly editorPids: readonly number[];
  /** How often the largest processes are looked for, seconds; sooner when memory moves or something was killed. */
  readonly scanEverySeconds: number;
  /** Whether open files can be counted. */
  readonly countsOpenFiles: boolean;
}

/** How often the folders and the tightest level are looked for again, in readings. */
const searchEvery = 10;
/** The largest processes are looked for sooner when memory moves by this share of the limit. */
const scanShare = 0.02;
const openFilesEverySeconds = 10;

/** Reads one Linux machine or container. Keep it: rates, and counters over a change of group, need what was before. */
export class LinuxReader {
  readonly #files: FileReader;
  readonly #log: Log;
  readonly #processes: ProcessList;
  readonly #scanEverySeconds: number;
  readonly #countsOpenFiles: boolean;
  readonly #cpu = new CpuMeter();
  readonly #kills = new Counter();
  readonly #hits = new Counter();
  readonly #refaults = new Counter();
  #places: CgroupPlaces | null = null;
  #memoryFolder: string | null = null;
  #cpuLimit: number | null = null;
  #pidsLevel: string | null = null;
  #readings = 0;
  #lastLimit: number | null | undefined;
  #lastRawKills: number | null = null;
  #lastKills: number | null = null;
  #scanned: { readonly atSeconds: number; readonly usedBytes: number } | null = null;
  #pids: readonly number[] = [];
  #openFilesAt = Number.NEGATIVE_INFINITY;

  constructor(options: LinuxReaderOptions) {
    this.#files = options.files;
    this.#log = options.log;
    this.#processes = new ProcessList(options);
    this.#scanEverySeconds = options.scanEverySeconds;
    this.#countsOpenFiles = options.countsOpenFiles;
  }

  /** What is looked at, for people who want to know. */
  get places(): CgroupPlaces | null {
    return this.#places;
  }

  /** One reading. @param seconds the time of a clock that only goes forward, for where the machine's own can not be read. */
  async read(seconds: number): Promise<Reading> {
    const atSeconds = uptimeSeconds(await this.#files.text('/proc/uptime', 64));
    const clock = atSeconds ?? seconds;
    const machine = machineMemory(await this.#files.text('/proc/meminfo', 4096));
    const level = await this.#memoryLevel(machine);
    const isLimited = level !== null && level.limitBytes !== null;
    const places = this.#places;
    const cpu = places === null ? null : await this.#readCpu(places, clock);
    const kills = level === null ? null : this.#countKills(level);
    const memory = isLimited ? await this.#ofGroup(level, kills) : await this.#ofMachine(machine);
    const swap = isLimited ? swapOfGroup(level, machine) : swapOfMachine(machine);
    const pids = places === null ? null : await this.#readPids(places);
    const killed = kills !== null && this.#lastKills !== null && kills > this.#lastKills;
    this.#lastKills = kills ?? this.#lastKills;
    const scan = await this.#scan(atSeconds, clock, isLimited ? level : null, memory, machine, killed);
    const fds = await this.#openFiles(clock);
    return {
      source: isLimited ? 'cgroup' : ('machine' satisfies SampleSource),
      caveats: memory?.stallsOfMachine === true ? ['waiting times are those of the whole machine'] : [],
      ...(memory === null ? {} : { memory: memory.reading }),
      ...(swap === null ? {} : { swap }),
      ...(cpu === null ? {} : { cpu }),
      ...(pids === null ? {} : { pids }),
      ...(scan === null ? {} : { processes: scan }),
      ...(fds === null ? {} : { fds }),
      oomKillCount: kills,
    };
  }

  async #search(machine: MachineMemory | null): Promise<MemoryLevel | null> {
    const before = this.#places;
    this.#places = await findCgroups(this.#files);
    this.#cpuLimit = await readCpuLimit(this.#files, this.#places);
    this.#pidsLevel = await tightestPids(this.#files, this.#places.pids);
    const level = await tightestMemory(this.#files, this.#places, machine?.totalBytes ?? null);
    const ownBefore = before?.memory?.levels[0];
    const own = this.#places.memory?.levels[0];
    if (before !== null && ownBefore !== own) {
      this.#log.info(`The control group of this place changed: ${ownBefore ?? 'none'} → ${own ?? 'none'}.`);
    } else if (this.#memoryFolder !== null && level !== null && level.folder !== this.#memoryFolder) {
      this.#log.info(`Another control group has the least room now: ${this.#memoryFolder} → ${level.folder}.`);
    }
    this.#memoryFolder = level?.folder ?? null;
    return level;
  }

  async #memoryLevel(machine: MachineMemory | null): Promise<MemoryLevel | null> {
    const isDue = this.#readings % searchEvery === 0;
    this.#readings += 1;
    const version = this.#places?.memory?.version ?? null;
    let level: MemoryLevel | null = null;
    if (!isDue && version !== null && this.#memoryFolder !== null) {
      level = await readMemoryLevel(this.#files, version, this.#memoryFolder, machine?.totalBytes ?? null);
      if (level === null)
        this.#log.info(`The control group ${this.#memoryFolder} can not be read any more; looking for another.`);
    }
    if (level === null && (isDue || this.#memoryFolder !== null)) level = await this.#search(machine);
    const limit = level?.limitBytes ?? null;
    if (this.#lastLimit !== undefined && this.#lastLimit !== limit) {
      this.#log.info(`The memory limit changed from ${this.#lastLimit ?? 'none'} to ${limit ?? 'none'} bytes.`);
    }
    this.#lastLimit = limit;
    return level;
  }

  #countKills(level: MemoryLevel): number | null {
    const raw = level.oomKillCount;
    if (raw !== null && this.#lastRawKills !== null && raw < this.#lastRawKills) {
      this.#log.info(
        `The kernel's count of kills went back from ${this.#lastRawKills} to ${raw}; counting goes on from there.`,
      );
    }
    this.#lastRawKills = raw ?? this.#lastRawKills;
    return this.#kills.read(level.folder, raw);
  }

  async #ofGroup(level: MemoryLevel, kills: number | null): Promise<MemoryResult> {
    const { folder, usedBytes, unreclaimableBytes } = level;
    const refaults = this.#refaults.read(folder, level.fileRefaultCount);
    return {
      stallsOfMachine: false,
      reading: {
        usedBytes,
        workingSetBytes: Math.max(0, usedBytes - (level.inactiveFileBytes ?? 0)),
        limitBytes: level.limitBytes,
        anonBytes: level.anonBytes,
        oomKillCount: kills,
        limitHitCount: this.#hits.read(folder, level.limitHitCount),
        // The machine's would speak of the neighbours.
        stalledPercent: level.stalls?.full ?? null,
        ...(unreclaimableBytes === null ? {} : { unreclaimableBytes: Math.min(unreclaimableBytes, usedBytes) }),
        ...(refaults === null ? {} : { fileRefaultCount: refaults }),
      },
    };
  }

  async #ofMachine(machine: MachineMemory | null): Promise<MemoryResult | null> {
    if (machine === null) return null;
    const usedBytes = machine.totalBytes - machine.availableBytes;
    const full = stalls(await this.#files.text('/proc/pressure/memory'))?.full ?? null;
    return {
      stallsOfMachine: full !== null,
      reading: {
        usedBytes,
        workingSetBytes: usedBytes,
        limitBytes: machine.totalBytes,
        anonBytes: null,
        oomKillCount: null,
        limitHitCount: null,
        stalledPercent: full,
      },
    };
  }

  async #readCpu(places: CgroupPlaces, clock: number): Promise<CpuReading | null> {
    const counters = await readCpuCounters(this.#files, places, clock);
    const waited = await readCpuStalls(this.#files, places);
    // With a quota of its own, how long others wait on the machine says nothing of this place.
    const isOurs = waited !== null && (!waited.ofMachine || this.#lastLimit == null);
    return this.#cpu.read(counters, this.#cpuLimit, isOurs ? waited.stalls.some : null);
  }

  async #readPids(places: CgroupPlaces): Promise<{ readonly used: number; readonly limit: number | null } | null> {
    const folder = this.#pidsLevel ?? places.pids?.[0];
    if (folder === undefined) return null;
    const used = amount(await this.#files.text(`${folder}/pids.current`, 64));
    return used === null ? null : { used, limit: limitAmount(await this.#files.text(`${folder}/pids.max`, 64)) };
  }

  async #scan(
    uptime: number | null,
    clock: number,
    level: MemoryLevel | null,
    memory: MemoryResult | null,
    machine: MachineMemory | null,
    killed: boolean,
  ): Promise<readonly ProcessReading[] | null> {
    const usedBytes = memory?.reading.usedBytes ?? 0;
    const limitBytes = memory?.reading.limitBytes ?? Number.POSITIVE_INFINITY;
    const last = this.#scanned;
    const isDue =
      last === null ||
      killed ||
      clock < last.atSeconds ||
      clock - last.atSeconds >= this.#scanEverySeconds - 0.5 ||
      Math.abs(usedBytes - last.usedBytes) > limitBytes * scanShare;
    if (!isDue) return null;
    this.#scanned = { atSeconds: clock, usedBytes };
    const levels: Levels | null = level === null ? null : [level.folder];
    const whole = level?.limitBytes ?? machine?.totalBytes ?? null;
    const { processes, pids } = await this.#processes.scan(levels, uptime, whole);
    this.#pids = pids;
    // A place without processes there is none: nothing could be looked at.
    return pids.length === 0 ? null : processes;
  }

  async #openFiles(clock: number): Promise<OpenFilesReading | null> {
    if (!this.#countsOpenFiles) return null;
    if (clock >= this.#openFilesAt && clock - this.#openFilesAt < openFilesEverySeconds) return null;
    this.#openFilesAt = clock;
    return fullestOpenFiles(this.#files, this.#pids);
  }
}

interface MemoryResult {
  readonly reading: MemoryReading;
  readonly stallsOfMachine: boolean;
}

/** The level of the process count with the least room left. */
const tightestPids = async (files: FileReader, levels: Levels | null): Promise<string | null> => {
  let tightest: { readonly folder: string; readonly room: number } | null = null;
  for (const folder of levels ?? []) {
    const limit = limitAmount(await files.text(`${folder}/pids.max`, 64));
    const used = amount(await files.text(`${folder}/pids.current`, 64));
    if (limit === null || used === null) continue;
    if (tightest === null || limit - used < tightest.room) tightest = { folder, room: limit - used };
  }
  return tightest?.folder ?? null;
};

type Swap = { readonly usedBytes: number; readonly limitBytes: number | null } | null;

/** Where the machine has no swap, nobody can use any, whatever the group may. */
const swapOfGroup = (level: MemoryLevel, machine: MachineMemory | null): Swap => {
  const { swapUsedBytes, swapLimitBytes } = level;
  const total = machine?.swapTotalBytes ?? null;
  if (swapUsedBytes === null || swapLimitBytes === 0 || total === 0) return null;
  const limits = [swapLimitBytes, total].filter((limit) => limit !== null);
  return { usedBytes: swapUsedBytes, limitBytes: limits.length === 0 ? null : Math.min(...limits) };
};

const swapOfMachine = (machine: MachineMemory | null): Swap => {
  if (machine === null) return null;
  const { swapTotalBytes: total, swapFreeBytes: free } = machine;
  return total === null || free === null || total === 0
    ? null
    : { usedBytes: Math.max(0, total - free), limitBytes: total };
};
