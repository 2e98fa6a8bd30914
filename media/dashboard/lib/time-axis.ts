/** What the time axis shows, epoch milliseconds. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const aheadSteps = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000];

/**
 * @param latestMs how far ahead the forecasts reach, milliseconds from now; 0 when there are none.
 * @returns how much of the future to show: in steps, so that the axis does not creep, and never more than half of the past.
 */
export const aheadMs = (latestMs: number, windowMs: number): number => {
  const most = Math.min(windowMs / 2, 600_000);
  const least = Math.min(windowMs / 40, 30_000);
  if (!(latestMs > 0)) return least;
  const wanted = Math.min(latestMs * 1.1, most);
  return Math.max(least, Math.min(most, aheadSteps.find((step) => step >= wanted) ?? most));
};

const pastSteps = [60_000, 120_000, 180_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000];

/**
 * @param knownMs how far back anything is known, milliseconds.
 * @returns how much of the past to show: no more than is known, in steps, so that the axis does not creep while a sandbox is young.
 */
export const pastMs = (knownMs: number, windowMs: number): number =>
  Math.min(windowMs, pastSteps.find((step) => step >= knownMs) ?? windowMs);

/** @returns the span of a page that follows the present, or ends where its sandbox ended. */
export const followSpan = (options: {
  readonly nowMs: number;
  readonly endedAtMs: number | null;
  readonly windowMs: number;
  readonly aheadMs: number;
}): TimeSpan => {
  const { nowMs, endedAtMs, windowMs, aheadMs: ahead } = options;
  if (endedAtMs !== null) return { fromMs: endedAtMs - windowMs, toMs: endedAtMs + windowMs / 40 };
  // Whole seconds, so that two charts drawn in the same second have the same axis.
  const end = Math.ceil((nowMs + ahead) / 1_000) * 1_000;
  return { fromMs: end - ahead - windowMs, toMs: end };
};

/** Steps between the labels of a time axis. */
export const timeSteps: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400,
].map((seconds) => seconds * 1_000);

/** @returns a zoomed span of at least `leastMs`, or null when it is too small to be meant. */
export const zoomSpan = (aMs: number, bMs: number, leastMs = 3_000): TimeSpan | null => {
  const fromMs = Math.min(aMs, bMs);
  const toMs = Math.max(aMs, bMs);
  if (!(toMs > fromMs)) return null;
  const missing = leastMs - (toMs - fromMs);
  return missing <= 0 ? { fromMs, toMs } : { fromMs: fromMs - missing / 2, toMs: toMs + missing / 2 };
};

/** @returns `span` made smaller or larger around its middle. */
export const scaleSpan = ({ fromMs, toMs }: TimeSpan, factor: number): TimeSpan => {
  const middle = (fromMs + toMs) / 2;
  const half = ((toMs - fromMs) / 2) * factor;
  return { fromMs: middle - half, toMs: middle + half };
};
