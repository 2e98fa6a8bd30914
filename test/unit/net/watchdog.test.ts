import { describe, expect, it } from 'vitest';
import { Watchdog } from '../../../src/net/watchdog.ts';
import { ManualClock } from './support.ts';

const watch = (silenceMs: number) => {
  const clock = new ManualClock();
  let barks = 0;
  const dog = new Watchdog(
    silenceMs,
    () => {
      barks += 1;
    },
    clock,
  );
  return { clock, dog, barks: () => barks };
};

describe('Watchdog', () => {
  it('barks once after the silence', () => {
    const { clock, dog, barks } = watch(1_000);
    dog.start();
    clock.advance(999);
    expect(barks()).toBe(0);
    clock.advance(1);
    expect(barks()).toBe(1);
    clock.advance(10_000);
    expect(barks()).toBe(1);
  });

  it('is quiet while it is fed, then barks between one silence and a quarter more', () => {
    const { clock, dog, barks } = watch(1_000);
    dog.start();
    for (let i = 0; i < 50; i += 1) {
      clock.advance(900);
      dog.feed();
    }
    expect(barks()).toBe(0);
    clock.advance(999);
    expect(barks()).toBe(0);
    clock.advance(251);
    expect(barks()).toBe(1);
  });

  it('does nothing before start and after stop, and starts afresh', () => {
    const { clock, dog, barks } = watch(1_000);
    clock.advance(5_000);
    dog.start();
    clock.advance(900);
    dog.stop();
    clock.advance(5_000);
    expect(barks()).toBe(0);
    dog.start();
    clock.advance(900);
    dog.start();
    clock.advance(900);
    expect(barks()).toBe(0);
    expect(clock.waiting).toBe(1);
    clock.advance(100);
    expect(barks()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('does not look at the time of day', () => {
    const clock = new ManualClock();
    const jumping = { now: () => Math.random() * 1e12, after: clock.after.bind(clock) };
    let barks = 0;
    const dog = new Watchdog(1_000, () => (barks += 1), jumping);
    dog.start();
    clock.advance(999);
    expect(barks).toBe(0);
    clock.advance(1);
    expect(barks).toBe(1);
  });
});
