import type { Sample } from '../../model/sample.ts';

/** While something moves, and while nothing does. */
export const busyMs = 1_000;
export const idleMs = 5_000;
/** So long after the last movement it still counts as moving. */
const settlesAfterMs = 20_000;

/** Changes below are the noise of a machine at rest. */
const memoryShare = 0.005;
const leastMemoryBytes = 4 * 1024 ** 2;
const diskShare = 0.001;
const busyCores = 0.3;
const movingPids = 5;
/** So full, something is looked at closely even when it stands still. */
const fullShare = 0.85;

const far = (before: number | undefined, now: number | undefined, least: number): boolean =>
  before !== undefined && now !== undefined && Math.abs(now - before) > least;

const isFull = (used: number, limit: number | null): boolean => limit !== null && used > limit * fullShare;

/** Whether something moved between two readings, or is so full that it matters. */
export const moves = (before: Sample | null, now: Sample): boolean => {
  if (before === null) return true;
  const { memory, cpu, disk, pids } = now;
  const memoryLimit = memory?.limitBytes ?? 0;
  return (
    far(before.memory?.usedBytes, memory?.usedBytes, Math.max(leastMemoryBytes, memoryLimit * memoryShare)) ||
    far(before.disk?.usedBytes, disk?.usedBytes, (disk?.limitBytes ?? 0) * diskShare) ||
    far(before.pids?.used, pids?.used, movingPids) ||
    (cpu !== undefined && cpu.usedCores > busyCores) ||
    (now.source === 'cgroup' && memory !== undefined && isFull(memory.workingSetBytes, memory.limitBytes)) ||
    (memory?.oomKillCount ?? 0) > (before.memory?.oomKillCount ?? memory?.oomKillCount ?? 0) ||
    before.memory?.limitBytes !== memory?.limitBytes
  );
};

/** Decides when to look next: often while something moves, seldom while nothing does. */
export class Cadence {
  #last: Sample | null = null;
  #reference: Sample | null = null;
  #movedAtMs: number | null = null;

  /** @returns how long to wait after this reading, in milliseconds. */
  next(sample: Sample): number {
    // Against the reading since which nothing moved: a slow climb is one too.
    if (moves(this.#reference, sample) || (this.#last !== null && sample.atMs < this.#last.atMs)) {
      this.#reference = sample;
      this.#movedAtMs = sample.atMs;
    }
    this.#last = sample;
    const sinceMs = sample.atMs - (this.#movedAtMs ?? sample.atMs);
    return sinceMs < settlesAfterMs ? busyMs : idleMs;
  }
}
