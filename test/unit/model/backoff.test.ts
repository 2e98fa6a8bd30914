import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../src/model/backoff.ts';

const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.nextMs());

describe('Backoff', () => {
  it('doubles the bound up to the cap and draws evenly below it', () => {
    const full = new Backoff({ firstMs: 500, maxMs: 3_000, minMs: 0, random: () => 1 });
    expect(waits(full, 5)).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
    const half = new Backoff({ firstMs: 500, maxMs: 3_000, minMs: 100, random: () => 0.5 });
    expect(waits(half, 3)).toEqual([300, 550, 1_050]);
  });

  it('never waits less than the minimum', () => {
    expect(waits(new Backoff({ minMs: 100, random: () => 0 }), 3)).toEqual([100, 100, 100]);
  });

  it('starts afresh after a reset', () => {
    const backoff = new Backoff({ firstMs: 10, minMs: 0, random: () => 1 });
    expect(waits(backoff, 3)).toEqual([10, 20, 40]);
    backoff.reset();
    expect(backoff.nextMs()).toBe(10);
  });

  it('stays within its cap whatever it is given', () => {
    expect(waits(new Backoff({ firstMs: 500, maxMs: 0, minMs: 100 }), 3)).toEqual([0, 0, 0]);
    expect(waits(new Backoff({ firstMs: 10, maxMs: 20, factor: 0, minMs: 0, random: () => 1 }), 3)).toEqual([
      10, 10, 10,
    ]);
  });
});
