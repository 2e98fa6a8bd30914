import * as z from 'zod/mini';

/*
 * Readers for the texts of the kernel's small files. None of them throws: what is missing, odd or too large to be exact is null.
 * Formats: Documentation/admin-guide/cgroup-v1, cgroup-v2.rst, accounting/psi.rst and filesystems/proc.rst of the kernel.
 */

/** At most 16 digits: up to there a double is exact. Cgroup v1 writes "no limit" as a number of 19. */
const amountText = z.string().check(z.regex(/^\d{1,16}$/));
const percentText = z.string().check(z.regex(/^\d{1,3}(?:\.\d{1,4})?$/));
const decimalText = z.string().check(z.regex(/^\d{1,12}(?:\.\d{1,6})?$/));

/** A whole number that is not negative, alone in its text; null for everything else, also for `max`. */
export const amount = (text: string | null | undefined): number | null => {
  const parsed = z.safeParse(amountText, text?.trim());
  return parsed.success && Number.isSafeInteger(Number(parsed.data)) ? Number(parsed.data) : null;
};

/** Like `amount`; a limit of zero is as good as none for somebody who already runs. */
export const limitAmount = (text: string | null | undefined): number | null => {
  const value = amount(text);
  return value === 0 ? null : value;
};

/** Lines of a key and a number: `memory.stat`, `memory.events`, `cpu.stat`, `memory.oom_control`. Only the wanted keys; the first of each counts. */
export const flatKeyed = (text: string | null, wanted: readonly string[]): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  if (text === null) return found;
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const key = line.slice(0, space);
    if (!wanted.includes(key) || found.has(key)) continue;
    const value = amount(line.slice(space + 1));
    if (value !== null) found.set(key, value);
    if (found.size === wanted.length) break;
  }
  return found;
};

/** `/proc/meminfo`, in bytes. */
export interface MachineMemory {
  readonly totalBytes: number;
  /** What can be had without swapping; on kernels before 3.14, which do not tell, free pages, buffers and cache. */
  readonly availableBytes: number;
  readonly swapTotalBytes: number | null;
  readonly swapFreeBytes: number | null;
  /** Slabs that can be given back; null also for none at all, which lxcfs says of what it does not know. */
  readonly slabReclaimableBytes: number | null;
}

export const machineMemory = (text: string | null): MachineMemory | null => {
  if (text === null) return null;
  const kibibytes = new Map<string, number>();
  for (const [, key = '', value = ''] of text.matchAll(/^(\w+):\s+(\d{1,13}) kB$/gm)) kibibytes.set(key, Number(value));
  const bytes = (key: string): number | null => {
    const value = kibibytes.get(key);
    return value === undefined ? null : value * 1024;
  };
  const totalBytes = bytes('MemTotal');
  if (totalBytes === null || totalBytes === 0) return null;
  const free = bytes('MemFree');
  const estimate = free === null ? null : free + (bytes('Buffers') ?? 0) + (bytes('Cached') ?? 0);
  const availableBytes = bytes('MemAvailable') ?? estimate;
  if (availableBytes === null) return null;
  return {
    totalBytes,
    availableBytes: Math.min(availableBytes, totalBytes),
    swapTotalBytes: bytes('SwapTotal'),
    swapFreeBytes: bytes('SwapFree'),
    slabReclaimableBytes: bytes('SReclaimable') || null,
  };
};

/** Pressure stall information: percent of the last ten seconds. `full` is null where the kernel has none. */
export interface Stalls {
  readonly some: number | null;
  readonly full: number | null;
}

/** Null when the file says nothing: on kernels that were built or started without it, reading it fails. */
export const stalls = (text: string | null): Stalls | null => {
  if (text === null) return null;
  const percent = (kind: string): number | null => {
    const value = z.safeParse(percentText, new RegExp(`^${kind} avg10=([\\d.]+)`, 'm').exec(text)?.[1]);
    return value.success ? Math.min(100, Number(value.data)) : null;
  };
  const read = { some: percent('some'), full: percent('full') };
  return read.some === null && read.full === null ? null : read;
};

/** Cores granted by `cpu.max` ("50000 100000", "max 100000"); null when there is no quota. */
export const quotaCores = (quota: string | null | undefined, period: string | null | undefined): number | null => {
  const quotaUs = limitAmount(quota);
  const periodUs = limitAmount(period);
  return quotaUs === null || periodUs === null ? null : quotaUs / periodUs;
};

/** How many processors a list like `0,2-3` names; null when it is none. */
export const listedCpus = (list: string | null | undefined): number | null => {
  const parts = list?.trim().split(',') ?? [];
  let cpus = 0;
  for (const part of parts) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return null;
    cpus += last - first + 1;
  }
  return cpus === 0 ? null : cpus;
};

/** Seconds the machine has run: the first number of `/proc/uptime`. */
export const uptimeSeconds = (text: string | null): number | null => {
  const parsed = z.safeParse(decimalText, text?.trim().split(/\s+/)[0]);
  return parsed.success ? Number(parsed.data) : null;
};

/** One process as `/proc/<pid>/stat` tells it. */
export interface ProcessStat {
  /** At most 15 bytes, as the kernel keeps it; may hold any character. */
  readonly name: string;
  readonly parentPid: number | null;
  readonly threads: number | null;
  /** Clock ticks after the start of the machine. */
  readonly startTicks: number | null;
  /** It has ended; only its parent has not looked yet. */
  readonly isZombie: boolean;
}

/** The name without what a terminal or a page could trip over. */
export const plainName = (name: string): string => name.replace(/[^\x20-\x7e]/g, '?');

export const processStat = (text: string | null): ProcessStat | null => {
  if (text === null) return null;
  // The name stands in brackets and may hold brackets, blanks and line ends itself.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  if (fields.length < 2) return null;
  return {
    name: text.slice(open + 1, close),
    parentPid: amount(fields[1]),
    threads: amount(fields[17]),
    startTicks: amount(fields[19]),
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
  };
};

/** Microseconds all processors worked since the machine started: the `cpu` line of `/proc/stat`, in ticks of 10 ms. */
export const machineCpuUs = (text: string | null): number | null => {
  const match = /^cpu +(\d[\d ]*)/.exec(text ?? '');
  const [user, nice, system, , , irq, softirq, steal] = match?.[1]?.trim().split(/ +/).map(amount) ?? [];
  if (user == null || nice == null || system == null) return null;
  return (user + nice + system + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0)) * 10_000;
};

/** The soft limit of addresses in `/proc/<pid>/limits`, bytes; null when there is none. */
export const addressLimit = (text: string | null): number | null =>
  limitAmount(/^Max address space +(\S+)/m.exec(text ?? '')?.[1]);

/** The soft limit of open files in `/proc/<pid>/limits`; null when there is none. */
export const openFilesLimit = (text: string | null): number | null =>
  limitAmount(/^Max open files +(\S+)/m.exec(text ?? '')?.[1]);
