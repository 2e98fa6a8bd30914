import { describe, expect, it } from 'vitest';
import { LifeCourse, lifeKey, noEndBytes } from '../../../src/model/life.ts';

const mebibyte = 2 ** 20;
const limit = 100 * mebibyte;

/** A life told in MiB, one reading a second. */
function lived(...readings: readonly number[]): LifeCourse {
  const course = new LifeCourse();
  readings.forEach((mib, second) => {
    course.add(second * 1000, mib * mebibyte, limit);
  });
  return course;
}
const climb = (from: number, to: number, seconds: number): number[] =>
  Array.from({ length: seconds }, (_, s) => from + ((to - from) * (s + 1)) / seconds);
const level = (at: number, seconds: number): number[] => Array.from({ length: seconds }, () => at);

describe('what is remembered of a life', () => {
  it('is where it stopped, once it rested there for half a minute', () => {
    expect(lived(...climb(10, 70, 60), ...level(70, 40)).end()).toBe(70 * mebibyte);
  });

  it('is its highest, when it came down from there', () => {
    expect(lived(...climb(10, 80, 20), ...level(20, 60)).end()).toBe(80 * mebibyte);
  });

  it('is nothing while it still climbs, or rested too short for the time it took', () => {
    expect(lived(...climb(10, 70, 60)).end()).toBeNull();
    expect(lived(...climb(10, 70, 60), ...level(70, 20)).end()).toBeNull();
    expect(lived(...climb(10, 70, 600), ...level(70, 40)).end()).toBeNull();
  });

  it('does not take small noise on a plateau for climbing', () => {
    const noisy = level(70, 60).map((mib, s) => mib + (s % 3) * 0.3);
    expect(lived(...climb(10, 70, 30), ...noisy).end()).toBeCloseTo(70.6 * mebibyte, 0);
  });

  it('sees a slow climb in many small steps', () => {
    expect(lived(...climb(40, 70, 900)).end()).toBeNull();
  });

  it('has no end when it reached the limit, whoever tells', () => {
    expect(lived(...climb(10, 99, 60)).end()).toBe(noEndBytes);
    const killed = lived(...climb(10, 60, 60));
    killed.reached();
    expect(killed.end()).toBe(noEndBytes);
  });

  it('is nothing without readings, and nonsense is left out', () => {
    expect(lived().end()).toBeNull();
    expect(lived(Number.NaN, -1, Number.POSITIVE_INFINITY).end()).toBeNull();
    const course = lived(...climb(10, 50, 30), ...level(50, 40));
    course.add(Number.NaN, 5, limit);
    course.add(71_000, 5, 0);
    expect(course.end()).toBe(50 * mebibyte);
  });

  it('is kept by kind and signal, apart from every command', () => {
    expect(lifeKey('node:20 #1a', 'memory')).not.toBe(lifeKey('node:20 #1a', 'disk'));
    expect(lifeKey('node:20 #1a', 'memory')).not.toBe(lifeKey('node:20 #1b', 'memory'));
  });
});
