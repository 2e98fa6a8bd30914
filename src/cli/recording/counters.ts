/**
 * Parsers of the kernel's accounting files. They take the text of a file, know both versions of cgroups by the words in it, and answer null for
 * what is not there. Layout: Linux Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
 */

/** Memory of a cgroup and everything below it, in bytes; counters since the cgroup exists. */
export interface MemoryStat {
  /** Anonymous pages that are mapped. */
  readonly anonBytes: number | null;
  /** Page cache, shared memory and tmpfs files included. */
  readonly cacheBytes: number | null;
  readonly inactiveFileBytes: number | null;
  readonly activeFileBytes: number | null;
  readonly dirtyBytes: number | null;
  readonly shmemBytes: number | null;
  /**
   * What cannot be given back: anonymous pages, shared memory, and with cgroup v2 unreclaimable slab, kernel stacks and page tables.
   * cgroup v1 does not split its kernel memory, so there it is a lower bound.
   */
  readonly unreclaimableBytes: number | null;
  readonly swapUsedBytes: number | null;
  readonly majorFaultCount: number | null;
  /** File pages that had been dropped and were read again. */
  readonly fileRefaultCount: number | null;
}

/** @returns the `name value` lines of a flat-keyed file; lines of another form are left out. */
export function parseFlatKeyed(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(\S+)\s+(\d+)$/.exec(line.trim());
    if (match?.[1] !== undefined) values.set(match[1], Number(match[2]));
  }
  return values;
}

const sum = (...parts: readonly (number | undefined)[]): number | null =>
  parts[0] === undefined ? null : parts.reduce<number>((total, part) => total + (part ?? 0), 0);

/** Reads `memory.stat` of either version. v1 has its own numbers and, as `total_…`, those with all children: the latter count here. */
export function parseMemoryStat(text: string): MemoryStat {
  const values = parseFlatKeyed(text);
  const get = (name: string): number | null => values.get(name) ?? null;
  if (values.has('total_rss')) {
    return {
      anonBytes: get('total_rss'),
      cacheBytes: get('total_cache'),
      inactiveFileBytes: get('total_inactive_file'),
      activeFileBytes: get('total_active_file'),
      dirtyBytes: get('total_dirty'),
      shmemBytes: get('total_shmem'),
      unreclaimableBytes: sum(values.get('total_rss'), values.get('total_shmem')),
      swapUsedBytes: get('total_swap'),
      majorFaultCount: get('total_pgmajfault'),
      fileRefaultCount: get('total_workingset_refault_file'),
    };
  }
  return {
    anonBytes: get('anon'),
    cacheBytes: get('file'),
    inactiveFileBytes: get('inactive_file'),
    activeFileBytes: get('active_file'),
    dirtyBytes: get('file_dirty'),
    shmemBytes: get('shmem'),
    unreclaimableBytes: sum(
      values.get('anon'),
      values.get('shmem'),
      values.get('slab_unreclaimable'),
      values.get('kernel_stack'),
      values.get('pagetables'),
    ),
    swapUsedBytes: null,
    majorFaultCount: get('pgmajfault'),
    fileRefaultCount: get('workingset_refault_file'),
  };
}

/** Processor time of a cgroup since it exists. */
export interface CpuStat {
  /** Null with v1, where `cpuacct.usage` has it. */
  readonly usedUs: number | null;
  readonly periodCount: number | null;
  readonly throttledPeriodCount: number | null;
  readonly throttledUs: number | null;
}

/** Reads `cpu.stat` of either version: v1 counts throttled time in nanoseconds, v2 in microseconds. */
export function parseCpuStat(text: string): CpuStat {
  const values = parseFlatKeyed(text);
  const throttledNs = values.get('throttled_time');
  return {
    usedUs: values.get('usage_usec') ?? null,
    periodCount: values.get('nr_periods') ?? null,
    throttledPeriodCount: values.get('nr_throttled') ?? null,
    throttledUs: throttledNs === undefined ? (values.get('throttled_usec') ?? null) : throttledNs / 1_000,
  };
}

/** Pressure stall information: share of the last 10 s, in percent. */
export interface Stall {
  readonly somePercent: number | null;
  readonly fullPercent: number | null;
}

/** Reads a `*.pressure` file. */
export function parsePressure(text: string): Stall {
  const average = (kind: string): number | null => {
    const match = new RegExp(`^${kind} avg10=(\\d+(?:\\.\\d+)?)`, 'm').exec(text);
    return match === null ? null : Number(match[1]);
  };
  return { somePercent: average('some'), fullPercent: average('full') };
}

/** @returns a limit in its unit; null for `max`, for v1's "unlimited" (just below 2^63) and for anything else that is no number. */
export function parseLimit(text: string): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value < 2 ** 62 ? value : null;
}
