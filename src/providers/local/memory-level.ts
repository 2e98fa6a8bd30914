import type { KernelMemoryReading } from '../../model/kernel-memory.ts';
import type { FileReader } from '../../model/ports.ts';
import type { CgroupPlaces, CgroupVersion } from './cgroup-places.ts';
import { amount, flatKeyed, type Stalls, stalls } from './figures.ts';

/** What one level of the control groups says about memory, in bytes; null where it says nothing, and where nobody needs it: without a limit. */
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
  /** Memory of the kernel, of which it is not known what could be given back: not in `unreclaimableBytes`. Version 2 tells its parts. */
  readonly kernelBytes: number | null;
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

/** A limit that the machine can not even fill is none. One that is all of it shows that the machine is made up of it, as lxcfs and gVisor do. */
const realLimit = (limits: readonly (number | null)[], machineBytes: number | null): number | null => {
  const known = limits.filter((limit) => limit !== null && limit > 0 && limit < noLimitBytes) as readonly number[];
  const least = known.length === 0 ? null : Math.min(...known);
  return least === null || (machineBytes !== null && least > machineBytes) ? null : least;
};

/** The parts that are only of use next to a limit. To add them up takes the kernel time. */
const withoutLimit = {
  limitBytes: null,
  anonBytes: null,
  fileBytes: null,
  inactiveFileBytes: null,
  unreclaimableBytes: null,
  kernelBytes: null,
  fileRefaultCount: null,
  swapUsedBytes: null,
  swapLimitBytes: null,
  limitHitCount: null,
  throttleHitCount: null,
  stalls: null,
} as const;

const wanted2 = [
  'anon',
  'file',
  'kernel',
  'kernel_stack',
  'pagetables',
  'percpu',
  'sock',
  'shmem',
  'inactive_file',
  'slab_reclaimable',
  'slab_unreclaimable',
  'workingset_refault_file',
] as const;

/**
 * What the kernel keeps for a group of version 2 and can not give back. Its whole (`kernel`, since 5.18) also holds what has no line of its own;
 * buffers of sockets are counted beside it. The parts are what older kernels tell, and the lines need not be of the same instant.
 */
const kernelHeld = (of: ReadonlyMap<string, number>): number => {
  const parts = ['slab_unreclaimable', 'kernel_stack', 'pagetables', 'percpu'].reduce(
    (sum, part) => sum + (of.get(part) ?? 0),
    0,
  );
  const whole = (of.get('kernel') ?? 0) - (of.get('slab_reclaimable') ?? 0);
  return Math.max(parts, whole) + (of.get('sock') ?? 0);
};

