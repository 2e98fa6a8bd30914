import { KernelMemory } from '../../model/kernel-memory.ts';
import type { FileReader, Log, ProcessOwners } from '../../model/ports.ts';
import type { CpuReading, MemoryReading, OpenFilesReading, PidsReading, SampleSource } from '../../model/sample.ts';
import type { CgroupPlaces, Levels } from './cgroup-places.ts';
import { findCgroups } from './cgroup-places.ts';
import { Counter } from './counter.ts';
import { type CpuLimit, CpuMeter, readCpuCounters, readCpuLimit, readCpuStalls } from './cpu-meter.ts';
import { amount, limitAmount, type MachineMemory, machineMemory, stalls, uptimeSeconds } from './figures.ts';
import { KillsBelow } from './kills-below.ts';
import { type MemoryLevel, readKernelMemory, readMemoryLevel, tightestMemory } from './memory-level.ts';
import { fullestOpenFiles } from './open-files.ts';
import { Changes, Presence } from './presence.ts';
import { ProcessList, type ProcessScan } from './processes.ts';
import type { Reading } from './reading.ts';
import { swapOfGroup, swapOfMachine } from './swap.ts';

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
/** From this share of their limit on it is worth knowing what starts the processes. */
const crowdedFrom = 0.5;
/** So many readings in a row may lack the parts of memory before it counts as their absence. */
const mostMissed = 3;

/** Reads one Linux machine or container. Keep it: rates, and counters over a change of group, need what was before. */
export class LinuxReader {
  readonly #files: FileReader;
  readonly #log: Log;
  readonly #processes: ProcessList;
  readonly #scanEverySeconds: number;
  readonly #countsOpenFiles: boolean;
  readonly #cpu: CpuMeter;
  readonly #kills: Counter;
  readonly #killsBelow: KillsBelow;
  readonly #kernel = new KernelMemory();
  readonly #hits: Counter;
  readonly #throttleHits: Counter;
  readonly #refaults: Counter;
  readonly #presence: Presence;
  readonly #changes: Changes;
  #places: CgroupPlaces | null = null;
  #memoryFolder: string | null = null;
  #cpuLimit: CpuLimit = { cores: null, folder: null };
  #pidsLevel: string | null = null;
  #readings = 0;
  #lastLimit: number | null | undefined;
  #lastKills: number | null = null;
  #scanned: { readonly atSeconds: number; readonly usedBytes: number } | null = null;
  #pids: readonly number[] = [];
  #openFilesAt = Number.NEGATIVE_INFINITY;
  #spawner: NonNullable<PidsReading['spawner']> | null = null;
  /** How many readings in a row lacked the parts of memory, in the group that has told them. */
  #partsGap: { readonly folder: string; readonly missed: number } | null = null;

  constructor(options: LinuxReaderOptions) {
    this.#files = options.files;
    this.#log = options.log;
    this.#cpu = new CpuMeter(options.log);
    this.#kills = new Counter('kills', options.log);
    this.#killsBelow = new KillsBelow(options.files);
    this.#hits = new Counter('hits of the memory limit', options.log);
    this.#throttleHits = new Counter('hits of the throttle line of memory', options.log);
    this.#refaults = new Counter('pages read again', options.log);
    this.#presence = new Presence(options.log);
    this.#changes = new Changes(options.log);
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
    const kills = level === null ? null : await this.#readKills(level, clock);
    this.#tellPresence(level, machine, atSeconds);
    const memory = isLimited ? await this.#ofGroup(level, kills, machine) : await this.#ofMachine(machine);
    const swap = isLimited ? swapOfGroup(level, machine) : swapOfMachine(machine);
    const counted = places === null ? null : await this.#readPids(places);
    const killed = kills !== null && this.#lastKills !== null && kills > this.#lastKills;
    this.#lastKills = kills ?? this.#lastKills;
    const scan = await this.#scan(atSeconds, clock, isLimited ? level : null, memory, machine, killed);
    const pids = await this.#withSpawner(counted, scan !== null);
    const fds = await this.#openFiles(clock);
    return {
      source: isLimited ? 'cgroup' : ('machine' satisfies SampleSource),
      caveats: [],
      ...(memory === null ? {} : { memory }),
      ...(swap === null ? {} : { swap }),
      ...(cpu === null ? {} : { cpu }),
      ...(pids === null ? {} : { pids }),
      ...(scan === null ? {} : { processes: scan.processes, ended: scan.ended }),
      ...(fds === null ? {} : { fds }),
      oomKillCount: kills,
    };
  }

