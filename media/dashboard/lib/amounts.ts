import { formatBytes, formatCount, formatDuration, formatPercent } from '../../../src/model/format.ts';
import type { SignalUnit } from '../../../src/model/signal.ts';

const cores = (value: number): string =>
  value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2).replace(/\.?0+$/, '');

/** @returns a number of `unit` for people, with its unit. */
export const amountText = (value: number, unit: SignalUnit): string => {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return formatCount(value);
    case 'milliseconds':
      return formatDuration(value);
    case 'cores':
      return `${cores(value)} ${Math.abs(value) === 1 ? 'core' : 'cores'}`;
  }
};

/** The same on an axis, where the unit of counts and cores is clear. */
export const tickText = (value: number, unit: SignalUnit): string =>
  unit === 'cores' ? (value === 0 ? '0' : cores(value)) : value === 0 ? '0' : amountText(value, unit);

/** @returns "364 MiB (71%)". */
export const useText = (used: number, limit: number | null, unit: SignalUnit): string =>
  limit === null || limit <= 0 ? amountText(used, unit) : `${amountText(used, unit)} (${formatPercent(used / limit)})`;
