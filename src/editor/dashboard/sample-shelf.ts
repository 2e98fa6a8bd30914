import type { Sample } from '../../model/sample.ts';

/** Keeps the samples of the last time, in order. */
export class SampleShelf {
  readonly #keptMs: number;
  #samples: Sample[] = [];

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

  /** @returns whether it is new: later than all there are. */
  add(sample: Sample): boolean {
    const last = this.last;
    if (last !== null && sample.atMs <= last.atMs) return false;
    this.#samples.push(sample);
    // Cutting from time to time is cheaper than moving everything with every sample.
    const first = this.#samples[0];
    if (first !== undefined && sample.atMs - first.atMs > this.#keptMs * 1.1) this.#cut();
    return true;
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
