import type { ProcessReading } from '../model/sample.ts';
import { SignalTrack } from './track.ts';

/**
 * A JVM takes its heap from the system once and keeps it: resident memory near `-Xmx` is its normal state, so no break is
 * forecast from it. V8 gives pages back after each major collection.
 */
const keepsItsHeap = /xmx|maxheapsize|maxrampercentage|java/i;
/** A limit that is only asked for: the program collects more often near it and goes beyond it when it must. */
const isSoft = /gomemlimit/i;
/** A limit that nobody set, or that is set on addresses and not on memory in use. */
const isGuess = /default|ulimit/i;
/** Beside its heap a process holds code, stacks and buffers: so much, and this share of the heap. */
const besideBytes = 32 * 1024 * 1024;
const besideShare = 0.02;
/** So far beyond the limit the memory cannot be heap. */
const beyond = 1.25;
/** A process with this share of the sandbox's memory is the one that fills it. */
const dominant = 0.7;
/** What a JVM holds beside a heap that is full; its threads and classes are on top and small in most. */
const jvmBesideBytes = 24 * 1024 * 1024;
/** A JVM that holds so much more than its heap may takes it outside the heap (direct buffers, native code), where nothing ends it. */
const outsideShare = 1.3;
const outsideBytes = 96 * 1024 * 1024;

/** What resident memory tells of a process's own limit. */
type Telling = 'yes' | 'keeps' | 'soft' | 'outside';

/** Follows the largest process that set itself a heap limit. */
export class HeapWatch {
  readonly track: SignalTrack;
  pid: number | null = null;
  name = '';
  /** Whether resident memory says anything about this heap being full. */
  telling: Telling = 'yes';
  /** How far a forecast is to be believed: a limit that nobody set is less certain than one somebody did. */
  trust = 1;
  /** Where a process that keeps its heap will stop growing, bytes; Infinity when nothing tells. */
  ceilingBytes = Number.POSITIVE_INFINITY;
  /** It is in the newest list of processes: of one that has ended, or became small, nothing is told. */
  listed = false;
  /** Resident memory of that process. */
  #largestBytes = 0;

  constructor(quoteWithinMs: number) {
    this.track = new SignalTrack(quoteWithinMs, 1);
  }

  /** Takes one process list. */
  add(atMs: number, cadenceMs: number, processes: readonly ProcessReading[]): void {
    let largest: ProcessReading | null = null;
    for (const process of processes) {
      if (process.heapLimit !== null && process.rssBytes > (largest?.rssBytes ?? -1)) largest = process;
    }
    this.ceilingBytes = Number.POSITIVE_INFINITY;
    this.listed = largest !== null;
    if (largest === null || largest.heapLimit === null) return;
    if (this.pid !== null && this.pid !== largest.pid) this.track.restart(atMs, 'other-process');
    const { limitBytes, source } = largest.heapLimit;
    const limit = limitBytes * (1 + besideShare) + besideBytes;
    this.pid = largest.pid;
    this.name = largest.name;
    this.telling = 'yes';
    this.trust = isGuess.test(source) ? 0.5 : 1;
    if (keepsItsHeap.test(`${largest.name} ${source}`)) {
      this.telling = 'keeps';
      const grewOutside = largest.rssBytes > outsideShare * limitBytes + outsideBytes;
      this.ceilingBytes = grewOutside ? Number.POSITIVE_INFINITY : limitBytes + jvmBesideBytes;
      this.#largestBytes = largest.rssBytes;
    } else if (isSoft.test(source)) this.telling = 'soft';
    else if (largest.rssBytes > beyond * limit) this.telling = 'outside';
    const beside = { used: 0, limit: limit - limitBytes };
    this.track.add(atMs, largest.rssBytes, limitBytes, cadenceMs, largest.rssBytes, beside);
  }

  /** @returns whether the process that holds most of `usedBytes` will stop growing clearly below `limitBytes`. */
  endsBelow(usedBytes: number, limitBytes: number): boolean {
    return this.#largestBytes >= dominant * usedBytes && this.ceilingBytes < 0.95 * limitBytes;
  }

  /** Forgets the process if it is this one. */
  exited(atMs: number, pid: number): void {
    if (this.pid !== pid) return;
    this.pid = null;
    this.listed = false;
    this.ceilingBytes = Number.POSITIVE_INFINITY;
    this.track.restart(atMs, 'other-process');
  }
}
