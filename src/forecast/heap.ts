import type { ProcessReading } from '../model/sample.ts';
import { SignalTrack } from './track.ts';

/**
 * A JVM takes its heap from the system once and keeps it: resident memory near `-Xmx` is its normal state, so no break is
 * forecast from it. V8 gives pages back after each major collection.
 */
const keepsItsHeap = /xmx|maxheapsize|maxrampercentage|java/i;

/** Follows the largest process that set itself a heap limit. */
export class HeapWatch {
  readonly track: SignalTrack;
  pid: number | null = null;
  name = '';
  /** Whether resident memory says anything about this heap being full. */
  telling = true;

  constructor(quoteWithinMs: number) {
    this.track = new SignalTrack(quoteWithinMs);
  }

  /** Takes one process list. */
  add(atMs: number, cadenceMs: number, processes: readonly ProcessReading[]): void {
    let largest: ProcessReading | null = null;
    for (const process of processes) {
      if (process.heapLimit !== null && process.rssBytes > (largest?.rssBytes ?? -1)) largest = process;
    }
    if (largest === null || largest.heapLimit === null) return;
    if (this.pid !== null && this.pid !== largest.pid) this.track.restart(atMs, 'other-process');
    this.pid = largest.pid;
    this.name = largest.name;
    this.telling = !keepsItsHeap.test(`${largest.name} ${largest.heapLimit.source}`);
    this.track.add(atMs, largest.rssBytes, largest.heapLimit.limitBytes, cadenceMs);
  }

  /** Forgets the process if it is this one. */
  exited(atMs: number, pid: number): void {
    if (this.pid !== pid) return;
    this.pid = null;
    this.track.restart(atMs, 'other-process');
  }
}
