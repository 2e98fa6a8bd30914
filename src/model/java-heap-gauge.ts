import type { JavaHeapCounters } from './java-heap.ts';
import type { HeapUse } from './sample.ts';

/** Of G1's first cycles the second only tells that what the first one found was cleaned, and the third what came in between. */
const unprovenCycles = 2;
/** A collection while the program starts says nothing of what it keeps later: so much of the heap must have been filled before the first that counts. */
const worthProof = 0.15;

/**
 * Follows the heap of one JVM. Between two collections of the whole heap the old generation fills with garbage, in a healthy service just
 * as with a leak. What such a collection left counts, and not what came on top since, unless that has been found to live.
 */
export class JavaHeapGauge {
  #collections: number | null = null;
  #checked = false;
  /** What was in use at the last reading, as far as it may live. */
  #reachedBytes = 0;
  #freshBytes = 0;
  /** How much was made between the last two readings without a collection. */
  #pace = 0;
  /** What the newest collection of the whole heap left; of that, what it left where new objects are made; and the share of all made before that lived. */
  #liveBytes = 0;
  #liveFresh = 0;
  #livingShare = 0;
  /** The least that was held since G1's newest cycle, and between that and the one before. */
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  /** By how much that was more than the least of the cycle before. */
  #risenBytes = 0;

  /** Takes one reading. @returns what of the heap is held, and what it may hold. */
  add(now: JavaHeapCounters): HeapUse {
    const { limitBytes, fullCollections: collections } = now;
    const since = (collections ?? 0) - (this.#collections ?? collections ?? 0);
    this.#collections = collections;
    if (since < 0) this.#checked = false;
    let held = now.heldBytes;
    if (collections !== null)
      held = now.onlyThose ? this.#afterWhole(now, since > 0) : this.#overCycles(now, since > 0);
    const use = { usedBytes: Math.min(Math.round(held), limitBytes), limitBytes };
    return this.#checked || collections === null ? use : { ...use, unchecked: true };
  }

  /** Serial and parallel: what the last collection of the whole heap left, and the living share of what came since. */
  #afterWhole({ heldBytes, freshBytes, keepsFresh, limitBytes }: JavaHeapCounters, collected: boolean): number {
    if (freshBytes >= this.#freshBytes && !collected) this.#pace = freshBytes - this.#freshBytes;
    this.#freshBytes = freshBytes;
    // The reading comes up to one step after the collection, and meanwhile more was made.
    if (collected) this.#liveFresh = Math.max(0, freshBytes - this.#pace);
    const reached = heldBytes + (keepsFresh ? this.#liveFresh : 0);
    if (collected) {
      const liveBefore = this.#checked ? this.#liveBytes : 0;
      const made = Math.max(this.#reachedBytes, reached) - liveBefore;
      this.#livingShare = made > 0 ? Math.max(0, (reached - liveBefore) / made) : 0;
      this.#liveBytes = reached;
      this.#checked ||= made >= worthProof * limitBytes;
    }
    this.#reachedBytes = reached;
    if (!this.#checked) return reached;
    return Math.min(reached, this.#liveBytes + this.#livingShare * Math.max(0, reached - this.#liveBytes));
  }

  /**
   * G1 cleans in many collections after each cycle, so the least between two cycles is what lived then; what that rose from one to the next
   * is added for the one that is under way.
   */
  #overCycles({ heldBytes, fullCollections }: JavaHeapCounters, collected: boolean): number {
    if (collected) {
      this.#risenBytes = Number.isFinite(this.#leastBefore) ? Math.max(0, this.#least - this.#leastBefore) : 0;
      this.#leastBefore = this.#least;
      this.#checked ||= (fullCollections ?? 0) > unprovenCycles;
    }
    this.#least = collected ? heldBytes : Math.min(this.#least, heldBytes);
    return this.#checked ? Math.min(this.#least, this.#leastBefore + this.#risenBytes) : heldBytes;
  }
}
