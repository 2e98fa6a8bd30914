import { describe, expect, it } from 'vitest';
import { RecoveryMemory } from '../../../src/forecast/recovery.ts';
import { Stall } from '../../../src/forecast/stall.ts';

describe('recovery memory', () => {
  it('counts climbs that came back, and those that reached a level', () => {
    const memory = new RecoveryMemory();
    [10, 40, 80, 20, 50, 15, 60, 90, 25].forEach((value, i) => {
      memory.add(i * 1000, value, 100);
    });
    expect(memory.reached(30)).toBe(3);
    expect(memory.reached(70)).toBe(2);
    expect(memory.reached(85)).toBe(1);
    expect(memory.reached(95)).toBe(0);
    expect(memory.since(4000)).toBe(2);
  });

  it('does not count ripples or climbs that stayed up', () => {
    const memory = new RecoveryMemory();
    for (let i = 0; i < 50; i++) memory.add(i * 1000, 50 + 3 * (i % 2), 100);
    for (let i = 50; i < 90; i++) memory.add(i * 1000, i, 100);
    expect(memory.reached(0)).toBe(0);
  });

  it('forgets on restart', () => {
    const memory = new RecoveryMemory();
    [10, 80, 10].forEach((value, i) => {
      memory.add(i * 1000, value, 100);
    });
    memory.restart();
    expect(memory.reached(0)).toBe(0);
  });
});

describe('rests in a climb', () => {
  it('are ordinary while stairs go on', () => {
    const stall = new Stall();
    for (let s = 0; s < 95; s++) stall.add(s * 1000, 5 * Math.floor(s / 10), 100, 1000);
    expect(stall.stillRising(94_000)).toBe(1);
  });

  it('end a smooth climb soon', () => {
    const stall = new Stall();
    for (let s = 0; s < 60; s++) stall.add(s * 1000, Math.min(s, 40), 100, 1000);
    expect(stall.stillRising(59_000)).toBeLessThan(0.1);
  });

  it('are forgotten when a new climb begins far below', () => {
    const stall = new Stall();
    for (let s = 0; s < 60; s++) stall.add(s * 1000, Math.min(s, 40), 100, 1000);
    for (let s = 60; s < 70; s++) stall.add(s * 1000, s - 60, 100, 1000);
    expect(stall.stillRising(69_000)).toBe(1);
  });
});
