import type { SignalName } from './signal.ts';

/**
 * Where the numbers of a sample come from. Only `cgroup` and `prometheus`/`metrics-api` numbers speak of the sandbox itself;
 * `machine` numbers are those of the host and never carry an out-of-memory forecast (DESIGN.md, truth 1).
 */
export type SampleSource = 'cgroup' | 'machine' | 'prometheus' | 'metrics-api';

const tellOfTheHost: readonly SignalName[] = ['memory', 'swap', 'heap'];

/**
 * Whether a number that ends things is one of the host and not of the sandbox: nothing is foretold from it. A disk, processes and open files
 * are counted where the sandbox has them, whatever is known of its memory. Heaps are those of all processes of the host, their limits guessed
 * from its memory.
 */
export const isOfHost = (source: SampleSource, signal: SignalName): boolean =>
  source === 'machine' && tellOfTheHost.includes(signal);

/** Memory of the sandbox in bytes. */
export interface MemoryReading {
  /** All charged memory, page cache included. */
  readonly usedBytes: number;
  /** `usedBytes` minus inactive file pages: what the kubelet and the kernel's killer care about. */
  readonly workingSetBytes: number;
  /** The tightest limit seen, or null when there is none. */
  readonly limitBytes: number | null;
  /** Memory not backed by a file, or null when unknown. */
  readonly anonBytes: number | null;
  /** Kills by the kernel's out-of-memory killer since the cgroup exists. */
  readonly oomKillCount: number | null;
  /** Times the limit was hit and memory had to be reclaimed. */
  readonly limitHitCount: number | null;
  /** Share of the last 10 s in which all tasks waited for memory, in percent (PSI `full avg10`). */
  readonly stalledPercent: number | null;
  /**
   * What cannot be given back under pressure: anonymous pages, shared memory and tmpfs files, what the kernel keeps.
   * Absent when the source cannot tell.
   */
  readonly unreclaimableBytes?: number;
  /** Times memory went over its throttle line (`memory.high`), where the kernel slows its processes down. Absent when unknown. */
  readonly throttleHitCount?: number;
  /** File pages that were dropped and had to be read again since the cgroup exists: the cache no longer fits. Absent when unknown. */
  readonly fileRefaultCount?: number;
}

/** CPU of the sandbox. */
export interface CpuReading {
  readonly usedCores: number;
  /** The quota, or the number of processors, or null when neither is known. */
  readonly limitCores: number | null;
  /** Share of scheduler periods since the last sample in which the sandbox was throttled, 0..1. */
  readonly throttledRatio: number | null;
  /** Share of the last 10 s in which some task waited for a processor, in percent (PSI `some avg10`). Absent when unknown. */
  readonly stalledPercent?: number;
}

/** Something counted against a limit. */
export interface CountReading {
  readonly used: number;
  readonly limit: number | null;
}

/** Processes and threads. */
export interface PidsReading extends CountReading {
  /**
   * The process that has most of them: its own threads and those of its children. Only looked for when the limit is not far; absent where
   * nobody looked or none stands out.
   */
  readonly spawner?: { readonly pid: number; readonly name: string; readonly count: number };
}

/** Bytes against a capacity. */
export interface BytesReading {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
}

/** A limit that a process set itself below the sandbox's, such as V8's or the JVM's heap. */
export interface HeapLimit {
  readonly limitBytes: number;
  /** The flag or variable it was read from, by name only, e.g. `--max-old-space-size`. */
  readonly source: string;
}

/** What a runtime itself says of its heap. */
export interface HeapUse {
  /** What collections have left over or would leave, not what was made since and is dropped again. */
  readonly usedBytes: number;
  /** Where it fails with an error of its own. */
  readonly limitBytes: number;
  /** No collection has looked at all of it since it is watched: some of `usedBytes` may be garbage. */
  readonly unchecked?: true;
  /** It is a limit on addresses (`ulimit -v`): what counts are addresses, also those of memory that was never touched. */
  readonly addresses?: true;
}

/** One process inside the sandbox. No command line and no environment ever leaves the sandbox. */
export interface ProcessReading {
  readonly pid: number;
  readonly parentPid: number | null;
  readonly name: string;
  readonly rssBytes: number;
  readonly ageMs: number | null;
  /**
   * When it started, in clock ticks of the machine (`/proc/<pid>/stat`, field 22): what tells it from a later process of the same pid.
   * Absent when unknown.
   */
  readonly startTicks?: number;
  readonly heapLimit: HeapLimit | null;
  /** Told by a JVM that publishes its counters; absent for everything else. */
  readonly heap?: HeapUse;
  /** The terminal or task of the editor it was started in, for people: `the terminal “bash”`. Absent when there is none or nobody can tell. */
  readonly startedIn?: string;
}

/** One file system. */
export interface DiskReading extends BytesReading {
  /** A folder on it, for people. Absent when there is only one. */
  readonly place?: string;
}

/** The inodes of one file system. */
export interface InodesReading extends CountReading {
  /** A folder on it, for people. Absent when there is only one. */
  readonly place?: string;
}

/** Open files of the process that is nearest to its own limit. */
export interface OpenFilesReading extends CountReading {
  readonly pid: number | null;
  /** The name of that process; absent where only its number is known. */
  readonly name?: string;
}

/** One reading of all signals at one time. A signal the source cannot see is absent. */
export interface Sample {
  readonly kind: 'sample';
  readonly sandboxId: string;
  /** When the reading was taken, epoch milliseconds on this computer's clock. */
  readonly atMs: number;
  readonly source: SampleSource;
  /** Time between two samples that this source intends, in milliseconds. */
  readonly cadenceMs: number;
  /** Why the data is poorer than it could be ("slow: no bash in the image"), or null. */
  readonly caveat: string | null;
  /**
   * How long this reading was under way, milliseconds: from asking to the answer, or, where readings come by themselves, beyond the shortest
   * way seen. Absent where nobody measured.
   */
  readonly lateMs?: number;
  readonly memory?: MemoryReading;
  readonly swap?: BytesReading;
  readonly cpu?: CpuReading;
  /** The file system that is full first, as far as its last minute tells, else the fullest. */
  readonly disk?: DiskReading;
  /** The other ones that can be written to, few: their past has to be known when one of them takes the lead. */
  readonly otherDisks?: readonly DiskReading[];
  readonly inodes?: InodesReading;
  readonly otherInodes?: readonly InodesReading[];
  readonly pids?: PidsReading;
  readonly fds?: OpenFilesReading;
  /** The largest processes by resident memory, largest first; absent in samples that did not look. */
  readonly processes?: readonly ProcessReading[];
  /**
   * Larger processes that were seen before and do not run any more, each looked at by itself, with what they held last; largest first.
   * Absent where the source can only tell that they are not among the largest.
   */
  readonly ended?: readonly ProcessReading[];
}
