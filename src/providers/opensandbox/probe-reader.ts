import { defaultHeap } from '../../model/heap-defaults.ts';
import { KernelMemory } from '../../model/kernel-memory.ts';
import { processName } from '../../model/process-name.ts';
import type {
  BytesReading,
  CountReading,
  CpuReading,
  HeapLimit,
  MemoryReading,
  OpenFilesReading,
  ProcessReading,
  Sample,
  SampleSource,
} from '../../model/sample.ts';
import type { ProbeLine } from './probe-line.ts';

/** What a reader needs to know of its sandbox. */
export interface ProbeReaderOptions {
  readonly sandboxId: string;
  /** Time between two lines that the probe intends, in milliseconds. */
  readonly cadenceMs: number;
  /** Why the data is poorer than it could be, or null. */
  readonly caveat: string | null;
}

/** Turns the lines of one sandbox's probe, in their order, into samples. Keep it over reconnections: the counters run on. */
export interface ProbeReader {
  /** `receivedAtMs`: this computer's clock when the line came in. Never throws. */
  read(line: ProbeLine, receivedAtMs: number): Sample;
}

/** How the probe, which cannot write blanks there, calls the limit on addresses. */
const addressLimit = 'ulimit-v';

/** Further apart than this, the two clocks no longer tell of the same time: one was set, or the sandbox slept. */
const maxClockDriftMs = 5000;

export function createProbeReader(options: ProbeReaderOptions): ProbeReader {
  const clock = createLineClock();
  const cpu = createCpuMeter();
  const counters = createMemoryCounters();
  const kernel = createKernelMeter();
  return {
    read(line, receivedAtMs) {
      const memory = memoryOf(line, counters(line), kernel(line));
      const sample: Sample = {
        kind: 'sample',
        sandboxId: options.sandboxId,
        ...clock(line.t, receivedAtMs),
        source: memory?.source ?? 'machine',
        cadenceMs: options.cadenceMs,
        caveat: options.caveat,
      };
      return Object.assign(
        sample,
        present({
          memory: memory?.reading,
          swap: swapOf(line),
          cpu: cpu(line),
          disk: bytesOf(line.disk),
          inodes: inodesOf(line),
          pids: line.pids === null ? undefined : { used: line.pids, limit: line.pidsMax },
          fds: openFilesOf(line),
          processes: processesOf(line),
        }),
      );
    },
  };
}

/** Leaves out what is undefined: an absent signal has no key. */
function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * Times lines by the probe's own clock, so that the network's jitter does not bend slopes. A line can only come late, never early: the
 * shortest way seen so far places the probe's clock on ours. Further apart than `maxClockDriftMs` it starts anew. How much longer a line took
 * is told as well: it grows when the sandbox has no processor time to spare.
 */
function createLineClock(): (
  uptimeSeconds: number | null,
  receivedAtMs: number,
) => { readonly atMs: number; readonly lateMs?: number } {
  let offsetMs: number | null = null;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  return (uptimeSeconds, receivedAtMs) => {
    let atMs = receivedAtMs;
    let lateMs: number | null = null;
    if (uptimeSeconds !== null) {
      const lineOffsetMs = receivedAtMs - uptimeSeconds * 1000;
      const anchored = offsetMs !== null && Math.abs(lineOffsetMs - offsetMs) <= maxClockDriftMs;
      offsetMs = anchored && offsetMs !== null ? Math.min(offsetMs, lineOffsetMs) : lineOffsetMs;
      lateMs = Math.round(lineOffsetMs - offsetMs);
      atMs = uptimeSeconds * 1000 + offsetMs;
      // Where the clocks still agree time must not run backwards, even when this line was the first to come without delay.
      if (anchored) atMs = Math.min(Math.max(atMs, lastAtMs), receivedAtMs);
    }
    lastAtMs = Math.round(atMs);
    return { atMs: lastAtMs, ...(lateMs === null ? {} : { lateMs }) };
  };
}

interface CpuCounters {
  readonly t: number;
  readonly cg: number;
  readonly cpuUs: number;
  readonly periods: number | null;
  readonly throttled: number | null;
}

/** Rates from counters: nothing for the first line, and nothing across a restart, where counters fall back. */
function createCpuMeter(): (line: ProbeLine) => CpuReading | undefined {
  let last: CpuCounters | null = null;
  return (line) => {
    const { t, cg, cpuUs, periods, throttled } = line;
    if (t === null || cpuUs === null) return undefined;
    const before = last;
    last = { t, cg, cpuUs, periods, throttled };
    if (before === null || before.cg !== cg || t <= before.t || cpuUs < before.cpuUs) return undefined;
    const usedCores = (cpuUs - before.cpuUs) / 1e6 / (t - before.t);
    if (!Number.isFinite(usedCores)) return undefined;
    return { usedCores, limitCores: coresOf(line), throttledRatio: throttledRatio(before, last) };
  };
}

