import type { MemoryReading } from './sample.ts';

/**
 * How much of a memory reading cannot be given back. Page cache fills whatever there is and is no pressure; anonymous memory, shared
 * memory and tmpfs, and what the kernel keeps (stacks, page tables, buffers of sockets, slab that cannot be reclaimed) are.
 */
export class HeldMemory {
  /** The smallest part of the working set that was not anonymous: what cannot be given back, where nothing better tells. */
  #fixedBytes = Number.POSITIVE_INFINITY;

  /** Forgets what was learned, as after a kill or from another source. */
  restart(): void {
    this.#fixedBytes = Number.POSITIVE_INFINITY;
  }

  /** @returns bytes, at most the working set. Nonsense is passed on, for the track to count and drop. */
  of({ workingSetBytes, anonBytes, unreclaimableBytes }: MemoryReading): number {
    if (!(workingSetBytes >= 0)) return workingSetBytes;
    if (unreclaimableBytes !== undefined && unreclaimableBytes >= 0)
      return Math.min(workingSetBytes, unreclaimableBytes);
    if (anonBytes === null || !(anonBytes >= 0)) return workingSetBytes;
    // Active file pages are in the working set, but the kernel takes them back before it kills.
    this.#fixedBytes = Math.min(this.#fixedBytes, Math.max(0, workingSetBytes - anonBytes));
    return Math.min(workingSetBytes, anonBytes + this.#fixedBytes);
  }
}
