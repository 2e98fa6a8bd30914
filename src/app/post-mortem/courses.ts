import { disprovesGuess, shownHeapBytes } from '../../model/heap-defaults.ts';
import { ownSample } from '../../model/own-limit.ts';
import type { SignalCourse } from '../../model/post-mortem.ts';
import type { ProcessReading, Sample } from '../../model/sample.ts';
import { type SignalName, unitOf } from '../../model/signal.ts';

interface Reading {
  readonly used: number;
  readonly limit: number | null;
}

const bytes = (reading: { readonly usedBytes: number; readonly limitBytes: number | null } | undefined) =>
  reading === undefined ? null : { used: reading.usedBytes, limit: reading.limitBytes };

/** What a process tells of its own heap; without that, its resident memory against the limit it set itself. */
const heapUse = (process: ProcessReading): { used: number; limit: number } | null => {
  const { rssBytes, heapLimit, heap } = process;
  if (heap !== undefined && heap.limitBytes > 0) return { used: heap.usedBytes, limit: heap.limitBytes };
  if (heapLimit === null || heapLimit.limitBytes <= 0 || disprovesGuess(process)) return null;
  return { used: rssBytes, limit: shownHeapBytes(heapLimit) };
};

/** Of the processes with a limit of their own the one that is nearest to it; where some tell their heaps, one of those. */
const heapOf = ({ processes = [] }: Sample): Reading | null => {
  const told = processes.filter(({ heap }) => heap !== undefined);
  const [nearest] = (told.length > 0 ? told : processes)
    .flatMap((process) => heapUse(process) ?? [])
    .toSorted((a, b) => b.used / b.limit - a.used / a.limit);
  return nearest ?? null;
};

/** The deadline is no course, and the others have no readings in a sample. */
const readers: readonly (readonly [SignalName, (sample: Sample) => Reading | null])[] = [
  [
    'memory',
    ({ memory }) => (memory === undefined ? null : { used: memory.workingSetBytes, limit: memory.limitBytes }),
  ],
  ['heap', heapOf],
  ['swap', ({ swap }) => bytes(swap)],
  ['disk', ({ disk }) => bytes(disk)],
  ['inodes', ({ inodes }) => inodes ?? null],
  ['pids', ({ pids }) => pids ?? null],
  ['fds', ({ fds }) => fds ?? null],
  ['cpu', ({ cpu }) => (cpu === undefined ? null : { used: cpu.usedCores, limit: cpu.limitCores })],
];

/**
 * @param samples of one sandbox, oldest first.
 * @returns one course for each signal that was measured. Numbers of the sandbox and of its machine do not mix: where the sandbox's own are
 * there, the machine's are left out.
 */
export const coursesOf = (samples: readonly Sample[]): readonly SignalCourse[] =>
  readers.flatMap(([signal, read]): SignalCourse[] => {
    const own = samples.filter((sample) => sample.source !== 'machine' && read(sample) !== null);
    const source = own.length > 0 ? samples.filter((sample) => sample.source !== 'machine') : samples;
    const readings = source.map(read);
    const told = readings.filter((each) => each !== null);
    // Where there is no swap there is nothing to show of it.
    if (told.every(({ used, limit }) => used === 0 && limit === null)) return [];
    return [
      {
        signal,
        unit: unitOf(signal),
        timesMs: source.map(({ atMs }) => atMs),
        used: readings.map((each) => each?.used ?? null),
        limit: readings.map((each) => each?.limit ?? null),
      },
    ];
  });

/** How full a signal was at one time. */
export interface PressurePoint {
  readonly atMs: number;
  readonly used: number;
  readonly limit: number;
  /** used / limit. */
  readonly pressure: number;
}

/** @returns the times of a course at which use and limit are both known. */
export const pressuresOf = (course: SignalCourse | undefined): readonly PressurePoint[] =>
  (course?.timesMs ?? []).flatMap((atMs, i) => {
    const used = course?.used[i] ?? null;
    const limit = course?.limit[i] ?? null;
    return used === null || limit === null || limit <= 0 ? [] : [{ atMs, used, limit, pressure: used / limit }];
  });

/** @returns memory against the sandbox's own limit; nothing where only the numbers of the machine below it are there. */
export const ownMemoryOf = (
  courses: readonly SignalCourse[],
  { samples, isHere }: { readonly samples: readonly Sample[]; readonly isHere: boolean },
): readonly PressurePoint[] =>
  samples.some((sample) => ownSample({ sample, isHere })?.memory !== undefined)
    ? pressuresOf(courses.find(({ signal }) => signal === 'memory'))
    : [];
