import type { Forecast } from '../model/forecast.ts';
import type { ProcessReading } from '../model/sample.ts';

/** How far back growth is measured, and the least history it needs, milliseconds. */
const spanMs = 30_000;
const leastSpanMs = 8_000;
/** Readings kept of one process: 30 s at one list in 5 s, with room for slower cadences. */
const kept = 8;
/** More processes than this are not followed; the list holds the largest first. */
const mostProcesses = 32;
/** A process is named when it accounts for at least this share of the rise. */
const leastShare = 0.3;

interface Followed {
  readonly name: string;
  readonly atMs: Float64Array;
  readonly rssBytes: Float64Array;
  count: number;
  next: number;
  ageMs: number | null;
}

/** Follows the resident memory of the largest processes from one process list to the next. */
export class Growers {
  readonly #byPid = new Map<number, Followed>();
  #lastAtMs = Number.NaN;

  /** Forgets all processes. */
  restart(): void {
    this.#byPid.clear();
    this.#lastAtMs = Number.NaN;
  }

  /** Forgets one process. */
  exited(pid: number): void {
    this.#byPid.delete(pid);
  }

  /** Takes one list; processes that are not in it are forgotten, a reused pid begins anew. */
  add(atMs: number, processes: readonly ProcessReading[]): void {
    if (this.#lastAtMs - atMs > spanMs) this.restart();
    if (atMs <= this.#lastAtMs) return;
    this.#lastAtMs = atMs;
    const seen = new Set<number>();
    for (const process of processes.slice(0, mostProcesses)) {
      if (!(process.rssBytes >= 0 && Number.isFinite(process.rssBytes)) || seen.has(process.pid)) continue;
      seen.add(process.pid);
      const known = this.#byPid.get(process.pid);
      const reused =
        known !== undefined &&
        (known.name !== process.name ||
          (known.ageMs !== null && process.ageMs !== null && process.ageMs < known.ageMs - leastSpanMs));
      const followed = known === undefined || reused ? begin(process.name) : known;
      if (followed !== known) this.#byPid.set(process.pid, followed);
      followed.ageMs = process.ageMs;
      followed.atMs[followed.next] = atMs;
      followed.rssBytes[followed.next] = process.rssBytes;
      followed.next = (followed.next + 1) % kept;
      if (followed.count < kept) followed.count++;
    }
    for (const pid of this.#byPid.keys()) if (!seen.has(pid)) this.#byPid.delete(pid);
  }

  /** @returns when the process that grows most was born, milliseconds; NaN when no process grows or its age is not known. */
  bornAtMs(nowMs: number): number {
    let best: Followed | null = null;
    let most = 0;
    for (const followed of this.#byPid.values()) {
      const growth = growthOf(followed);
      if (growth <= most) continue;
      most = growth;
      best = followed;
    }
    if (best === null || best.ageMs === null || !(best.ageMs >= 0)) return Number.NaN;
    // The age was read with the newest list.
    return Math.min(nowMs, this.#lastAtMs) - best.ageMs;
  }

  /**
   * @returns the process that grows most, if it explains a good part of a rise of `bytesPerSecond`; null otherwise.
   */
  fastest(bytesPerSecond: number): Forecast['grower'] {
    let best: NonNullable<Forecast['grower']> | null = null;
    for (const [pid, followed] of this.#byPid) {
      const growth = growthOf(followed);
      if (growth > leastShare * bytesPerSecond && growth > (best?.bytesPerSecond ?? 0)) {
        best = { pid, name: followed.name, bytesPerSecond: growth };
      }
    }
    return best;
  }
}

function begin(name: string): Followed {
  return { name, atMs: new Float64Array(kept), rssBytes: new Float64Array(kept), count: 0, next: 0, ageMs: null };
}

/** Bytes per second over the last half minute, 0 with too little history. */
function growthOf(followed: Followed): number {
  const newest = (followed.next + kept - 1) % kept;
  const nowMs = followed.atMs[newest] ?? 0;
  let oldest = newest;
  for (let i = 1; i < followed.count; i++) {
    const at = (newest + kept - i) % kept;
    if (nowMs - (followed.atMs[at] ?? 0) > spanMs && oldest !== newest) break;
    oldest = at;
  }
  const elapsed = nowMs - (followed.atMs[oldest] ?? 0);
  if (elapsed < leastSpanMs) return 0;
  return (((followed.rssBytes[newest] ?? 0) - (followed.rssBytes[oldest] ?? 0)) * 1000) / elapsed;
}
