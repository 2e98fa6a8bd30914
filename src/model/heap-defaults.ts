import type { HeapLimit, ProcessReading } from './sample.ts';

/*
 * How large a heap becomes when nobody says: a process can die at this limit long before its sandbox is full.
 */

const mebibyte = 1024 ** 2;

/** Below twice this much memory V8 no longer halves: measured with Node.js 20 and 24 in control groups of 128 to 512 MiB. */
const nodeFloorBytes = 259 * mebibyte;
/** With more memory than this V8 takes at most 4 GiB, with less 2 GiB (Heap::HeapSizeFromPhysicalMemory). */
const roomyBytes = 15 * 1024 * mebibyte;

const nodeBytes = (memoryBytes: number): number =>
  Math.min(Math.max(memoryBytes / 2, nodeFloorBytes), (memoryBytes >= roomyBytes ? 4096 : 2048) * mebibyte);

/** A JVM takes half of little memory, a quarter of much, and this in between (Arguments::set_heap_size; the same figures with -XX:MaxRAM). */
const javaBetweenBytes = 126 * mebibyte;

const javaBytes = (memoryBytes: number): number =>
  memoryBytes / 2 < javaBetweenBytes ? memoryBytes / 2 : Math.max(memoryBytes / 4, javaBetweenBytes);

/** Whether nobody set this limit. */
export const isDefaultHeap = ({ source }: HeapLimit): boolean => source.startsWith('default of ');

/** Beside its heap a process holds code, stacks and buffers: so much, and this share of the heap. */
const besideBytes = 32 * mebibyte;
const besideShare = 0.02;

/** What resident memory may come to before a heap of this limit is full, bytes. */
export const fullAtBytes = (limitBytes: number): number => limitBytes * (1 + besideShare) + besideBytes;

/** A limit nobody set, and the process holds more than a heap of that size could: what it holds is something else, and nothing is told of it. */
export const disprovesGuess = ({ rssBytes, heapLimit }: Pick<ProcessReading, 'rssBytes' | 'heapLimit'>): boolean =>
  heapLimit !== null && isDefaultHeap(heapLimit) && rssBytes > fullAtBytes(heapLimit.limitBytes);

/** The limit to show against resident memory, bytes: of one that somebody set that number, of a guess where it would end. */
export const shownHeapBytes = (limit: HeapLimit): number =>
  isDefaultHeap(limit) ? Math.round(fullAtBytes(limit.limitBytes)) : limit.limitBytes;

/**
 * The heap limit that a runtime chooses by itself.
 * @param memoryBytes the memory that the runtime sees: the limit of the control group, or that of the machine.
 */
export const defaultHeap = (runtime: 'node' | 'java', memoryBytes: number): HeapLimit => ({
  limitBytes: Math.round(runtime === 'node' ? nodeBytes(memoryBytes) : javaBytes(memoryBytes)),
  source: `default of ${runtime}`,
});
