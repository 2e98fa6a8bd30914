import { disprovesGuess, fullAtBytes, isDefaultHeap, shownHeapBytes } from '../model/heap-defaults.ts';
import type { ProcessReading } from '../model/sample.ts';
import { SignalTrack } from './track.ts';

/**
 * A JVM takes its heap from the system once and keeps it: resident memory near `-Xmx` is its normal state, so no break is
 * forecast from it. V8 gives pages back after each major collection.
 */
const keepsItsHeap = /xmx|maxheapsize|maxrampercentage|java/i;
/** A limit that is only asked for: the program collects more often near it and goes beyond it when it must. */
const isSoft = /gomemlimit/i;
/** Set on addresses and not on memory in use. */
const isOnAddresses = /ulimit/i;
/** So far beyond the limit the memory cannot be heap. */
const beyond = 1.25;
/** A process with this share of the sandbox's memory is the one that fills it. */
const dominant = 0.7;
/** What a JVM holds beside a heap that is full; its threads and classes are on top and small in most. */
const jvmBesideBytes = 24 * 1024 * 1024;
/** A JVM that holds so much more than its heap may takes it outside the heap (direct buffers, native code), where nothing ends it. */
const outsideShare = 1.3;
const outsideBytes = 96 * 1024 * 1024;

/** Another process takes the word when it is fuller by this share of its limit: each change begins the trend anew. */
const clearlyFuller = 0.1;

/** A heap that may be garbage for the most part does not take the word from one that is known and nearly as full. */
const unproven = 0.5;

/** What is known of a process's own limit: told by itself, or what resident memory tells. */
type Telling = 'yes' | 'unchecked' | 'keeps' | 'soft' | 'outside';

type Limited = ProcessReading & { readonly heapLimit: NonNullable<ProcessReading['heapLimit']> };
type Told = ProcessReading & { readonly heap: NonNullable<ProcessReading['heap']> };

const isLimited = (process: ProcessReading): process is Limited => process.heapLimit !== null;
const isTold = (process: ProcessReading): process is Told => process.heap !== undefined && process.heap.limitBytes > 0;

/** How near a process is to its own limit, for the choice between several. */
const shareOf = (process: ProcessReading): number =>
  isTold(process)
    ? ((process.heap.unchecked ? unproven : 1) * process.heap.usedBytes) / process.heap.limitBytes
    : isLimited(process) && !keepsItsHeap.test(`${process.name} ${process.heapLimit.source}`)
      ? process.rssBytes / process.heapLimit.limitBytes
      : 0;

/** Follows the heap that is nearest to its limit as its runtime tells it; without such, the largest process that set itself a limit. */
export class HeapWatch {
  readonly track: SignalTrack;
  pid: number | null = null;
  name = '';
  /** Whether anything is known of this heap being full. */
  telling: Telling = 'yes';
  /** The numbers are those of the runtime itself and not resident memory. */
  told = false;
  /** What they count is addresses. */
  inAddresses = false;
  /** Nobody set its limit. */
  guessed = false;
  /** How far a forecast is to be believed: a limit that nobody set is less certain than one somebody did. */
  trust = 1;
  /** Where a process that keeps its heap will stop growing, bytes; Infinity when nothing tells. */
  ceilingBytes = Number.POSITIVE_INFINITY;
  /** It is in the newest list of processes: of one that has ended, or became small, nothing is told. */
  listed = false;
  /** The process that may stop growing, and its resident memory. */
  #largestPid: number | null = null;
  #largestBytes = 0;

  constructor(quoteWithinMs: number) {
    this.track = new SignalTrack(quoteWithinMs, 1);
  }

