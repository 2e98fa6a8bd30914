/** How a workload can break. */
export type BreakKind = 'oom_kill' | 'v8_heap_oom' | 'java_oom' | 'enospc' | 'emfile' | 'fork_fail' | 'cpu_stall';

/** How full things are while an error text is looked at: what it says must be true as well. Null is unknown. */
export interface Fullness {
  /** 0..1 */
  readonly disk: number | null;
  readonly freeInodes: number | null;
  /** Of the fullest process, 0..1. */
  readonly openFiles: number | null;
  /** How often a new task was refused since the start. */
  readonly refusedTasks: number | null;
}

/** What a text says and whether the counters agree. */
export interface Finding {
  readonly kind: BreakKind;
  readonly confirmed: boolean;
}

// At the beginning of a line, as the runtimes print it: a linter or a test may well quote such a text.
const heap = /^FATAL ERROR: .*JavaScript heap out of memory/m;
const javaThread = /OutOfMemoryError: unable to create (?:new )?native thread|pthread_create failed \(EAGAIN\)/;
const javaHeap = /^(?:Exception in thread "[^"]*" |Caused by: |Terminating due to )?java\.lang\.OutOfMemoryError/m;
const diskFull =
  /ENOSPC|No space left on device|database or disk is full|Wrote only \d+ of \d+ bytes|Disk quota exceeded/i;
const tooManyFiles = /EMFILE|Too many open files|unable to open database file/i;
const noTask =
  /(?:fork|spawn|clone|thread|proc)\b.{0,80}(?:EAGAIN|Resource temporarily unavailable)|(?:EAGAIN|Resource temporarily unavailable).{0,80}(?:fork|spawn|clone|thread|proc)\b|can't start new thread|[Cc]annot fork|failed to create new OS thread|BlockingIOError: \[Errno 11\]/;

/** A limit counts as reached from here: the last byte or file is often left over. */
const nearlyFull = 0.9;

/**
 * What error output says about the end of a workload. A text alone proves nothing where the kernel keeps a count: a full disk must be full,
 * a refused task must have been counted. Unknown counts do not contradict.
 */
export function classifyText(text: string, fullness: Fullness): Finding | null {
  const atLeast = (share: number | null): boolean => share === null || share >= nearlyFull;
  const refused = fullness.refusedTasks === null || fullness.refusedTasks > 0;
  if (heap.test(text)) return { kind: 'v8_heap_oom', confirmed: true };
  if (javaThread.test(text)) return { kind: 'fork_fail', confirmed: refused };
  if (javaHeap.test(text)) return { kind: 'java_oom', confirmed: true };
  if (noTask.test(text)) return { kind: 'fork_fail', confirmed: refused };
  if (tooManyFiles.test(text) && atLeast(fullness.openFiles)) return { kind: 'emfile', confirmed: true };
  if (diskFull.test(text)) return { kind: 'enospc', confirmed: atLeast(fullness.disk) || fullness.freeInodes === 0 };
  if (tooManyFiles.test(text)) return { kind: 'emfile', confirmed: false };
  return null;
}

/** A heartbeat that was seen once and then not for this long is a stall. */
export const stallMs = 15_000;

/** @param touchedMs age of the last heartbeat, null when there never was one */
export const isStalled = (touchedMs: number | null): boolean => touchedMs !== null && touchedMs >= stallMs;
