import type { Sample } from '../../model/sample.ts';

/** So many samples in a row that all lie behind the newest are not late ones: the clock was set back (`monitor/sample-order.ts`). */
const steadyRow = 3;

/** Keeps the samples of the last time, in order. */
export class SampleShelf {
  readonly #keptMs: number;
  #samples: Sample[] = [];
  /** Behind the newest, each later than the one before. */
  #behind: readonly Sample[] = [];

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
   * @returns `new`: it is later than all there are; `set-back`: the clock was set back, and what lies ahead of it is gone; `no`: it is known
   * already, or came late.
   */
  add(sample: Sample): 'new' | 'set-back' | 'no' {
    const last = this.last;
    if (last !== null && sample.atMs <= last.atMs)
      return sample.atMs < last.atMs && this.#isSetBack(sample) ? 'set-back' : 'no';
    this.#behind = [];
    this.#samples.push(sample);
    // Cutting from time to time is cheaper than moving everything with every sample.
    const first = this.#samples[0];
    if (first !== undefined && sample.atMs - first.atMs > this.#keptMs * 1.1) this.#cut();
    return 'new';
  }

  #isSetBack(sample: Sample): boolean {
    const before = this.#behind.at(-1);
    // A view shows the newest one until there is another.
    if (before?.atMs === sample.atMs) return false;
    this.#behind = before !== undefined && sample.atMs > before.atMs ? [...this.#behind, sample] : [sample];
    const [first] = this.#behind;
    if (first === undefined || this.#behind.length < steadyRow) return false;
    this.#samples = [...this.#samples.filter(({ atMs }) => atMs < first.atMs), ...this.#behind];
    this.#behind = [];
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
