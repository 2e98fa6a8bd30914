import type { Sample } from '../model/sample.ts';

/** A sample older than the newest by less than this may have come late; by more, the clock was set back. */
export const lateSampleMs = 60_000;
/** So many samples in a row that all lie behind the newest are not late ones: the clock was set back. */
const steadyRow = 3;

/** What is to be taken in now. */
export interface Accepted {
  /** Oldest first; empty for a sample that seems late. */
  readonly samples: readonly Sample[];
  /** By how much the clock was set back before these, milliseconds; 0 for not at all, null for too much to go on from what was. */
  readonly setBackMs: number | null;
}

/**
 * Tells a sample that came late from a clock that was set back by less than a minute. A late one comes alone, or the newest
 * time goes on beside it; after a set clock every sample lies behind the newest, each later than the one before.
 */
export class SampleOrder {
  #newestMs = Number.NEGATIVE_INFINITY;
  #behind: Sample[] = [];

  accept(sample: Sample): Accepted {
    if (sample.atMs > this.#newestMs) return this.#follow([sample], 0);
    if (this.#newestMs - sample.atMs >= lateSampleMs) return this.#follow([sample], null);
    const before = this.#behind.at(-1);
    this.#behind = before !== undefined && sample.atMs > before.atMs ? [...this.#behind, sample] : [sample];
    const [first] = this.#behind;
    if (first === undefined || this.#behind.length < steadyRow) return { samples: [], setBackMs: 0 };
    // The readings went on without a hole: the first of the row was taken one cadence after the newest.
    return this.#follow(this.#behind, this.#newestMs + first.cadenceMs - first.atMs);
  }

  #follow(samples: readonly Sample[], setBackMs: number | null): Accepted {
    this.#newestMs = samples.at(-1)?.atMs ?? this.#newestMs;
    this.#behind = [];
    return { samples, setBackMs };
  }
}
