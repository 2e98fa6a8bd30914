/** What is told of the kernel's memory where its parts are not: version 1 of control groups. Bytes and counts at one time. */
export interface KernelMemoryReading {
  /** What the group is charged for memory of the kernel: all of it, also what can be given back. */
  readonly usedBytes: number;
  /** `SReclaimable` of the machine. */
  readonly machineSlabBytes: number;
  /** Names of files that the machine remembers, and files. */
  readonly machineDentries: number;
  readonly machineInodes: number;
}

/** Somewhat more than such an object takes on the usual file systems, so that it explains enough. */
const dentryBytes = 256;
const inodeBytes = 1200;

/**
 * How much of a group's kernel memory can not be given back, where the kernel tells only the whole (version 1).
 *
 * Most of it is usually what the kernel remembers of files: a build that touches 60,000 of them has 140 MiB of it, which is dropped under
 * pressure as file cache is. To count the whole would call every such build a leak; to count nothing of it does not see page tables, or
 * socket buffers that nobody reads, which end the sandbox. Whose files are remembered is not told, but how many the machine remembers in
 * all is. So what the group's kernel memory grows by counts as held as far as that did not move at the same time. On a busy machine this
 * counts too little, and never much too much. What was there at the first reading counts only beyond all that the machine could give back.
 */
export class KernelMemory {
  #last: { readonly group: string; readonly reading: KernelMemoryReading } | null = null;
  #heldBytes = 0;

  /**
   * @param group what was read: the numbers of another one can not be compared.
   * @param reading null where not all of it could be read: what was held before still is.
   * @returns bytes, at most what is used.
   */
  held(group: string, reading: KernelMemoryReading | null): number {
    const before = this.#last?.group === group ? this.#last.reading : null;
    if (reading === null) return before === null ? 0 : this.#heldBytes;
    this.#last = { group, reading };
    const held = before === null ? 0 : this.#heldBytes + heldGrowth(before, reading);
    const beyond = reading.usedBytes - reading.machineSlabBytes;
    this.#heldBytes = Math.min(reading.usedBytes, Math.max(0, beyond, held));
    return this.#heldBytes;
  }
}

function heldGrowth(before: KernelMemoryReading, now: KernelMemoryReading): number {
  const growth = now.usedBytes - before.usedBytes;
  // Slabs lag behind by a second, and new objects may lie in the holes of old slabs; not everything that can be dropped is one of the two
  // kinds of objects. So the larger of both.
  const slabs = now.machineSlabBytes - before.machineSlabBytes;
  const objects =
    (now.machineDentries - before.machineDentries) * dentryBytes +
    (now.machineInodes - before.machineInodes) * inodeBytes;
  // What is dropped elsewhere may hide what is new here: a move in either direction explains growth.
  if (growth >= 0) return Math.max(0, growth - Math.max(Math.abs(slabs), Math.abs(objects)));
  // What falls was rather held: objects are counted as the smallest of their kind. Slabs that are not all empty stay.
  return Math.min(0, growth + Math.max(0, -slabs, -objects / 2));
}
