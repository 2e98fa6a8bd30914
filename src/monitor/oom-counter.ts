import type { Sample } from '../model/sample.ts';

/** Rises that are remembered. */
const keptRises = 20;

/** Watches the kernel's count of out-of-memory kills in one sandbox. */
export class OomCounter {
  #count: number | null = null;
  #rises: { readonly atMs: number; readonly kills: number }[] = [];

  /** @returns how many processes were killed since the last sample; 0 for the first one and after a reset. */
  read(sample: Sample): number {
    const count = sample.source === 'machine' ? null : (sample.memory?.oomKillCount ?? null);
    if (count === null) return 0;
    const before = this.#count;
    this.#count = count;
    if (before === null || count <= before) return 0;
    const kills = count - before;
    this.#rises = [...this.#rises, { atMs: sample.atMs, kills }].slice(-keptRises);
    return kills;
  }

  /** @returns the kills between two times, or null when the counter could never be read. */
  killsBetween(fromMs: number, toMs: number): number | null {
    if (this.#count === null) return null;
    return this.#rises.reduce((sum, rise) => (rise.atMs >= fromMs && rise.atMs <= toMs ? sum + rise.kills : sum), 0);
  }
}
