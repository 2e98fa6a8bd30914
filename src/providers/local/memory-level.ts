import type { FileReader } from '../../model/ports.ts';
import type { CgroupPlaces, CgroupVersion } from './cgroup-places.ts';
import { amount, flatKeyed, type Stalls, stalls } from './figures.ts';

/** What one level of the control groups says about memory, in bytes; null where it says nothing. */
export interface MemoryLevel {
  readonly folder: string;
  readonly version: CgroupVersion;
  readonly usedBytes: number;
  /** The limit of this level, or one above that it knows of; null when there is none below the machine's memory. */
  readonly limitBytes: number | null;
  readonly anonBytes: number | null;
  readonly fileBytes: number | null;
  readonly inactiveFileBytes: number | null;
  readonly unreclaimableBytes: number | null;
  readonly fileRefaultCount: number | null;
  readonly swapUsedBytes: number | null;
  /** Null: no limit of its own, or none that can be read. */
  readonly swapLimitBytes: number | null;
  readonly limitHitCount: number | null;
  /** Of the line where the kernel slows processes down; version 1 has none. */
  readonly throttleHitCount: number | null;
  readonly oomKillCount: number | null;
  /** Of this group alone; null where the kernel keeps none for groups. */
  readonly stalls: Stalls | null;
}

/** Above this, version 1 means "none". */
const noLimitBytes = 2 ** 62;

const wanted2 = [
  'anon',
  'file',
  'kernel_stack',
  'pagetables',
  'shmem',
  'inactive_file',
  'slab_unreclaimable',
  'workingset_refault_file',
] as const;

const readVersion2 = async (files: FileReader, folder: string): Promise<MemoryLevel | null> => {
  const read = (name: string): Promise<string | null> => files.text(`${folder}/${name}`);
  const usedBytes = amount(await read('memory.current'));
  if (usedBytes === null) return null;
  const [limit, stat, events, swap, swapLimit, pressure] = await Promise.all([
    read('memory.max'),
    read('memory.stat'),
    read('memory.events'),
    read('memory.swap.current'),
    read('memory.swap.max'),
    read('memory.pressure'),
  ]);
  const of = flatKeyed(stat, wanted2);
  const counts = flatKeyed(events, ['high', 'max', 'oom_kill']);
  const anon = of.get('anon') ?? null;
  const shmem = of.get('shmem') ?? null;
  const kernel = [of.get('slab_unreclaimable'), of.get('kernel_stack'), of.get('pagetables')];
  return {
    folder,
    version: 2,
    usedBytes,
    limitBytes: amount(limit),
    anonBytes: anon,
    fileBytes: of.get('file') ?? null,
    inactiveFileBytes: of.get('inactive_file') ?? null,
    unreclaimableBytes:
      anon === null || shmem === null ? null : kernel.reduce<number>((sum, part) => sum + (part ?? 0), anon + shmem),
    fileRefaultCount: of.get('workingset_refault_file') ?? null,
    swapUsedBytes: amount(swap),
    swapLimitBytes: amount(swapLimit),
    limitHitCount: counts.get('max') ?? null,
    throttleHitCount: counts.get('high') ?? null,
    oomKillCount: counts.get('oom_kill') ?? null,
    stalls: stalls(pressure),
  };
};

const wanted1 = [
  'hierarchical_memory_limit',
  'total_cache',
  'total_rss',
  'total_shmem',
  'total_swap',
  'total_workingset_refault_file',
  'total_inactive_file',
] as const;

const readVersion1 = async (files: FileReader, folder: string): Promise<MemoryLevel | null> => {
  const read = (name: string): Promise<string | null> => files.text(`${folder}/${name}`);
  const usedBytes = amount(await read('memory.usage_in_bytes'));
  if (usedBytes === null) return null;
  const [limit, stat, hits, control, both] = await Promise.all([
    read('memory.limit_in_bytes'),
    read('memory.stat'),
    read('memory.failcnt'),
    read('memory.oom_control'),
    read('memory.memsw.limit_in_bytes'),
  ]);
  const of = flatKeyed(stat, wanted1);
  // The hierarchical limit also knows of groups that can not be seen from here.
  const limits = [amount(limit), of.get('hierarchical_memory_limit') ?? null].filter((each) => each !== null);
  const limitBytes = limits.length === 0 ? null : Math.min(...limits);
  const inactive = of.get('total_inactive_file') ?? null;
  const anon = of.get('total_rss') ?? null;
  const shmem = of.get('total_shmem') ?? null;
  const bothBytes = amount(both);
  const memoryBytes = amount(limit);
  return {
    folder,
    version: 1,
    usedBytes,
    limitBytes,
    anonBytes: anon,
    fileBytes: of.get('total_cache') ?? null,
    inactiveFileBytes: inactive,
    // Version 1 does not tell which part of the kernel's memory could go.
    unreclaimableBytes: anon === null || shmem === null ? null : anon + shmem,
    fileRefaultCount: of.get('total_workingset_refault_file') ?? null,
    swapUsedBytes: of.get('total_swap') ?? null,
    swapLimitBytes: bothBytes === null || memoryBytes === null ? null : Math.max(0, bothBytes - memoryBytes),
    limitHitCount: amount(hits),
    throttleHitCount: null,
    oomKillCount: flatKeyed(control, ['oom_kill']).get('oom_kill') ?? null,
    stalls: null,
  };
};

/**
 * Reads one level.
 * @param machineBytes the memory of the machine: a limit that it can not even fill is none.
 */
export const readMemoryLevel = async (
  files: FileReader,
  version: CgroupVersion,
  folder: string,
  machineBytes: number | null,
): Promise<MemoryLevel | null> => {
  const level = await (version === 2 ? readVersion2(files, folder) : readVersion1(files, folder));
  const limit = level?.limitBytes ?? null;
  const isReal = limit !== null && limit < noLimitBytes && (machineBytes === null || limit < machineBytes);
  return level === null || isReal ? level : { ...level, limitBytes: null };
};

/**
 * The level that ends first: the one with the least room between use and limit. Without any limit, the own one.
 * @returns null when no level can be read.
 */
export const tightestMemory = async (
  files: FileReader,
  places: CgroupPlaces,
  machineBytes: number | null,
): Promise<MemoryLevel | null> => {
  if (places.memory === null) return null;
  const { version, levels } = places.memory;
  let tightest: MemoryLevel | null = null;
  for (const folder of levels) {
    const level = await readMemoryLevel(files, version, folder, machineBytes);
    if (level === null) continue;
    const room = roomOf(level);
    if (tightest === null || (room !== null && room < (roomOf(tightest) ?? Number.POSITIVE_INFINITY))) tightest = level;
  }
  return tightest;
};

const roomOf = ({ limitBytes, usedBytes }: MemoryLevel): number | null =>
  limitBytes === null ? null : limitBytes - usedBytes;
