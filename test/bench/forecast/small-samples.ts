import type { Interval } from './protocol.ts';

/** Normal quantile of 97.5 %. */
const z = 1.96;

/**
 * 95 % interval of a share when few were counted: drawing one hit of one anew gives one hit of one for ever, so the bootstrap is no help in
 * a single family.
 * @returns null when there was nothing to count.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
 */
export function shareInterval(hits: number, of: number): Interval | null {
  if (of === 0) return null;
  const share = hits / of;
  const scale = 1 + z ** 2 / of;
  const middle = (share + z ** 2 / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * 95 % interval of a rate from a count, for events that come independently.
 * @param hours how long was counted @returns null when that is nothing.
 * Source: the exact limits of F. Garwood, Biometrika 28, 1936, with the chi-square quantile of E. B. Wilson and M. M. Hilferty, PNAS 17, 1931.
 */
export function rateInterval(count: number, hours: number): Interval | null {
  if (!(hours > 0)) return null;
  const cube = (n: number, sign: number): number => n * (1 - 1 / (9 * n) + (sign * z) / (3 * Math.sqrt(n))) ** 3;
  return [count === 0 ? 0 : cube(count, -1) / hours, cube(count + 1, 1) / hours];
}
