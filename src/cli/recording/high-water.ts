import { type Reading, workingSetBytes } from './row.ts';

/** The highest use of memory seen in a run, as shares of the limit. */
export class HighWater {
  workingSet: number | null = null;
  usage: number | null = null;
  /** When the working set first was 90 % of the limit. */
  firstHighMs: number | null = null;

  add({ tMs, group }: Reading): void {
    const limit = group.limitBytes;
    const used = workingSetBytes(group);
    if (limit === null || limit <= 0) return;
    if (used !== null) {
      const share = used / limit;
      this.workingSet = Math.max(this.workingSet ?? 0, share);
      if (share >= 0.9) this.firstHighMs ??= tMs;
    }
    if (group.usageBytes !== null) this.usage = Math.max(this.usage ?? 0, group.usageBytes / limit);
  }
}

/** @returns a share with four digits, as traces have it. */
export const roundShare = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 10_000) / 10_000;
