import { describe, expect, it } from 'vitest';
import { Growers } from '../../../src/forecast/growers.ts';
import { mebibyte, processOf } from './support.ts';

describe('which process grows', () => {
  it('is the one with the greatest growth over half a minute', () => {
    const growers = new Growers();
    for (let s = 0; s <= 60; s += 5) {
      growers.add(s * 1000, [processOf(1, 'db', 500), processOf(2, 'node', 50 + 3 * s), processOf(3, 'sh', 5 + s)]);
    }
    expect(growers.fastest(4 * mebibyte)).toEqual({ pid: 2, name: 'node', bytesPerSecond: 3 * mebibyte });
  });

  it('is nobody when the rise is not theirs', () => {
    const growers = new Growers();
    for (let s = 0; s <= 30; s += 5) growers.add(s * 1000, [processOf(2, 'node', 50 + 0.1 * s)]);
    expect(growers.fastest(4 * mebibyte)).toBeNull();
  });

  it('is nobody after one list', () => {
    const growers = new Growers();
    growers.add(0, [processOf(2, 'node', 50)]);
    expect(growers.fastest(0)).toBeNull();
  });

  it('does not join two processes that share a pid', () => {
    const growers = new Growers();
    for (let s = 0; s <= 30; s += 5) growers.add(s * 1000, [processOf(2, s < 30 ? 'sh' : 'node', s < 30 ? 2 : 200)]);
    expect(growers.fastest(mebibyte)).toBeNull();
    for (let s = 35; s <= 60; s += 5) {
      growers.add(s * 1000, [processOf(2, 'node', s < 60 ? 10 : 200, { ageMs: s < 60 ? s * 1000 : 0 })]);
    }
    expect(growers.fastest(mebibyte)).toBeNull();
  });

  it('goes on after the clock went back', () => {
    const growers = new Growers();
    for (let s = 600; s <= 630; s += 5) growers.add(s * 1000, [processOf(2, 'node', s)]);
    for (let s = 0; s <= 30; s += 5) growers.add(s * 1000, [processOf(2, 'node', 10 + 2 * s)]);
    expect(growers.fastest(mebibyte)?.bytesPerSecond).toBeCloseTo(2 * mebibyte, 0);
  });
});