  async #search(machine: MachineMemory | null): Promise<MemoryLevel | null> {
    const before = this.#places;
    this.#places = await findCgroups(this.#files);
    this.#cpuLimit = await readCpuLimit(this.#files, this.#places);
    this.#changes.tell('The limit of processors', this.#cpuLimit.cores);
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

  #tellPresence(level: MemoryLevel | null, machine: MachineMemory | null, atSeconds: number | null): void {
    this.#presence.tell('the memory of the machine (/proc/meminfo)', machine !== null);
    this.#presence.tell('the clock of the machine (/proc/uptime)', atSeconds !== null);
    // Without a group there is nothing that could lack a part; that it is gone has been said.
    if (level === null) return;
    const { folder } = level;
    this.#presence.tell(`the kernel's count of kills (${folder})`, level.oomKillCount !== null);
    // Without a limit nobody looked at the rest.
    if (level.limitBytes === null) return;
    this.#presence.tell(`the parts of memory (${folder}/memory.stat)`, hasParts(level));
    this.#presence.tell(`the count of hits of the limit (${folder})`, level.limitHitCount !== null);
  }

  /** Without its parts all of the page cache would look like pressure: such a reading is left out, unless it stays so. */
  #lacksParts(level: MemoryLevel): boolean {
    if (hasParts(level)) {
      this.#partsGap = { folder: level.folder, missed: 0 };
      return false;
    }
    const gap = this.#partsGap;
    if (gap === null || gap.folder !== level.folder || gap.missed >= mostMissed) return false;
    this.#partsGap = { folder: gap.folder, missed: gap.missed + 1 };
    return true;
  }

  /** Version 1 counts a kill only where the process was. Without a limit there is nothing that groups below could use up. */
  async #readKills(level: MemoryLevel, clock: number): Promise<number | null> {
    const { folder, version, limitBytes } = level;
    const counted = this.#kills.read(folder, level.oomKillCount);
    if (counted === null) return null;
    if (version === 1 && limitBytes !== null) {
      const levels = this.#places?.memory?.levels ?? [];
      const between = levels.slice(0, Math.max(0, levels.indexOf(folder)));
      await this.#killsBelow.read(folder, between, clock, this.#scanEverySeconds);
    }
    return counted + this.#killsBelow.kills;
  }

  /** What counts of the kernel's memory where the group does not tell its parts. */
  async #kernelHeld({ folder, kernelBytes }: MemoryLevel, machine: MachineMemory | null): Promise<number> {
    const slabBytes = machine?.slabReclaimableBytes ?? null;
    const reading = kernelBytes === null ? null : await readKernelMemory(this.#files, kernelBytes, slabBytes);
    return this.#kernel.held(folder, reading);
  }

  async #ofGroup(
    level: MemoryLevel,
    kills: number | null,
    machine: MachineMemory | null,
  ): Promise<MemoryReading | null> {
    const { folder, usedBytes } = level;
    const unreclaimableBytes =
      level.unreclaimableBytes === null ? null : level.unreclaimableBytes + (await this.#kernelHeld(level, machine));
    const refaults = this.#refaults.read(folder, level.fileRefaultCount);
    const limitHitCount = this.#hits.read(folder, level.limitHitCount);
    const throttleHits = this.#throttleHits.read(folder, level.throttleHitCount);
    if (this.#lacksParts(level)) return null;
    return {
      usedBytes,
      workingSetBytes: Math.max(0, usedBytes - (level.inactiveFileBytes ?? 0)),
      limitBytes: level.limitBytes,
      anonBytes: level.anonBytes,
      oomKillCount: kills,
      limitHitCount,
      // The machine's would speak of the neighbours.
      stalledPercent: level.stalls?.full ?? null,
      ...(unreclaimableBytes === null ? {} : { unreclaimableBytes: Math.min(unreclaimableBytes, usedBytes) }),
      ...(throttleHits === null ? {} : { throttleHitCount: throttleHits }),
      ...(refaults === null ? {} : { fileRefaultCount: refaults }),
    };
  }

  async #ofMachine(machine: MachineMemory | null): Promise<MemoryReading | null> {
    if (machine === null) return null;
    const usedBytes = machine.totalBytes - machine.availableBytes;
    const full = stalls(await this.#files.text('/proc/pressure/memory'))?.full ?? null;
    return {
      usedBytes,
      workingSetBytes: usedBytes,
      limitBytes: machine.totalBytes,
      anonBytes: null,
      oomKillCount: null,
      limitHitCount: null,
      stalledPercent: full,
    };
  }

  async #readCpu(places: CgroupPlaces, clock: number): Promise<CpuReading | null> {
    const { cores, folder } = this.#cpuLimit;
    const counters = await readCpuCounters(this.#files, places, folder, clock);
    const waited = await readCpuStalls(this.#files, places, folder, this.#lastLimit != null);
    return this.#cpu.read(counters, cores, waited?.some ?? null);
  }

  async #readPids(places: CgroupPlaces): Promise<PidsReading | null> {
    const folder = this.#pidsLevel ?? places.pids?.[0];
    if (folder === undefined) return null;
    const used = amount(await this.#files.text(`${folder}/pids.current`, 64));
    this.#presence.tell(`the number of processes (${folder}/pids.current)`, used !== null);
    if (used === null) return null;
    const limit = limitAmount(await this.#files.text(`${folder}/pids.max`, 64));
    this.#changes.tell(`The limit of processes (${folder}/pids.max)`, limit);
    return { used, limit };
  }

  /** Names the process that starts the others, once they are many: it is looked for as often as the largest ones. */
  async #withSpawner(pids: PidsReading | null, scanned: boolean): Promise<PidsReading | null> {
    if (pids === null || pids.limit === null || pids.used < crowdedFrom * pids.limit) {
      this.#spawner = null;
      return pids;
    }
    if (scanned) this.#spawner = await this.#processes.spawner(this.#pids, pids.used);
    return this.#spawner === null ? pids : { ...pids, spawner: this.#spawner };
  }

  async #scan(
    uptime: number | null,
    clock: number,
    level: MemoryLevel | null,
    memory: MemoryReading | null,
    machine: MachineMemory | null,
    killed: boolean,
  ): Promise<ProcessScan | null> {
    const usedBytes = memory?.usedBytes ?? 0;
    const limitBytes = memory?.limitBytes ?? Number.POSITIVE_INFINITY;
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
    const scan = await this.#processes.scan(levels, uptime, whole);
    this.#pids = scan.pids;
    // A place without processes there is none: nothing could be looked at.
    return scan.pids.length === 0 ? null : scan;
  }

  async #openFiles(clock: number): Promise<OpenFilesReading | null> {
    if (!this.#countsOpenFiles) return null;
    if (clock >= this.#openFilesAt && clock - this.#openFilesAt < openFilesEverySeconds) return null;
    this.#openFilesAt = clock;
    return fullestOpenFiles(this.#files, this.#pids);
  }
}

const hasParts = ({ inactiveFileBytes, anonBytes }: MemoryLevel): boolean =>
  inactiveFileBytes !== null || anonBytes !== null;

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
