import type { SignalState } from '../../../src/model/dashboard/sandbox-page.ts';

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** The forecast as it is drawn: between the earliest and the latest way to the limit. */
export interface FanShape {
  readonly limit: number;
  /** Corners of the area, beginning where the forecast begins. */
  readonly area: readonly Point[];
  /** The way in the middle. */
  readonly middle: readonly [Point, Point];
  /** When the limit is reached by the middle estimate. */
  readonly limitAtMs: number;
}

/**
 * The model tells times to the limit, not the way there: the ways are drawn straight.
 * @param untilMs the edge of what is shown; a way that does not reach the limit before ends there.
 * @returns null when nothing is in sight.
 */
export const fanShape = (state: SignalState | null, untilMs: number): FanShape | null => {
  if (state === null || state.fan === null || state.limit === null) return null;
  const { fan, limit, atMs, used } = state;
  if (fan.p50 === null || untilMs <= atMs || used >= limit) return null;
  const start = { atMs, value: used };
  const reach = (ms: number): Point => ({ atMs: atMs + Math.max(ms, 0), value: limit });
  const early = reach(fan.p10 ?? fan.p50);
  const far = untilMs + 1;
  const late: readonly Point[] =
    fan.p90 === null
      ? [
          { atMs: Math.max(far, early.atMs), value: limit },
          { atMs: Math.max(far, early.atMs), value: used },
        ]
      : [reach(fan.p90)];
  return { limit, area: [start, early, ...late], middle: [start, reach(fan.p50)], limitAtMs: atMs + fan.p50 };
};
