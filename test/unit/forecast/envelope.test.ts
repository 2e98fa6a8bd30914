import { describe, expect, it } from 'vitest';
import { Envelope } from '../../../src/forecast/envelope.ts';
import { decayFrom, recentRise } from '../../../src/forecast/slowdown.ts';

function filled(
  windowSeconds: number,
  course: (second: number) => number,
  seconds: number,
  everySeconds = 1,
): Envelope {
  const envelope = new Envelope(windowSeconds);
  for (let second = 0; second <= seconds; second += everySeconds) envelope.add(second * 1000, course(second));
  return envelope;
}

describe('the envelope of one scale', () => {
  it('has no slope before four blocks are closed', () => {
    expect(filled(60, (s) => s, 39).ready).toBe(false);
    expect(filled(60, (s) => s, 41).ready).toBe(true);
  });

  it('finds the slope of a line whatever the cadence', () => {
    for (const cadence of [1, 2, 5, 15, 60]) {
      const envelope = filled(60, (s) => 100 + 3 * s, 600, cadence);
      expect(envelope.slope).toBeCloseTo(3, 9);
      expect(envelope.agreement).toBe(1);
      expect(envelope.roughness).toBeCloseTo(0, 9);
    }
  });

  it('sees a flat floor and the swing under a sawtooth', () => {
    const envelope = filled(60, (s) => 50 + 4 * (s % 10), 300);
    expect(envelope.slope).toBeCloseTo(0, 9);
    expect(envelope.swing).toBeCloseTo(36, 9);
  });

  it('sees the rising floor under a sawtooth', () => {
    const envelope = filled(60, (s) => 50 + 0.5 * s + 4 * (s % 10), 300);
    expect(envelope.slope).toBeCloseTo(0.5, 6);
    expect(envelope.swing).toBeGreaterThan(30);
  });

  it('lets a single outlier change nothing', () => {
    const envelope = filled(60, (s) => (s === 40 ? 5000 : 10 + s), 120);
    expect(envelope.slope).toBeCloseTo(1, 6);
  });

  it('forgets on restart', () => {
    const envelope = filled(60, (s) => s, 300);
    envelope.restart();
    expect(envelope.ready).toBe(false);
  });
});

describe('levelling off', () => {
  it('is not seen in a line', () => {
    expect(
      recentRise(
        filled(60, (s) => 2 * s, 100),
        200,
        100_000,
      ),
    ).toBe(1);
  });

  it('is seen when the climb stops, before the next block closes', () => {
    const climb = filled(60, (s) => 2 * Math.min(s, 60), 69);
    expect(recentRise(climb, 120, 69_000)).toBeLessThan(1);
    expect(recentRise(climb, 60, 69_000)).toBeLessThan(0.01);
  });

  it('shows between scales as a rate of decay', () => {
    const saturating = (s: number): number => 200 * (1 - Math.exp(-s / 40));
    const decay = decayFrom(filled(120, saturating, 120), filled(18, saturating, 120));
    expect(decay).toBeGreaterThan(0.01);
    expect(decay).toBeLessThan(0.05);
    expect(
      decayFrom(
        filled(120, (s) => s, 120),
        filled(18, (s) => s, 120),
      ),
    ).toBe(0);
  });
});
