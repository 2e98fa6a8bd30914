import { describe, expect, it } from 'vitest';
import { type Motion, passageProbability, passageQuantiles } from '../../../src/forecast/first-passage.ts';
import { phi } from '../../../src/forecast/numerics.ts';
import { randomFrom } from './support.ts';

/** Share of simulated paths that reach the distance in time; the crossing between two steps is drawn from the Brownian bridge. */
function simulated(motion: Motion, distance: number, seconds: number): number {
  const random = randomFrom(42);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const paths = 4000;
  const steps = 50;
  const dt = seconds / steps;
  let hits = 0;
  for (let path = 0; path < paths; path++) {
    const drift = motion.drift + motion.driftDeviation * normal();
    let x = 0;
    for (let step = 0; step < steps; step++) {
      const next = x + drift * dt + Math.sqrt(motion.variancePerSecond * dt) * normal();
      const bridge = Math.exp((-2 * (distance - x) * (distance - next)) / (motion.variancePerSecond * dt));
      if (next >= distance || random() < bridge) {
        hits++;
        break;
      }
      x = next;
    }
  }
  return hits / paths;
}

describe('first passage of a path with uncertain drift', () => {
  it.each([
    [{ drift: 0.01, driftDeviation: 0.002, variancePerSecond: 0.0004 }, 0.5, 60],
    [{ drift: 0.002, driftDeviation: 0.004, variancePerSecond: 0.0002 }, 0.3, 60],
    [{ drift: 0, driftDeviation: 0, variancePerSecond: 0.001 }, 0.3, 120],
    [{ drift: 0.004, driftDeviation: 0, variancePerSecond: 0.0003 }, 0.4, 120],
    [{ drift: -0.001, driftDeviation: 0.003, variancePerSecond: 0.0005 }, 0.25, 300],
  ])('agrees with simulation (%o, %f, %i s)', (motion, distance, seconds) => {
    expect(Math.abs(passageProbability(motion, distance, seconds) - simulated(motion, distance, seconds))).toBeLessThan(
      0.025,
    );
  });

  it('is certain at the limit and impossible without time', () => {
    const motion = { drift: 1, driftDeviation: 0.1, variancePerSecond: 1 };
    expect(passageProbability(motion, 0, 60)).toBe(1);
    expect(passageProbability(motion, -5, 60)).toBe(1);
    expect(passageProbability(motion, 5, 0)).toBe(0);
  });

  it('is a step for a path without any spread', () => {
    const motion = { drift: 2, driftDeviation: 0, variancePerSecond: 0 };
    expect(passageProbability(motion, 100, 49)).toBe(0);
    expect(passageProbability(motion, 100, 51)).toBe(1);
  });

  it('survives exponents far beyond the range of exp', () => {
    const motion = { drift: 1, driftDeviation: 1, variancePerSecond: 1e-9 };
    const p = passageProbability(motion, 100, 60);
    // Without diffusion only the drift decides: P(drift > 100/60).
    expect(p).toBeCloseTo(1 - phi(100 / 60 - 1), 3);
  });
});

describe('quantiles of the time to the limit', () => {
  const motion = { drift: 4, driftDeviation: 0.6, variancePerSecond: 9 };

  it('are the times at which the probability is 0.1, 0.5 and 0.9', () => {
    const { p10, p50, p90 } = passageQuantiles(motion, 150);
    expect(passageProbability(motion, 150, p10)).toBeCloseTo(0.1, 1);
    expect(passageProbability(motion, 150, p50)).toBeCloseTo(0.5, 1);
    expect(passageProbability(motion, 150, p90)).toBeCloseTo(0.9, 1);
    expect(p10).toBeLessThan(p50);
    expect(p50).toBeLessThan(p90);
  });

  it('keep the early side finite when the drift may be none', () => {
    const { p10, p50, p90 } = passageQuantiles({ drift: 1, driftDeviation: 1, variancePerSecond: 0.01 }, 100);
    expect(p10).toBeGreaterThan(30);
    expect(p50).toBeCloseTo(100, 0);
    expect(p90).toBe(Number.POSITIVE_INFINITY);
  });

  it('are zero at the limit', () => {
    expect(passageQuantiles(motion, 0)).toEqual({ p10: 0, p50: 0, p90: 0 });
  });
});
