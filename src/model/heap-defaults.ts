import type { HeapLimit } from './sample.ts';

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

/**
 * The heap limit that a runtime chooses by itself.
 * @param memoryBytes the memory that the runtime sees: the limit of the control group, or that of the machine.
 */
export const defaultHeap = (runtime: 'node' | 'java', memoryBytes: number): HeapLimit => ({
  limitBytes: Math.round(runtime === 'node' ? nodeBytes(memoryBytes) : javaBytes(memoryBytes)),
  source: `default of ${runtime}`,
});
