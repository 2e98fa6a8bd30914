import type { Entry } from './entries.ts';

/** What waits in memory while nothing can be written. */
const mostBytes = 8 * 1024 * 1024;
const overheadBytes = 200;

const weightOf = (entry: Entry): number => overheadBytes + ('data' in entry ? entry.data.length : 0);

/** Entries that could not be written yet. When there are too many, samples go first, the oldest before the newer ones. */
export class HeldEntries {
  #entries: Entry[] = [];
  #bytes = 0;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** @returns how many entries had to be given up. */
  add(entries: readonly Entry[]): number {
    this.#entries = [...this.#entries, ...entries];
    this.#bytes += entries.reduce((sum, entry) => sum + weightOf(entry), 0);
    const before = this.#entries.length;
    this.#drop((entry) => entry.k === 'pack' && entry.incidentId === null);
    this.#drop((entry) => entry.k === 'pack' || entry.k === 'error');
    this.#drop(() => true);
    return before - this.#entries.length;
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }

  /** Drops the oldest entries of a kind until the rest fits. */
  #drop(which: (entry: Entry) => boolean): void {
    if (this.#bytes <= mostBytes) return;
    this.#entries = this.#entries.filter((entry) => {
      // A little more than needed, so that not every new entry moves all others.
      if (this.#bytes <= mostBytes * 0.9 || !which(entry)) return true;
      this.#bytes -= weightOf(entry);
      return false;
    });
  }
}
