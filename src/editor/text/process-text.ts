import type { ProcessReading } from '../../model/sample.ts';
import { formatBytes } from './format.ts';

/** @returns what is known of a process's own heap: its use where the runtime tells it, else only its limit; empty when nothing is known. */
export function heapText({ heap, heapLimit }: Pick<ProcessReading, 'heap' | 'heapLimit'>): string {
  if (heap === undefined) return heapLimit === null ? '' : `heap limit ${formatBytes(heapLimit.limitBytes)}`;
  if (heap.addresses) return `addresses ${formatBytes(heap.usedBytes)} of ${formatBytes(heap.limitBytes)} (ulimit -v)`;
  const most = heap.unchecked ? 'at most ' : '';
  return `heap ${most}${formatBytes(heap.usedBytes)} of ${formatBytes(heap.limitBytes)}`;
}
