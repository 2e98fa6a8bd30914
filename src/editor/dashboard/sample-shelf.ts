import type { Sample } from '../../model/sample.ts';

/**
 * Keeps the samples of the last time, in order. What a view shows leads: the monitor has told late samples from a clock that was set back
 * (`monitor/sample-order.ts`), so a view goes back in time only with the clock.
 */
export class SampleShelf {
  readonly #keptMs: number;
  #samples: Sample[] = [];
  /** Of the sample that a view showed last; the history may know later ones, of this window or of another. */
  #shownAtMs: number | null = null;

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  get last(): Sample | null {
    return this.#samples.at(-1) ?? null;
  }

  /**
   * Adds the sample that a view shows.
   * @returns `new`: it is later than all there are; `set-back`: it lies behind, and what lay ahead of it is gone; `no`: it is known already.
   */
  add(sample: Sample): 'new' | 'set-back' | 'no' {
    // A view shows the newest one until there is another.
    if (sample.atMs === this.#shownAtMs) return 'no';
    this.#shownAtMs = sample.atMs;
    const last = this.last;
    if (last !== null && sample.atMs <= last.atMs) {
      // The history was asked after it was taken and before it was shown.
      if (this.#samples.some(({ atMs }) => atMs === sample.atMs)) return 'no';
      this.#samples = [...this.#samples.filter(({ atMs }) => atMs < sample.atMs), sample];
      return 'set-back';
    }
    this.#samples.push(sample);
    // Cutting from time to time is cheaper than moving everything with every sample.
    const first = this.#samples[0];
    if (first !== undefined && sample.atMs - first.atMs > this.#keptMs * 1.1) this.#cut();
    return 'new';
  }

  /** Adds earlier samples, in any number and order. @returns whether there were any that were not known. */
  merge(samples: readonly Sample[]): boolean {
    const known = new Set(this.#samples.map(({ atMs }) => atMs));
    const more = samples.filter(({ atMs }) => !known.has(atMs));
    if (more.length === 0) return false;
    this.#samples = [...this.#samples, ...more].toSorted((a, b) => a.atMs - b.atMs);
    this.#cut();
    return true;
  }

  #cut(): void {
    const last = this.last;
    if (last !== null) this.#samples = this.#samples.filter(({ atMs }) => last.atMs - atMs <= this.#keptMs);
  }
}
