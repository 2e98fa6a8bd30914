/** Something of which there is only so much, in one place. */
export interface Filled {
  readonly place: string;
  readonly used: number;
  readonly limit: number;
}

/** The rise is taken over so long: long enough for a download to come in bursts, short enough to notice within a quarter of a minute. */
const longestMs = 60_000;
const shortestMs = 8_000;
/** Readings nearer to each other than this add nothing to it. */
const apartMs = 4_000;
/** What is full within this time at its present rise leads, however empty it is; of what takes longer the fullest leads. */
const soonMs = 5 * 60_000;
/** The leader keeps its place until another is full sooner, or fuller, by these shares: two that are equal would take turns. */
const soonerShare = 0.2;
const fullerShare = 0.03;

interface Past {
  atMs: number;
  used: number;
}

/**
 * Knows which of several places is full first. One that is nearly full and stays so must not stand before one that fills up, nor a rise of a moment
 * before what is nearly full.
 */
export class Foremost {
  readonly #past = new Map<string, Past[]>();
  #leading: string | null = null;

  /** @returns all of them, the one that is full first at the beginning. To be told of every reading. */
  order<T extends Filled>(all: readonly T[], nowMs: number): readonly T[] {
    const ranked = all
      .map((one) => ({ one, dueMs: this.#soonMs(one, this.#dueMs(one, nowMs)), share: one.used / one.limit }))
      .toSorted((a, b) => (a.dueMs === b.dueMs ? b.share - a.share : a.dueMs - b.dueMs));
    const places = new Set(all.map(({ place }) => place));
    for (const place of this.#past.keys()) if (!places.has(place)) this.#past.delete(place);
    const first = ranked[0];
    const before = ranked.find(({ one }) => one.place === this.#leading);
    if (first === undefined) return [];
    const keeps =
      before !== undefined &&
      (Number.isFinite(first.dueMs)
        ? before.dueMs < first.dueMs * (1 + soonerShare)
        : before.share > first.share - fullerShare);
    const leading = keeps ? before : first;
    this.#leading = leading.one.place;
    return [leading, ...ranked.filter((each) => each !== leading)].map(({ one }) => one);
  }

  /** Infinity for what takes long. What leads may take twice as long: a rise that comes and goes would lose and take the lead all the time. */
  #soonMs({ place }: Filled, dueMs: number): number {
    return dueMs < (place === this.#leading ? 2 * soonMs : soonMs) ? dueMs : Number.POSITIVE_INFINITY;
  }

  /** When it is full at its rise of the last minute; Infinity while it does not rise. */
  #dueMs({ place, used, limit }: Filled, nowMs: number): number {
    const past = this.#past.get(place) ?? [];
    this.#past.set(place, past);
    // A clock that was set back, or a machine that slept, leaves nothing to compare with.
    while (past[0] !== undefined && (past[0].atMs > nowMs || nowMs - past[0].atMs > longestMs)) past.shift();
    const since = past[0];
    const last = past.at(-1);
    if (last === undefined || nowMs - last.atMs >= apartMs) past.push({ atMs: nowMs, used });
    if (since === undefined || nowMs - since.atMs < shortestMs || used <= since.used) return Number.POSITIVE_INFINITY;
    return ((limit - used) / (used - since.used)) * (nowMs - since.atMs);
  }
}
