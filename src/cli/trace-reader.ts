import type { SandboxEvent } from '../model/events.ts';
import type { HeapUse, MemoryReading, ProcessReading, Sample } from '../model/sample.ts';
import type { TraceFile } from './trace-file.ts';
import { heapLimitsOf, type ProgramHeap } from './trace-heap.ts';

/** Epoch time at which every trace is made to begin; only differences matter. */
const beganAtMs = 1_700_000_000_000;
/** Recorded once a second. */
const cadenceMs = 1000;
/** With so many processes at most, resident memory of the group stands for that of its largest process. */
const fewProcesses = 4;
/** Pid of a process that no list names. */
const namelessPid = 0;

/** One row of a trace: the events to observe, in order. */
export interface TraceRow {
  /** The time that was written in the row. */
  readonly tMs: number;
  /** The same as epoch time, as its events have it. */
  readonly atMs: number;
  readonly events: readonly SandboxEvent[];
}

type Cell = (name: string) => number | undefined;

/** A cell as a number; an empty or missing one is undefined, one that is no number is NaN and stays so. */
function cellIn(columns: readonly string[], row: readonly string[]): Cell {
  return (name) => {
    const text = row[columns.indexOf(name)]?.trim() ?? '';
    return text === '' ? undefined : Number(text);
  };
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
const positive = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

function memoryOf(cell: Cell, trace: TraceFile): MemoryReading | undefined {
  const usage = cell('mem_usage_bytes');
  const inactive = finite(cell('inactive_file')) ?? 0;
  const anon = finite(cell('anon')) ?? finite(cell('rss'));
  const workingSet =
    cell('mem_working_set_bytes') ?? (usage === undefined ? undefined : usage - inactive) ?? anon ?? undefined;
  if (workingSet === undefined) return undefined;
  const active = finite(cell('active_file'));
  const told = finite(cell('unreclaimable'));
  // What is charged and lies in no file list is anonymous, shared memory, tmpfs or the kernel's own.
  const worked =
    active === null || usage === undefined || !Number.isFinite(usage) || anon === null
      ? null
      : Math.max(anon, usage - inactive - active);
  const unreclaimable = told ?? worked;
  const refaults = finite(cell('refault_file'));
  return {
    usedBytes: usage ?? workingSet,
    workingSetBytes: workingSet,
    limitBytes: positive(cell('mem_limit_bytes')) ?? trace.limits.memoryBytes,
    anonBytes: anon,
    oomKillCount: finite(cell('oom_kill_count')),
    limitHitCount: finite(cell('limit_hits')),
    stalledPercent: finite(cell('psi_mem_full_avg10')),
    ...(unreclaimable === null ? {} : { unreclaimableBytes: unreclaimable }),
    ...(refaults === null ? {} : { fileRefaultCount: refaults }),
  };
}

/** Reads `pid:usedBytes:limitBytes` joined by `;`, with `:unchecked` behind some. */
function toldHeaps(text: string): ReadonlyMap<number, HeapUse> {
  const told = new Map<number, HeapUse>();
  for (const part of text.split(';')) {
    const [pid, used, limit, unchecked] = part.split(':');
    const usedBytes = Number(used);
    const limitBytes = Number(limit);
    if (!(usedBytes >= 0 && limitBytes > 0) || !Number.isInteger(Number(pid))) continue;
    told.set(Number(pid), { usedBytes, limitBytes, ...(unchecked === 'unchecked' && { unchecked: true as const }) });
  }
  return told;
}

/** Reads `pid:ppid:name:ageMs:rssBytes` joined by `;`. */
function listedProcesses(
  text: string,
  heaps: readonly ProgramHeap[],
  told: ReadonlyMap<number, HeapUse>,
): readonly ProcessReading[] {
  return text.split(';').flatMap((part) => {
    const [pid, parent, name = '', age, rss] = part.split(':');
    if (rss === undefined || !(Number(rss) >= 0) || !Number.isInteger(Number(pid))) return [];
    const parentPid = Number(parent);
    const ageMs = age === '' ? Number.NaN : Number(age);
    const heap = told.get(Number(pid));
    return [
      {
        pid: Number(pid),
        parentPid: Number.isInteger(parentPid) ? parentPid : null,
        name,
        rssBytes: Number(rss),
        ageMs: Number.isFinite(ageMs) ? ageMs : null,
        heapLimit: heaps.find(({ program }) => program.test(name))?.limit ?? null,
        ...(heap === undefined ? {} : { heap }),
      },
    ];
  });
}

/** The process that the group's memory stands for, when it can only be one that keeps a heap limit. */
function soleProcess(cell: Cell, heaps: readonly ProgramHeap[]): readonly ProcessReading[] | undefined {
  const rss = finite(cell('rss'));
  const [heap] = heaps;
  if (rss === null || heap === undefined || (finite(cell('proc_count')) ?? 1) > fewProcesses) return undefined;
  const { name, limit } = heap;
  return [{ pid: namelessPid, parentPid: null, name, rssBytes: rss, ageMs: null, heapLimit: limit }];
}

function countOf(used: number | undefined, limit: number | null): { used: number; limit: number | null } | undefined {
  return used === undefined ? undefined : { used, limit };
}

function commandEvents(text: string, sandboxId: string, atMs: number): readonly SandboxEvent[] {
  return text.split(';').flatMap((part): readonly SandboxEvent[] => {
    const [kind, commandId, rest = ''] = part.split(':');
    if (commandId === undefined || commandId === '') return [];
    if (kind === 'start') {
      let commandLine = rest;
      try {
        commandLine = decodeURIComponent(rest);
      } catch {
        // A stray percent sign: the text as it stands is the best there is.
      }
      return [{ kind: 'command-started', sandboxId, commandId, atMs, commandLine, cwd: null }];
    }
    if (kind !== 'end') return [];
    const exitCode = rest === '' ? Number.NaN : Number(rest);
    return [
      { kind: 'command-ended', sandboxId, commandId, atMs, exitCode: Number.isInteger(exitCode) ? exitCode : null },
    ];
  });
}

/**
 * Turns the rows of a trace, in file order and up to its break, into what a monitor would have been told. Missing columns and empty
 * cells are signals that the source cannot see; rows without a time are left out.
 */
export function* traceRows(trace: TraceFile): Generator<TraceRow> {
  const { columns, id: sandboxId, limits } = trace;
  const heaps = heapLimitsOf(trace.command, trace.env, limits.memoryBytes);
  const has = (name: string): boolean => columns.includes(name);
  for (const row of trace.rows) {
    const cell = cellIn(columns, row);
    const text = (name: string): string => row[columns.indexOf(name)]?.trim() ?? '';
    const tMs = cell('t_ms') ?? Number.NaN;
    // A row that was cut while it was written has no time either, and nobody can say that it is before the break.
    if (!(Number.isFinite(tMs) && tMs < trace.endsAtMs)) continue;
    const atMs = beganAtMs + tMs;
    const memory = memoryOf(cell, trace);
    const swapUsed = cell('swap_used_bytes');
    const cpuPercent = cell('cpu_used_pct');
    const cores = limits.cpus ?? 1;
    const throttled = finite(cell('cpu_throttled_pct'));
    const psiCpu = finite(cell('psi_cpu_some_avg10'));
    const diskUsed = cell('disk_used_bytes');
    const pids = countOf(cell('pids_current'), positive(cell('pids_max')) ?? limits.pids);
    const fds = countOf(
      has('max_proc_fds') ? cell('max_proc_fds') : cell('open_fds'),
      positive(cell('fd_limit')) ?? limits.files,
    );
    const processes = has('top_processes')
      ? text('top_processes') === ''
        ? undefined
        : listedProcesses(text('top_processes'), heaps, toldHeaps(text('heap_processes')))
      : soleProcess(cell, heaps);
    const sample: Sample = {
      kind: 'sample',
      sandboxId,
      atMs,
      source: 'cgroup',
      cadenceMs,
      caveat: null,
      ...(memory === undefined ? {} : { memory }),
      ...(swapUsed === undefined ? {} : { swap: { usedBytes: swapUsed, limitBytes: null } }),
      ...(cpuPercent === undefined
        ? {}
        : {
            cpu: {
              usedCores: (cpuPercent / 100) * cores,
              limitCores: limits.cpus,
              throttledRatio: throttled === null ? null : throttled / 100,
              ...(psiCpu === null ? {} : { stalledPercent: psiCpu }),
            },
          }),
      ...(diskUsed === undefined
        ? {}
        : { disk: { usedBytes: diskUsed, limitBytes: positive(cell('disk_total_bytes')) } }),
      ...(pids === undefined ? {} : { pids }),
      ...(fds === undefined ? {} : { fds: { ...fds, pid: null } }),
      ...(processes === undefined ? {} : { processes }),
    };
    // What was started or ended in this second was known before its numbers were.
    yield { tMs, atMs, events: [...commandEvents(text('command_events'), sandboxId, atMs), sample] };
  }
}
