import * as z from 'zod/mini';

/**
 * One line of the probe (probe-program.ts), checked: a member that is absent or of a wrong type is null. Sizes in bytes, times as named.
 * Counters run since the cgroup exists.
 */
const count = z.catch(z.nullable(z.number().check(z.nonnegative())), null);
const positive = z.catch(z.nullable(z.number().check(z.positive())), null);
const room = z.catch(
  z.nullable(z.object({ used: z.number().check(z.nonnegative()), free: z.number().check(z.nonnegative()) })),
  null,
);

const heapSchema = z.object({
  /** Name of the flag or variable. */
  by: z.string().check(z.regex(/^[-A-Za-z0-9_:.]{1,48}$/)),
  /** Name of the variable that holds the flag, or null when the flag stands on the command line or is a variable itself. */
  via: z.catch(z.nullable(z.string().check(z.regex(/^[A-Z0-9_]{1,48}$/))), null),
  bytes: positive,
  /** Share of the memory instead of `bytes`. */
  percent: positive,
});

const processSchema = z.object({
  pid: z.int().check(z.positive()),
  ppid: z.catch(z.nullable(z.int().check(z.nonnegative())), null),
  name: z.catch(z.string(), '?'),
  rss: z.number().check(z.nonnegative()),
  ageMs: count,
  /** Clock ticks of the machine. */
  start: count,
  /** Addresses that are taken, bytes; told only where they are limited. */
  space: z.catch(z.optional(z.nullable(z.number().check(z.nonnegative()))), null),
  heap: z.catch(z.nullable(heapSchema), null),
});

const lineSchema = z.object({
  /** Version of the probe: says that the line is one of ours. */
  v: z.literal(1),
  /** Uptime of the machine in seconds, the clock of the probe. More than three hundred years is none. */
  t: z.catch(z.nullable(z.number().check(z.minimum(0), z.maximum(1e10))), null),
  /** Version of the cgroups, 0 without any. */
  cg: z.catch(z.union([z.literal(0), z.literal(1), z.literal(2)]), 0),
  /** Depth of the cgroup whose memory is reported: counters of two levels cannot be compared. */
  level: count,
  cpus: positive,
  memTotal: positive,
  memAvail: count,
  mem: count,
  memMax: positive,
  anon: count,
  /** Shared memory and files of a tmpfs: in the page cache, but nothing can be done with them under pressure. */
  shmem: count,
  /** What the kernel keeps and cannot give back, with the buffers of sockets; cgroup v2 only. */
  kernel: count,
  /** All that the kernel keeps, also what can be given back; cgroup v1 only, as the next three, which are the machine's. */
  kmem: count,
  /** Slabs that can be given back. None at all is what lxcfs says of what it does not know. */
  slab: positive,
  /** Names of files that are remembered, and files. */
  dentries: count,
  files: count,
  inactive: count,
  hits: count,
  /** Times memory went over `memory.high`; cgroup v2 only. */
  high: count,
  oomKill: count,
  /** Kills in groups below the one that is reported, added up every ten seconds; cgroup v1 only, whose `oomKill` lacks them. */
  oomBelow: count,
  swap: count,
  swapMax: count,
  swapTotal: count,
  swapFree: count,
  /** Where `stall` was read: 2 own cgroup, 1 whole machine. */
  psi: count,
  /** PSI `full avg10` in percent. */
  stall: z.catch(z.nullable(z.number().check(z.minimum(0), z.maximum(100))), null),
  cpuUs: count,
  quotaUs: positive,
  periodUs: positive,
  periods: count,
  throttled: count,
  pids: count,
  pidsMax: positive,
  disk: room,
  inodes: room,
  /** Present about every 5 s. */
  fds: z.catch(z.nullable(z.object({ used: z.number().check(z.nonnegative()), max: positive, pid: count })), null),
  /** Present about every 5 s. */
  procs: z.catch(z.nullable(z.array(z.catch(z.nullable(processSchema), null))), null),
});

/** One line of the probe, checked. */
export type ProbeLine = z.infer<typeof lineSchema>;

/** Longest line that is looked at, in characters. A real one has about 1,500. */
const maxLineLength = 65_536;

/** Checks one line of text. Null when it is not a line of the probe (something else printed it). Never throws. */
export function parseProbeText(text: string): ProbeLine | null {
  if (text.length > maxLineLength || !text.trimStart().startsWith('{')) return null;
  try {
    const parsed = z.safeParse(lineSchema, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: a line of something else that shares the output.
    return null;
  }
}
