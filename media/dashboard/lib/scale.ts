import type { SignalUnit } from '../../../src/model/signal.ts';

/** What the value axis of a chart spans. */
export interface ValueRange {
  readonly max: number;
  /** The limit is so far above that the axis ends below it; its line is then not drawn but named. */
  readonly limitAbove: boolean;
}

const leastMax: Record<SignalUnit, number> = { bytes: 2 ** 20, count: 10, milliseconds: 1_000, cores: 0.1 };

/** @returns the next larger number that is one to two digits, or half of a power of two for bytes, so that the axis stays calm. */
export const roundUp = (value: number, unit: SignalUnit): number => {
  if (!(value > 0)) return leastMax[unit];
  if (unit === 'bytes') {
    const power = 2 ** Math.floor(Math.log2(value));
    const step = power / 4;
    return Math.ceil(value / step) * step;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= value * 0.999_999) ?? 10) * power;
};

const enterAt = 0.3;
const leaveAt = 0.2;

/**
 * @param largest the largest use in sight.
 * @param limit the limit now, or null.
 * @param before the range until now; the limit comes into sight later than it leaves it, so that the axis does not jump to and fro.
 * @param coming a forecast is drawn towards the limit, so that it must be in sight.
 */
export const valueRange = (
  largest: number,
  limit: number | null,
  unit: SignalUnit,
  before: ValueRange | null,
  coming: boolean,
): ValueRange => {
  const room = roundUp(Math.max(largest * 1.25, leastMax[unit]), unit);
  if (limit === null || limit <= 0) return { max: room, limitAbove: false };
  const share = largest / limit;
  const inside = coming || share >= (before !== null && !before.limitAbove ? leaveAt : enterAt) || room >= limit;
  return inside ? { max: Math.max(limit, largest) * 1.12, limitAbove: false } : { max: room, limitAbove: true };
};

/** @returns round values from 0 to `max`, about `wanted` of them. */
export const ticksOf = (max: number, unit: SignalUnit, wanted: number): readonly number[] => {
  const rough = max / Math.max(1, wanted);
  const step = Math.max(
    unit === 'count' ? 1 : 0,
    unit === 'bytes' ? 2 ** Math.ceil(Math.log2(rough)) : roundStep(rough),
  );
  const ticks: number[] = [];
  for (let at = 0; at <= max * 1.000_001; at += step) ticks.push(Math.round(at * 1e6) / 1e6);
  return ticks;
};

const roundStep = (rough: number): number => {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((step) => step * power >= rough * 0.999_999) ?? 10) * power;
};