function coresOf(line: ProbeLine): number | null {
  const quota = line.quotaUs === null || line.periodUs === null ? null : line.quotaUs / line.periodUs;
  if (quota === null || !Number.isFinite(quota) || quota <= 0) return line.cpus;
  return line.cpus === null ? quota : Math.min(quota, line.cpus);
}

function throttledRatio(before: CpuCounters, now: CpuCounters): number | null {
  if (before.periods === null || before.throttled === null || now.periods === null || now.throttled === null)
    return null;
  const periods = now.periods - before.periods;
  const throttled = now.throttled - before.throttled;
  if (periods < 0 || throttled < 0) return null;
  return periods === 0 ? 0 : Math.min(1, throttled / periods);
}

type MemoryCounters = Pick<MemoryReading, 'oomKillCount' | 'limitHitCount' | 'throttleHitCount'>;

/**
 * Another level of the cgroups has counters of its own: they are put on top of what was told before, so that a change of level never looks
 * like a kill. Counters that fall within one level tell of a restart and are passed on as they are.
 */
function createMemoryCounters(): (line: ProbeLine) => MemoryCounters {
  let level: number | null = null;
  const oomKill = createShiftedCounter();
  const hits = createShiftedCounter();
  const high = createShiftedCounter();
  const below = createSumCounter();
  return (line) => {
    const moved = level !== null && line.level !== level;
    level = line.level;
    const throttleHits = high(line.high, moved);
    const kills = oomKill(line.oomKill, moved);
    const killsBelow = below(line.oomBelow, moved);
    return {
      oomKillCount: kills === null ? null : kills + killsBelow,
      limitHitCount: hits(line.hits, moved),
      ...(throttleHits === null ? {} : { throttleHitCount: throttleHits }),
    };
  };
}

/** The rises of a sum over groups that come and go: it falls when one of them vanishes, which takes nothing back. */
function createSumCounter(): (value: number | null, moved: boolean) => number {
  let last: number | null = null;
  let sum = 0;
  return (value, moved) => {
    if (value !== null && last !== null && !moved) sum += Math.max(0, value - last);
    last = value;
    return sum;
  };
}

function createShiftedCounter(): (value: number | null, moved: boolean) => number | null {
  let lastValue: number | null = null;
  let shift = 0;
  return (value, moved) => {
    if (value === null) return null;
    if (moved && lastValue !== null) shift += lastValue - value;
    else if (lastValue !== null && value < lastValue) shift = 0;
    lastValue = value;
    return value + shift;
  };
}

function memoryOf(
  line: ProbeLine,
  counters: MemoryCounters,
  kernelBytes: number,
): { source: SampleSource; reading: MemoryReading } | undefined {
  const { mem, memTotal, memAvail } = line;
  if (line.cg !== 0 && mem !== null) {
    return {
      source: 'cgroup',
      reading: {
        usedBytes: mem,
        workingSetBytes: Math.max(0, mem - (line.inactive ?? 0)),
        limitBytes: limitOf(line),
        anonBytes: line.anon,
        ...counters,
        // On a cgroup without its own, the machine's would speak of the neighbours.
        stalledPercent: line.psi === 2 ? line.stall : null,
        ...unreclaimableOf(line, kernelBytes),
      },
    };
  }
  if (memTotal === null || memAvail === null) return undefined;
  const usedBytes = Math.max(0, memTotal - memAvail);
  return {
    source: 'machine',
    reading: {
      usedBytes,
      workingSetBytes: usedBytes,
      limitBytes: memTotal,
      anonBytes: null,
      oomKillCount: null,
      limitHitCount: null,
      stalledPercent: line.psi === 1 ? line.stall : null,
    },
  };
}

/** Older kernels do not tell shared memory apart; then it is not known what could be given back. */
function unreclaimableOf(
  { mem, anon, shmem }: ProbeLine,
  kernelBytes: number,
): Pick<MemoryReading, 'unreclaimableBytes'> {
  if (mem === null || anon === null || shmem === null) return {};
  return { unreclaimableBytes: Math.min(mem, anon + shmem + kernelBytes) };
}

