import { phi } from './numerics.ts';

/** Of so few that are so late nothing can be told apart any more. */
const leastToCome = 1e-9;

/**
 * @returns the share of those that come later than `ageMs`, of what usually comes after `usualMs`; 1 where nobody measured.
 * @param spread of the logarithm of the time.
 */
export const later = (usualMs: number | null, ageMs: number, spread: number): number =>
  usualMs === null || !(ageMs >= 1) ? 1 : phi(Math.log(usualMs / ageMs) / spread);

/**
 * @returns how likely what usually comes after `usualMs` comes within 60, 120 and 300 s of the age `ageMs`, if it is still to come; all of it
 * where nobody measured.
 */
export function shareWithin(usualMs: number | null, ageMs: number, spread: number): readonly [number, number, number] {
  const toCome = later(usualMs, ageMs, spread);
  if (usualMs === null || toCome < leastToCome) return [1, 1, 1];
  const within = (seconds: number): number => 1 - later(usualMs, ageMs + seconds * 1000, spread) / toCome;
  // In the tails rounding may turn the order.
  const in60 = Math.max(0, within(60));
  const in120 = Math.max(in60, within(120));
  return [in60, in120, Math.max(in120, within(300))];
}
