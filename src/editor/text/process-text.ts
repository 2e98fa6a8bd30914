import { disprovesGuess, isDefaultHeap, shownHeapBytes } from '../../model/heap-defaults.ts';
import type { ProcessReading } from '../../model/sample.ts';
import { formatBytes } from './format.ts';

/** @returns what is known of a process's own heap: its use where the runtime tells it, else only its limit; empty when nothing is known. */
export function heapText(process: Pick<ProcessReading, 'heap' | 'heapLimit' | 'rssBytes'>): string {
  const { heap, heapLimit } = process;
  if (heap === undefined) {
    if (heapLimit === null || disprovesGuess(process)) return '';
    // Nobody set it: what counts is what the process may hold in all, and that is the limit its chart shows.
    return isDefaultHeap(heapLimit)
      ? `heap full at about ${formatBytes(shownHeapBytes(heapLimit))}`
      : `heap limit ${formatBytes(heapLimit.limitBytes)}`;
  }
  if (heap.addresses) return `addresses ${formatBytes(heap.usedBytes)} of ${formatBytes(heap.limitBytes)} (ulimit -v)`;
  const most = heap.unchecked ? 'at most ' : '';
  return `heap ${most}${formatBytes(heap.usedBytes)} of ${formatBytes(heap.limitBytes)}`;
}
