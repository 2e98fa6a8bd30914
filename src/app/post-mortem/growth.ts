import type { HeapLimit, Sample } from '../../model/sample.ts';

/** The process that stood out in the last minutes. */
export interface Grower {
  readonly name: string;
  readonly pid: number;
  /** Resident memory when it was first and last seen. */
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly heapLimit: HeapLimit | null;
}

/** @returns the process that grew most, or the largest one when none grew by a sixteenth of what the largest holds; null without process lists. */
export const growerOf = (samples: readonly Sample[]): Grower | null => {
  const byPid = new Map<string, Grower>();
  for (const { processes = [] } of samples) {
    for (const { pid, name, rssBytes, heapLimit } of processes) {
      const key = `${pid} ${name}`;
      const before = byPid.get(key);
      byPid.set(key, { name, pid, fromBytes: before?.fromBytes ?? rssBytes, toBytes: rssBytes, heapLimit });
    }
  }
  const all = [...byPid.values()];
  const [largest] = all.toSorted((a, b) => b.toBytes - a.toBytes);
  const [grown] = all.toSorted((a, b) => b.toBytes - b.fromBytes - (a.toBytes - a.fromBytes));
  if (largest === undefined || grown === undefined) return null;
  return grown.toBytes - grown.fromBytes >= largest.toBytes / 16 ? grown : largest;
};
