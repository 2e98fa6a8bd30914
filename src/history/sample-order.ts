import type { Sample } from '../model/sample.ts';

/** Joins samples that come in packs, in no sure order and some of them twice. */
export interface SampleOrder {
  add(sample: Sample): void;
  /** Oldest first, each once. */
  samples(): readonly Sample[];
}

/** @returns joins what lies from `fromMs` to `toMs`, both inclusive. */
export const sampleOrder = (fromMs: number, toMs: number): SampleOrder => {
  const found: Sample[] = [];
  let sorted = true;
  return {
    add: (sample) => {
      if (sample.atMs < fromMs || sample.atMs > toMs) return;
      const last = found.at(-1);
      if (last !== undefined && sample.atMs <= last.atMs) sorted = false;
      found.push(sample);
    },
    samples: () => {
      if (sorted) return found;
      // Windows that watch the same sandbox each keep their own readings; only the very same one is left out.
      const seen = new Set<string>();
      return found
        .sort((a, b) => a.atMs - b.atMs)
        .filter((sample) => {
          const key = `${sample.atMs} ${sample.source}`;
          return seen.has(key) ? false : seen.add(key) !== undefined;
        });
    },
  };
};
