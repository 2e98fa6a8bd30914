import { readdirSync, readFileSync } from 'node:fs';

/** What a process uses. */
export interface ProcessUse {
  readonly pid: number;
  readonly parentPid: number;
  /** The one-letter state: R, S, D, T (stopped) … */
  readonly state: string;
  readonly rssBytes: number;
  /** Anonymous resident memory: what counts towards a memory limit and cannot be dropped. */
  readonly rssAnonBytes: number;
  /** User and system time so far, in microseconds. */
  readonly cpuUs: number;
  /** The short name. */
  readonly name: string;
}

/** What `/proc` says about one process. */
export interface ProcessInfo extends ProcessUse {
  /** The command line with blanks between the arguments, or the name when it has none. */
  readonly command: string;
}

const ticksPerSecond = 100;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // The process ended between listing and reading, or belongs to somebody else.
  }
}

/** All process ids of the machine. */
export function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The environment block of a process as text with NUL between the entries, or undefined when it cannot be read. */
export function readEnvironment(pid: number): string | undefined {
  return readText(`/proc/${pid}/environ`);
}

/** What a process uses, or undefined when it is gone or a zombie. */
export function readProcessUse(pid: number): ProcessUse | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const status = readText(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '?';
  if (state === 'Z' || state === 'X') return undefined;
  const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    pid,
    parentPid: Number(fields[1] ?? 0),
    state,
    rssBytes: kib('VmRSS') * 1024,
    rssAnonBytes: kib('RssAnon') * 1024,
    cpuUs: ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000_000) / ticksPerSecond,
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
  };
}

/** The same with the command line. */
export function readProcess(pid: number): ProcessInfo | undefined {
  const use = readProcessUse(pid);
  if (use === undefined) return undefined;
  const commandLine = (readText(`/proc/${pid}/cmdline`) ?? '').replace(/\0+$/, '').replaceAll('\0', ' ');
  return { ...use, command: commandLine === '' ? use.name : commandLine };
}

/** Sends a signal and says whether the process (or the group, for a negative number) was still there. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // Already gone: exactly what a sender of signals to dying processes has to expect.
  }
}
