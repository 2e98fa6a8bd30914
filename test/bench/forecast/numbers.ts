import type { Interval } from './protocol.ts';

/** A number as the tables have it; `–` for what is not known. */
export const number = (value: number | null, digits = 2): string =>
  value === null || !Number.isFinite(value) ? '–' : value.toFixed(digits);

export const between = ([low, high]: Interval, digits = 2): string =>
  `[${number(low, digits)}, ${number(high, digits)}]`;

export const maybe = (interval: Interval | null, digits?: number): string =>
  interval === null ? '–' : between(interval, digits);
