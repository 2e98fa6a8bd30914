/**
 * Normal tail functions that stay exact far out, where `1 - erf(x)` cancels and tabulated versions stop at three sigma.
 *
 * Method: `erfc(x) = t·exp(-x² + P(t))` with `t = 2/(2 + x)`; `P` is smooth on 0..1, so a short Chebyshev series holds it.
 * Its coefficients are computed once, at load, from two exact forms: the all-positive series of Abramowitz & Stegun 7.1.6
 * for small x and the continued fraction 7.1.14 for large x.
 */
const terms = 32;
const seriesBelow = 2.2;

/** ln erfc(x) for x >= 0, slow and exact to about 1e-13: the reference the fast form is fitted to. */
function exactLogErfc(x: number): number {
  if (x < seriesBelow) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17 && n < 200; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return Math.log1p((-2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum);
  }
  let fraction = 0;
  for (let n = 160; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return -x * x - Math.log(Math.sqrt(Math.PI) * (x + fraction));
}

function chebyshevCoefficients(): Float64Array {
  const values = new Float64Array(terms);
  for (let k = 0; k < terms; k++) {
    const t = (Math.cos((Math.PI * (k + 0.5)) / terms) + 1) / 2;
    const x = 2 / t - 2;
    values[k] = exactLogErfc(x) + x * x - Math.log(t);
  }
  const coefficients = new Float64Array(terms);
  for (let j = 0; j < terms; j++) {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum += (values[k] ?? 0) * Math.cos((Math.PI * j * (k + 0.5)) / terms);
    coefficients[j] = (2 * sum) / terms;
  }
  return coefficients;
}

const chebyshev = chebyshevCoefficients();

/**
 * @returns ln(erfc(x)·exp(x²)), which stays small and exact where erfc itself underflows; relative error of erfcx below 1e-10.
 * Below zero it grows like x².
 */
function logScaledErfc(x: number): number {
  if (x < 0) return x * x + Math.log(2 - Math.exp(logScaledErfc(-x) - x * x));
  const t = 2 / (2 + x);
  const twice = 4 * t - 2;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let j = terms - 1; j > 0; j--) {
    b2 = b1;
    b1 = b0;
    b0 = twice * b1 - b2 + (chebyshev[j] ?? 0);
  }
  // Clenshaw's last step, with half of the first coefficient.
  return Math.log(t) + (twice / 2) * b0 - b1 + (chebyshev[0] ?? 0) / 2;
}

/** @returns ln erfc(x), finite for every x whose square is. */
export const logErfc = (x: number): number => logScaledErfc(x) - x * x;

/** @returns the complementary error function. */
export const erfc = (x: number): number => Math.exp(logErfc(x));

/** @returns ln Φ(z), the logarithm of the standard normal distribution function; exact in the lower tail. */
export const logPhi = (z: number): number => logErfc(-z * Math.SQRT1_2) - Math.LN2;

/** @returns ln(Φ(z)·exp(z²/2)): Mills' ratio without its overflow. */
export const logScaledPhi = (z: number): number => logScaledErfc(-z * Math.SQRT1_2) - Math.LN2;

/** @returns Φ(z). */
export const phi = (z: number): number => Math.exp(logPhi(z));
