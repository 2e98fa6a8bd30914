import { logScaledPhi, phi } from './numerics.ts';

/**
 * A Brownian path whose drift is itself uncertain: drift ~ N(mean, deviation²), and on top a diffusion of `variance` per second.
 * Units: anything per second; `distance` in the same thing.
 */
export interface Motion {
  readonly drift: number;
  readonly driftDeviation: number;
  readonly variancePerSecond: number;
}

/** Standard deviations beyond which a normal tail (below 1e-15) does not matter. */
const negligible = 8;

/**
 * Probability that the path covers `distance` within `seconds` (first passage, not only where it is at the end).
 * With no uncertainty of the drift this is the inverse Gaussian distribution; with it, the unconditional first hitting time
 * of a Wiener process with random drift (Si, Wang, Hu et al., MSSP 35, 2013). The second term is
 * P(reflected) = exp(2my/v + 2s²y²/v²)·Φ(…), whose exponential overflows long before the product does: it is kept in logarithms.
 */
export function passageProbability(motion: Motion, distance: number, seconds: number): number {
  if (distance <= 0) return 1;
  if (!(seconds > 0)) return 0;
  const { drift: m, driftDeviation: s, variancePerSecond: v } = motion;
  const spread = Math.sqrt(v * seconds + s * s * seconds * seconds);
  if (!(spread > 0)) return m * seconds >= distance ? 1 : 0;
  const far = (m * seconds - distance) / spread;
  // Once there, a path that drifts upwards ends beyond the limit at least every second time: the whole is at most twice `direct`.
  if (m >= 0 && far < -negligible) return 0;
  if (far > negligible) return 1;
  const direct = phi(far);
  if (!(v > 0)) return direct;
  const z = -(2 * s * s * distance * seconds + v * (m * seconds + distance)) / (v * spread);
  // exp(2my/v + 2s²y²/v²)·Φ(z): the exponent is (z² - far²)/2 exactly, and so the huge squares never have to be subtracted.
  const reflected = Math.exp(Math.min(0, logScaledPhi(z) - (far * far) / 2));
  return Math.min(1, direct + reflected);
}

/** Standard normal quantile at 0.9. */
const z90 = 1.2815515655446004;
/** Diffusion of less than this share of the variance of the end point does not matter. */
const littleDiffusion = 0.02;
/** Relative precision of a quantile, steps of the search and how far below the closed form it looks. */
const closeEnough = 0.97;
const stepDown = 0.8;
const leastShare = 1e-3;

/** First guess: where the end point alone, without the path before it, reaches the quantile. Solves a quadratic. */
function endpointQuantile(motion: Motion, distance: number, z: number): number {
  const { drift: m, driftDeviation: s, variancePerSecond: v } = motion;
  const a = m * m - z * z * s * s;
  const b = 2 * m * distance + z * z * v;
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * distance * distance));
  if (a <= 0) return z < 0 ? (2 * distance * distance) / (b + root) : Number.POSITIVE_INFINITY;
  return (z < 0 ? b - root : b + root) / (2 * a);
}

/**
 * The time in seconds by which the distance is covered with probability 0.1, 0.5 and 0.9.
 * Infinity where the model says it may never be; found from a closed form and a short search (to 3 %).
 */
export function passageQuantiles(motion: Motion, distance: number): { p10: number; p50: number; p90: number } {
  const p50 = refine(motion, distance, 0.5, motion.drift > 0 ? distance / motion.drift : Number.POSITIVE_INFINITY);
  const p10 = Math.min(p50, refine(motion, distance, 0.1, endpointQuantile(motion, distance, -z90)));
  const p90 = Math.max(p50, refine(motion, distance, 0.9, endpointQuantile(motion, distance, z90)));
  return { p10, p50, p90 };
}

function refine(motion: Motion, distance: number, probability: number, guess: number): number {
  if (distance <= 0) return 0;
  if (!Number.isFinite(guess)) return guess;
  // Where the doubt is about the drift, a path ends where it is furthest: the end point is the answer.
  const { driftDeviation: s, variancePerSecond: v } = motion;
  if (v < littleDiffusion * s * s * guess) return guess;
  // The path can only be earlier than its end point: the guess is an upper bound, mostly a close one.
  let high = guess;
  let low = guess * closeEnough;
  while (low > guess * leastShare && passageProbability(motion, distance, low) >= probability) {
    high = low;
    low *= stepDown;
  }
  while (low < high * closeEnough) {
    const middle = (low + high) / 2;
    if (passageProbability(motion, distance, middle) < probability) low = middle;
    else high = middle;
  }
  return high;
}