const readVersion2 = async (
  files: FileReader,
  folder: string,
  machineBytes: number | null,
): Promise<MemoryLevel | null> => {
  const read = (name: string): Promise<string | null> => files.text(`${folder}/${name}`);
  const usedBytes = amount(await read('memory.current'));
  if (usedBytes === null) return null;
  // Together where they can be: on a remote computer each of them is a round trip.
  const [limit, events] = await Promise.all([read('memory.max'), read('memory.events')]);
  const limitBytes = realLimit([amount(limit)], machineBytes);
  const counts = flatKeyed(events, ['high', 'max', 'oom_kill']);
  const oomKillCount = counts.get('oom_kill') ?? null;
  if (limitBytes === null) return { folder, version: 2, usedBytes, ...withoutLimit, oomKillCount };
  const [stat, swap, swapLimit, pressure] = await Promise.all([
    read('memory.stat'),
    read('memory.swap.current'),
    read('memory.swap.max'),
    read('memory.pressure'),
  ]);
  const of = flatKeyed(stat, wanted2);
  const anon = of.get('anon') ?? null;
  const shmem = of.get('shmem') ?? null;
  return {
    folder,
    version: 2,
    usedBytes,
    limitBytes,
    anonBytes: anon,
    fileBytes: of.get('file') ?? null,
    inactiveFileBytes: of.get('inactive_file') ?? null,
    unreclaimableBytes: anon === null || shmem === null ? null : anon + shmem + kernelHeld(of),
    kernelBytes: null,
    fileRefaultCount: of.get('workingset_refault_file') ?? null,
    swapUsedBytes: amount(swap),
    swapLimitBytes: amount(swapLimit),
    limitHitCount: counts.get('max') ?? null,
    throttleHitCount: counts.get('high') ?? null,
    oomKillCount,
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

const readVersion1 = async (
  files: FileReader,
  folder: string,
  machineBytes: number | null,
): Promise<MemoryLevel | null> => {
  const read = (name: string): Promise<string | null> => files.text(`${folder}/${name}`);
  const usedBytes = amount(await read('memory.usage_in_bytes'));
  if (usedBytes === null) return null;
  const [limit, stat, control] = await Promise.all([
    read('memory.limit_in_bytes'),
    read('memory.stat'),
    read('memory.oom_control'),
  ]);
  const of = flatKeyed(stat, wanted1);
  const memoryBytes = amount(limit);
  // The hierarchical limit also knows of groups that can not be seen from here.
  const limitBytes = realLimit([memoryBytes, of.get('hierarchical_memory_limit') ?? null], machineBytes);
  const oomKillCount = flatKeyed(control, ['oom_kill']).get('oom_kill') ?? null;
  if (limitBytes === null) return { folder, version: 1, usedBytes, ...withoutLimit, oomKillCount };
  const [both, hits, kernel] = await Promise.all([
    read('memory.memsw.limit_in_bytes'),
    read('memory.failcnt'),
    read('memory.kmem.usage_in_bytes'),
  ]);
  const bothBytes = amount(both);
  const inactive = of.get('total_inactive_file') ?? null;
  const anon = of.get('total_rss') ?? null;
  const shmem = of.get('total_shmem') ?? null;
  return {
    folder,
    version: 1,
    usedBytes,
    limitBytes,
    anonBytes: anon,
    fileBytes: of.get('total_cache') ?? null,
    inactiveFileBytes: inactive,
    unreclaimableBytes: anon === null || shmem === null ? null : anon + shmem,
    // Not what TCP buffers: version 1 counts that beside `usage_in_bytes`, with a limit of its own (memory.kmem.tcp.*).
    kernelBytes: amount(kernel),
    fileRefaultCount: of.get('total_workingset_refault_file') ?? null,
    swapUsedBytes: of.get('total_swap') ?? null,
    swapLimitBytes: bothBytes === null || memoryBytes === null ? null : Math.max(0, bothBytes - memoryBytes),
    limitHitCount: amount(hits),
    throttleHitCount: null,
    oomKillCount,
    stalls: null,
  };
};

/** What it takes to tell how much of `kernelBytes` is held; null where something is missing. */
export const readKernelMemory = async (
  files: FileReader,
  usedBytes: number,
  machineSlabBytes: number | null,
): Promise<KernelMemoryReading | null> => {
  const counts = ['dentry-state', 'inode-nr'].map((name) => files.text(`/proc/sys/fs/${name}`, 128));
  const [machineDentries, machineInodes] = (await Promise.all(counts)).map((text) => amount(text?.split(/\s/, 1)[0]));
  if (machineSlabBytes === null || machineDentries == null || machineInodes == null) return null;
  return { usedBytes, machineSlabBytes, machineDentries, machineInodes };
};

/** Reads one level. @param machineBytes the memory of the machine. */
export const readMemoryLevel = (
  files: FileReader,
  version: CgroupVersion,
  folder: string,
  machineBytes: number | null,
): Promise<MemoryLevel | null> => (version === 2 ? readVersion2 : readVersion1)(files, folder, machineBytes);

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

/** Cache that nobody uses takes no room: it is dropped when memory is short. */
const roomOf = ({ limitBytes, usedBytes, inactiveFileBytes }: MemoryLevel): number | null =>
  limitBytes === null ? null : limitBytes - Math.max(0, usedBytes - (inactiveFileBytes ?? 0));