/** What of the kernel's memory cannot be given back: told by cgroup v2, concluded from its growth on v1. */
function createKernelMeter(): (line: ProbeLine) => number {
  const memory = new KernelMemory();
  return ({ cg, level, kernel, kmem, slab, dentries, files }) => {
    if (cg !== 1) return kernel ?? 0;
    const isTold = kmem !== null && slab !== null && dentries !== null && files !== null;
    const reading = isTold
      ? { usedBytes: kmem, machineSlabBytes: slab, machineDentries: dentries, machineInodes: files }
      : null;
    return memory.held(String(level), reading);
  };
}

/** A limit that the machine cannot even fill is none. One that is all of it shows that the machine is made up of it, as lxcfs does. */
function limitOf(line: ProbeLine): number | null {
  return line.memMax === null || (line.memTotal !== null && line.memMax > line.memTotal) ? null : line.memMax;
}

/** Where the machine has no swap, nobody can use any, whatever the cgroup says. */
function swapOf(line: ProbeLine): BytesReading | undefined {
  const { swap, swapTotal, swapFree } = line;
  if (line.cg !== 0 && line.mem !== null) {
    if (swap === null || swapTotal === 0 || line.swapMax === 0) return undefined;
    const limits = [line.swapMax, swapTotal].filter((limit) => limit !== null);
    return { usedBytes: swap, limitBytes: limits.length === 0 ? null : Math.min(...limits) };
  }
  if (swapTotal === null || swapFree === null || swapTotal === 0) return undefined;
  return { usedBytes: Math.max(0, swapTotal - swapFree), limitBytes: swapTotal };
}

function bytesOf(room: ProbeLine['disk']): BytesReading | undefined {
  const limitBytes = room === null ? 0 : room.used + room.free;
  return room === null || limitBytes <= 0 || !Number.isFinite(limitBytes)
    ? undefined
    : { usedBytes: room.used, limitBytes };
}

function inodesOf(line: ProbeLine): CountReading | undefined {
  const room = bytesOf(line.inodes);
  return room === undefined ? undefined : { used: room.usedBytes, limit: room.limitBytes };
}

function openFilesOf(line: ProbeLine): OpenFilesReading | undefined {
  return line.fds === null ? undefined : { used: line.fds.used, limit: line.fds.max, pid: line.fds.pid };
}

function processesOf(line: ProbeLine): readonly ProcessReading[] | undefined {
  if (line.procs === null) return undefined;
  return line.procs
    .filter((process) => process !== null)
    .map((process) => ({
      pid: process.pid,
      parentPid: process.ppid,
      name: processName(process.name),
      rssBytes: process.rss,
      ageMs: process.ageMs,
      ...(process.start === null ? {} : { startTicks: process.start }),
      heapLimit: heapLimitOf(process.heap, line) ?? heapByDefault(processName(process.name), line),
      ...addressesOf(process),
    }))
    .sort((a, b) => b.rssBytes - a.rssBytes);
}

/** Of a limit on addresses the probe tells how many are taken. */
function addressesOf({ heap, space }: ProbeProcess): Pick<ProcessReading, 'heap'> {
  if (heap?.by !== addressLimit || heap.bytes === null || typeof space !== 'number') return {};
  return { heap: { usedBytes: space, limitBytes: heap.bytes, addresses: true } };
}

type ProbeProcess = NonNullable<NonNullable<ProbeLine['procs']>[number]>;
type ProbeHeap = NonNullable<ProbeProcess['heap']>;

/** What nobody set, the runtime chooses. The probe tells flags only, so the runtime is known by its name. */
function heapByDefault(name: string, line: ProbeLine): HeapLimit | null {
  const whole = limitOf(line) ?? line.memTotal;
  const runtime = /^(node|java)\d*$/.exec(name)?.[1];
  return whole === null || (runtime !== 'node' && runtime !== 'java') ? null : defaultHeap(runtime, whole);
}

/** A share is one of the limit that the runtime sees: the cgroup's, or the machine's where there is none. */
function heapLimitOf(heap: ProbeHeap | null, line: ProbeLine): HeapLimit | null {
  if (heap === null) return null;
  const whole = limitOf(line) ?? line.memTotal;
  const bytes = heap.bytes ?? (heap.percent === null || whole === null ? null : (whole * heap.percent) / 100);
  if (bytes === null || !Number.isFinite(bytes) || bytes < 1) return null;
  if (heap.by === addressLimit) return { limitBytes: bytes, source: 'ulimit -v' };
  return { limitBytes: Math.round(bytes), source: heap.via === null ? heap.by : `${heap.by} (${heap.via})` };
}
