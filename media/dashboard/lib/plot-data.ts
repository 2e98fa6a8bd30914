import type { Ring } from './ring.ts';

/** What a chart draws, in arrays that are used again for every picture. */
export interface PlotData {
  readonly times: number[];
  readonly used: (number | null)[];
  readonly limit: (number | null)[];
}

export const emptyPlot = (): PlotData => ({ times: [], used: [], limit: [] });

/** A line over a longer time without readings would be invented. */
const leastHoleMs = 25_000;
/** Sources differ in cadence and old readings are thinned out: what is usual nearby is no hole. */
const holeSteps = 4;

/**
 * Puts the readings between two times into `into`, with one on each side so that the line reaches the edge, and with a hole where
 * nothing was measured.
 * @returns the largest use among them.
 */
export const fillPlot = (ring: Ring, fromMs: number, toMs: number, into: PlotData): number => {
  const { times, used, limit } = into;
  let size = 0;
  let largest = 0;
  const put = (atMs: number, value: number | null, bound: number | null): void => {
    times[size] = atMs;
    used[size] = value;
    limit[size] = bound;
    size += 1;
  };
  const end = Math.min(ring.length, ring.firstFrom(toMs) + 1);
  let stepMs = Number.POSITIVE_INFINITY;
  for (let at = Math.max(0, ring.firstFrom(fromMs) - 1); at < end; at += 1) {
    const atMs = ring.timeAt(at);
    const value = ring.usedAt(at);
    if (size > 0) {
      const before = times[size - 1] ?? atMs;
      if (atMs - before > Math.max(leastHoleMs, holeSteps * stepMs)) put((before + atMs) / 2, null, null);
      stepMs = atMs - before;
    }
    put(atMs, value, ring.limitAt(at));
    if (value > largest) largest = value;
  }
  times.length = size;
  used.length = size;
  limit.length = size;
  return largest;
};
