import { type DecayedCount, decayedAt } from './decay.ts';
import type { ErrorRow } from './engine.ts';

/** The counts of one error in one sandbox. */
export interface ErrorCounts {
  readonly count: number;
  readonly decayed: DecayedCount;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Adds up errors over sandboxes. */
export class ErrorSums {
  readonly #nowMs: number;
  readonly #rows = new Map<string, ErrorRow>();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  add(fingerprint: string, data: string, counts: ErrorCounts): void {
    const before = this.#rows.get(fingerprint);
    this.#rows.set(fingerprint, {
      fingerprint,
      data,
      count: counts.count + (before?.count ?? 0),
      decayedCount: decayedAt(counts.decayed, this.#nowMs) + (before?.decayedCount ?? 0),
      sandboxes: 1 + (before?.sandboxes ?? 0),
      firstMs: Math.min(counts.firstMs, before?.firstMs ?? counts.firstMs),
      lastMs: Math.max(counts.lastMs, before?.lastMs ?? counts.lastMs),
    });
  }

  /** The ones seen last first. */
  rows(limit: number): readonly ErrorRow[] {
    return [...this.#rows.values()].toSorted((a, b) => b.lastMs - a.lastMs).slice(0, limit);
  }
}
