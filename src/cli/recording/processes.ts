import { readdirSync } from 'node:fs';
import { readOptional } from './group-files.ts';
import { system } from './system.ts';

/** One process of the workload. */
export interface ProcessUse {
  readonly pid: number;
  readonly parentPid: number;
  /** The kernel's short name, at most 15 characters. */
  readonly name: string;
  readonly ageMs: number;
  readonly rssBytes: number;
  /** Clock ticks after the start of the machine. */
  readonly startTicks: number;
}

/** Open files of the workload. */
export interface OpenFiles {
  readonly total: number;
  /** Of the fullest process. */
  readonly most: number;
  /** Soft limit of the fullest process; null when unlimited or unknown. */
  readonly limit: number | null;
}

// Linux reports times to user space in this unit on every architecture Node.js runs on.
const ticksPerSecond = 100;

/**
 * Reads /proc/PID/stat. The name stands in brackets and may hold anything, brackets and blanks too.
 * @param uptimeMs time since the machine started @param pageBytes size of a page
 * @returns null for a zombie or text of another form.
 */
export function parseProcessStat(text: string, uptimeMs: number, pageBytes: number): ProcessUse | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  if (open < 0 || close < open || !Number.isSafeInteger(pid)) return null;
  const fields = text.slice(close + 2).split(' ');
  const startTicks = Number(fields[19]);
  const rssPages = Number(fields[21]);
  if (fields[0] === 'Z' || !Number.isFinite(startTicks) || !Number.isFinite(rssPages)) return null;
  return {
    pid,
    parentPid: Number(fields[1]),
    name: text.slice(open + 1, close),
    ageMs: Math.max(0, Math.round(uptimeMs - (startTicks * 1_000) / ticksPerSecond)),
    rssBytes: rssPages * pageBytes,
    startTicks,
  };
}

/** @returns the soft limit of open files in /proc/PID/limits; null when unlimited or unknown. */
export function parseOpenFileLimit(text: string): number | null {
  const match = /^Max open files\s+(\d+)/m.exec(text);
  return match === null ? null : Number(match[1]);
}

/** Size of a page of memory on this machine. */
export function readPageBytes(): number {
  return Number(system('getconf', 'PAGESIZE')) || 4_096;
}

/** The processes with these ids that still live, largest first. */
export function readProcesses(pids: readonly number[], pageBytes: number): readonly ProcessUse[] {
  const uptimeMs = Number.parseFloat(readOptional('/proc/uptime') ?? '0') * 1_000;
  const found: ProcessUse[] = [];
  for (const pid of pids) {
    const text = readOptional(`/proc/${pid}/stat`);
    const use = text === null ? null : parseProcessStat(text, uptimeMs, pageBytes);
    if (use !== null) found.push(use);
  }
  return found.sort((a, b) => b.rssBytes - a.rssBytes || a.pid - b.pid);
}

function countOpenFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0; // The process ended meanwhile.
  }
}

/** Counts the open files of these processes. Null when none of them lives. */
export function readOpenFiles(pids: readonly number[]): OpenFiles | null {
  let total = 0;
  let most = 0;
  let fullest: number | undefined;
  for (const pid of pids) {
    const count = countOpenFiles(pid);
    total += count;
    if (count > most) {
      most = count;
      fullest = pid;
    }
  }
  if (fullest === undefined) return null;
  return { total, most, limit: parseOpenFileLimit(readOptional(`/proc/${fullest}/limits`) ?? '') };
}
