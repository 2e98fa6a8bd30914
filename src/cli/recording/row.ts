import type { HeapUse } from '../../model/sample.ts';
import type { GroupReading } from './cgroup.ts';
import type { DiskUse } from './disk.ts';
import type { OpenFiles, ProcessUse } from './processes.ts';

/**
 * The columns of a trace. The first 25 are those of the traces the format comes from, in their order; what the recorder adds stands at the end.
 * docs/recording.md says what each means.
 */
export const columns = [
  ...['t_ms', 'mem_usage_bytes', 'mem_limit_bytes', 'mem_working_set_bytes', 'rss', 'cache', 'cpu_used_pct'],
  ...['cpu_throttled_pct', 'pids_current', 'pids_max', 'disk_used_bytes', 'disk_total_bytes', 'oom_kill_count'],
  ...['failcnt', 'open_fds', 'fd_limit', 'proc_count', 'inactive_file', 'active_file', 'pgmajfault', 'refault_file'],
  ...['dirty', 'throttled_ms', 'max_proc_fds', 'usage_max_since_start'],
  ...['anon', 'shmem', 'unreclaimable', 'swap_used_bytes', 'psi_mem_some_avg10', 'psi_mem_full_avg10'],
  ...['psi_cpu_some_avg10', 'limit_hits', 'top_processes', 'command_events', 'heap_processes'],
] as const;

/** A command began. */
export interface CommandStart {
  readonly kind: 'start';
  readonly id: string;
  readonly line: string;
}

/** A command ended; without a code it was killed by a signal. */
export interface CommandEnd {
  readonly kind: 'end';
  readonly id: string;
  readonly exitCode: number | null;
}

export type CommandEvent = CommandStart | CommandEnd;

/** One look at everything. */
export interface Reading {
  readonly tMs: number;
  readonly group: GroupReading;
  readonly disk: DiskUse | null;
  readonly openFiles: OpenFiles | null;
  /** Largest first. */
  readonly processes: readonly ProcessUse[];
  /** What those tell of their own heaps that do. */
  readonly heaps: ReadonlyMap<number, HeapUse>;
  /** What happened since the reading before. */
  readonly events: readonly CommandEvent[];
}

const mostProcesses = 5;
/** Below this, a process explains nothing: shells and pipes would only make the files larger. */
const smallestBytes = 2 ** 20;

/** `pid:ppid:name:ageMs:rssBytes` of up to five processes, joined by `;`. The largest is always there. */
export function formatProcesses(processes: readonly ProcessUse[]): string {
  return processes
    .filter((one, at) => at === 0 || one.rssBytes >= smallestBytes)
    .slice(0, mostProcesses)
    .map(({ pid, parentPid, name, ageMs, rssBytes }) => {
      const safeName = name.replace(/[:;,"\s]/g, '_') || '_';
      return `${pid}:${parentPid}:${safeName}:${ageMs}:${rssBytes}`;
    })
    .join(';');
}

/** `pid:usedBytes:limitBytes` of each process that tells its heap, joined by `;`; with `:unchecked` where no collection has looked through it. */
export function formatHeaps(heaps: ReadonlyMap<number, HeapUse>): string {
  return [...heaps]
    .map(
      ([pid, { usedBytes, limitBytes, unchecked }]) =>
        `${pid}:${usedBytes}:${limitBytes}${unchecked ? ':unchecked' : ''}`,
    )
    .join(';');
}

/** `start:<id>:<percent-encoded line>` or `end:<id>:<exit code or nothing>`, joined by `;`. */
export function formatEvents(events: readonly CommandEvent[]): string {
  return events
    .map((event) =>
      event.kind === 'start'
        ? `start:${event.id}:${encodeURIComponent(event.line)}`
        : `end:${event.id}:${event.exitCode ?? ''}`,
    )
    .join(';');
}

const whole = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '' : String(Math.round(value));
const fixed = (value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value) ? '' : value.toFixed(digits);

/** @returns usage without the file pages the kernel drops first, as the kubelet counts it. */
export function workingSetBytes({ usageBytes, memory }: GroupReading): number | null {
  if (usageBytes === null || memory.inactiveFileBytes === null) return null;
  return Math.max(0, usageBytes - memory.inactiveFileBytes);
}

/** Percent of the CPU quota used since the reading before; 0 for the first. */
export function cpuUsedPercent(now: Reading, before: Reading | null, cores: number): number | null {
  const used = now.group.cpu.usedUs;
  if (used === null) return null;
  const beforeUs = before?.group.cpu.usedUs;
  const elapsedMs = now.tMs - (before?.tMs ?? now.tMs);
  if (beforeUs === null || beforeUs === undefined || elapsedMs <= 0) return 0;
  return Math.max(0, (used - beforeUs) / (elapsedMs * 10 * cores));
}

/** Percent of the scheduler periods since the reading before in which the group was throttled. */
export function throttledPercent(now: Reading, before: Reading | null): number | null {
  const { periodCount, throttledPeriodCount } = now.group.cpu;
  if (periodCount === null || throttledPeriodCount === null) return null;
  const periods = periodCount - (before?.group.cpu.periodCount ?? periodCount);
  const throttled = throttledPeriodCount - (before?.group.cpu.throttledPeriodCount ?? throttledPeriodCount);
  return periods > 0 ? (100 * throttled) / periods : 0;
}

/**
 * One line of a trace, without its end. Percentages are over the time since `before`.
 * @param cores the CPU quota
 */
export function formatRow(now: Reading, before: Reading | null, cores: number): string {
  const { group, disk, openFiles } = now;
  const { memory, cpu } = group;
  return [
    whole(now.tMs),
    ...[group.usageBytes, group.limitBytes, workingSetBytes(group), memory.anonBytes, memory.cacheBytes].map(whole),
    fixed(cpuUsedPercent(now, before, cores), 2),
    fixed(throttledPercent(now, before), 1),
    ...[group.pids, group.pidsMax, disk?.usedBytes, disk?.totalBytes, group.oomKillCount, group.limitHitCount].map(
      whole,
    ),
    ...[openFiles?.total, openFiles?.limit, now.processes.length, memory.inactiveFileBytes].map(whole),
    ...[memory.activeFileBytes, memory.majorFaultCount, memory.fileRefaultCount, memory.dirtyBytes].map(whole),
    fixed(cpu.throttledUs === null ? null : cpu.throttledUs / 1_000, 1),
    ...[openFiles?.most, group.peakBytes, memory.anonBytes, memory.shmemBytes, memory.unreclaimableBytes].map(whole),
    whole(group.swapUsedBytes),
    fixed(group.memoryStall.somePercent, 2),
    fixed(group.memoryStall.fullPercent, 2),
    fixed(group.cpuStall.somePercent, 2),
    whole(group.limitHitCount),
    formatProcesses(now.processes),
    formatEvents(now.events),
    formatHeaps(now.heaps),
  ].join(',');
}