  /** Takes one process list. */
  add(atMs: number, cadenceMs: number, processes: readonly ProcessReading[]): void {
    let largest: Limited | null = null;
    for (const process of processes) {
      if (!isLimited(process) || (disprovesGuess(process) && !keepsItsHeap.test(process.heapLimit.source))) continue;
      if (process.rssBytes > (largest?.rssBytes ?? -1)) largest = process;
    }
    this.#findCeiling(largest);
    const chosen = this.#choose(processes, largest);
    this.listed = chosen !== null;
    if (chosen === null) return;
    if (this.pid !== null && this.pid !== chosen.pid) this.track.restart(atMs, 'other-process');
    // Resident memory and what a heap holds are not to be mixed in one trend.
    else if (this.pid !== null && this.told !== isTold(chosen)) this.track.restart(atMs, 'source');
    this.pid = chosen.pid;
    this.name = chosen.name;
    this.told = isTold(chosen);
    this.inAddresses = isTold(chosen) && chosen.heap.addresses === true;
    this.telling = 'yes';
    this.trust = 1;
    this.guessed = false;
    if (isTold(chosen)) {
      if (chosen.heap.unchecked) this.telling = 'unchecked';
      this.track.add(atMs, chosen.heap.usedBytes, chosen.heap.limitBytes, cadenceMs);
    } else if (isLimited(chosen)) this.#addResident(atMs, cadenceMs, chosen);
  }

  /** The heap that ends first, of those that tell and the largest of the others; the one that was followed unless another is clearly fuller. */
  #choose(processes: readonly ProcessReading[], largest: Limited | null): Told | Limited | null {
    let fullest: Told | Limited | null = largest;
    let before: Told | Limited | null = largest?.pid === this.pid ? largest : null;
    for (const process of processes) {
      if (!isTold(process)) continue;
      if (fullest === null || shareOf(process) >= shareOf(fullest)) fullest = process;
      if (process.pid === this.pid) before = process;
    }
    if (before === null || fullest === null) return fullest;
    // What resident memory tells of a JVM is nothing as soon as one tells of itself.
    if (isTold(fullest) && !isTold(before) && shareOf(before) === 0) return fullest;
    return shareOf(fullest) > shareOf(before) + clearlyFuller ? fullest : before;
  }

  #addResident(atMs: number, cadenceMs: number, { name, rssBytes, heapLimit }: Limited): void {
    const { limitBytes, source } = heapLimit;
    const limit = fullAtBytes(limitBytes);
    this.guessed = isDefaultHeap(heapLimit);
    this.trust = this.guessed || isOnAddresses.test(source) ? 0.5 : 1;
    if (keepsItsHeap.test(`${name} ${source}`)) this.telling = 'keeps';
    else if (isSoft.test(source)) this.telling = 'soft';
    else if (rssBytes > beyond * limit) this.telling = 'outside';
    const shownBytes = shownHeapBytes(heapLimit);
    const beside = { used: 0, limit: limit - shownBytes };
    this.track.add(atMs, rssBytes, shownBytes, cadenceMs, rssBytes, beside);
  }

  #findCeiling(largest: Limited | null): void {
    this.ceilingBytes = Number.POSITIVE_INFINITY;
    this.#largestPid = largest?.pid ?? null;
    if (largest === null || !keepsItsHeap.test(`${largest.name} ${largest.heapLimit.source}`)) return;
    // A heap that nobody limited is mostly the least of what such a JVM holds.
    if (isDefaultHeap(largest.heapLimit)) return;
    const { limitBytes } = largest.heapLimit;
    this.#largestBytes = largest.rssBytes;
    if (largest.rssBytes <= outsideShare * limitBytes + outsideBytes) this.ceilingBytes = limitBytes + jvmBesideBytes;
  }

  /** @returns whether the process that holds most of `usedBytes` will stop growing clearly below `limitBytes`. */
  endsBelow(usedBytes: number, limitBytes: number): boolean {
    return this.#largestBytes >= dominant * usedBytes && this.ceilingBytes < 0.95 * limitBytes;
  }

  /** Forgets the process if it is this one. */
  exited(atMs: number, pid: number): void {
    if (this.#largestPid === pid) this.ceilingBytes = Number.POSITIVE_INFINITY;
    if (this.pid !== pid) return;
    this.pid = null;
    this.listed = false;
    this.track.restart(atMs, 'other-process');
  }
}
