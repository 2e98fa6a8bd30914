import type { CommandPeak, CommandPeaks } from '../model/history.ts';
import { peakCap } from './entries.ts';
import { countPeak, emptyHistogram, type PeakHistogram, parseHistogram, peakOfHistogram } from './peak-histogram.ts';

interface OwnPeak {
  readonly key: string;
  readonly peakBytes: number;
  readonly atMs: number;
  readonly tookMs: number | null;
  /** The batch it was sent in; null until then. */
  batch: number | null;
}

/** The commands' peaks that all windows have learned, in memory. */
export class SharedPeaks implements CommandPeaks {
  readonly #keyOf: (commandKey: string) => string;
  readonly #write: (key: string, peakBytes: number, atMs: number, tookMs: number | null) => void;
  /** As it came from the store, read when it is asked for: most commands never are. Those used last stand last. */
  readonly #histograms = new Map<string, PeakHistogram | string>();
  /** What this window saw and the store may not have counted yet. */
  #own: OwnPeak[] = [];

  /**
   * @param keyOf redacts and shortens.
   * @param write writes one peak down.
   */
  constructor(
    keyOf: (commandKey: string) => string,
    write: (key: string, peakBytes: number, atMs: number, tookMs: number | null) => void,
  ) {
    this.#keyOf = keyOf;
    this.#write = write;
  }

  peakOf(commandKey: string, _nowMs: number): CommandPeak | null {
    const key = this.#keyOf(commandKey);
    const histogram = this.#histogram(key);
    if (histogram === null) return null;
    this.#put(key, histogram);
    return peakOfHistogram(histogram);
  }

  record(commandKey: string, peakBytes: number, atMs: number, tookMs: number | null = null): void {
    if (!Number.isFinite(peakBytes) || peakBytes < 0 || !Number.isSafeInteger(Math.round(atMs))) return;
    const key = this.#keyOf(commandKey);
    const measured = tookMs !== null && Number.isFinite(tookMs) && tookMs >= 0 ? tookMs : null;
    const own: OwnPeak = { key, peakBytes, atMs: Math.round(atMs), tookMs: measured, batch: null };
    if (!this.#count(own)) return;
    this.#own.push(own);
    if (this.#own.length > peakCap) this.#own.shift();
    this.#write(key, own.peakBytes, own.atMs, own.tookMs);
  }

  /** Everything recorded so far is on its way in this batch. */
  sent(batch: number): void {
    for (const own of this.#own) own.batch ??= batch;
  }

  /** What the store knows; everything up to `batch` of this window is in it. */
  load(batch: number, peaks: readonly (readonly [string, string])[]): void {
    this.#histograms.clear();
    // The ones run last come first; those used last are to stand last.
    for (const [key, text] of peaks.toReversed()) this.#histograms.set(key, text);
    this.#own = this.#own.filter((own) => own.batch === null || own.batch > batch);
    for (const own of this.#own) this.#count(own);
  }

  clear(): void {
    this.#histograms.clear();
    this.#own = [];
  }

  /** @returns false when it is counted already. */
  #count(own: OwnPeak): boolean {
    const before = this.#histogram(own.key) ?? emptyHistogram;
    const after = countPeak(before, own.key, own);
    this.#put(own.key, after);
    return after !== before;
  }

  #histogram(key: string): PeakHistogram | null {
    const known = this.#histograms.get(key) ?? null;
    return typeof known === 'string' ? parseHistogram(known) : known;
  }

  #put(key: string, histogram: PeakHistogram): void {
    this.#histograms.delete(key);
    this.#histograms.set(key, histogram);
    const first = this.#histograms.size > peakCap ? this.#histograms.keys().next() : null;
    if (first !== null && first.done !== true) this.#histograms.delete(first.value);
  }
}
