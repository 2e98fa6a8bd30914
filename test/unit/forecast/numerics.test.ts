import { errorFunction } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { erfc, logErfc, logPhi, phi } from '../../../src/forecast/numerics.ts';

describe('erfc', () => {
  it.each([
    [-1, 1.8427007929497148],
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [2, 0.004677734981047266],
    [5, 1.5374597944280349e-12],
    [10, 2.088487583762545e-45],
  ])('erfc(%f) agrees with published values to ten digits', (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-10);
  });

  it('agrees with an independent error function within the precision of that one', () => {
    for (let x = -4; x <= 4; x += 0.05) expect(erfc(x)).toBeCloseTo(1 - errorFunction(x), 6);
  });

  it('falls everywhere', () => {
    for (let x = 0; x < 20; x += 0.01) expect(logErfc(x + 0.01)).toBeLessThan(logErfc(x));
  });
});

describe('log of the normal distribution function', () => {
  it('is exact far out, where Φ itself underflows', () => {
    expect(phi(-6)).toBeCloseTo(9.865876450376946e-10, 18);
    expect(logPhi(-40)).toBeCloseTo(-804.608442013754, 8);
    expect(phi(-37)).toBeGreaterThan(0);
    expect(Number.isFinite(logPhi(-1e6))).toBe(true);
    expect(logPhi(-1e9)).toBeCloseTo(-5e17, -4);
  });

  it('is right around zero, where a table has steps', () => {
    expect(phi(0.004)).toBeCloseTo(0.501595765, 8);
    expect(phi(0)).toBeCloseTo(0.5, 11);
    expect(phi(8)).toBeCloseTo(1, 11);
  });

  it('is symmetric', () => {
    for (let z = 0; z < 8; z += 0.1) expect(phi(z) + phi(-z)).toBeCloseTo(1, 12);
  });
});
