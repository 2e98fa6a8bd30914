import { describe, expect, it } from 'vitest';
import type { RecognisedError } from '../../../src/model/error-event.ts';
import { ErrorRises, riseText } from '../../../src/monitor/error-rise.ts';

const minuteMs = 60_000;
const error = (fingerprint = 'f'): RecognisedError => ({
  fingerprint,
  pattern: 'disk-full',
  title: 'The disk is full',
  cause: null,
  source: 'execd',
  exitCode: 1,
  count: 1,
  firstSeenAtMs: 0,
  lastSeenAtMs: 0,
});
const at = (rises: ErrorRises, ...minutes: readonly number[]) =>
  minutes.map((minute) => rises.add(error(), minute * minuteMs) !== null);

describe('a rising rate of one error', () => {
  it('begins with the third time in ten minutes, and is told once', () => {
    expect(at(new ErrorRises(), 0, 1, 2, 3, 4)).toEqual([false, false, true, false, false]);
  });

  it('is none where the error always came as often', () => {
    const steady = Array.from({ length: 30 }, (_, index) => index * 4 + 100);
    const rises = new ErrorRises();
    // The first three are a rise; after that the pace stays.
    expect(at(rises, ...steady).filter(Boolean)).toHaveLength(1);
  });

  it('needs twice as many as in the ten minutes before', () => {
    const rises = new ErrorRises();
    at(rises, 0, 1, 2);
    expect(rises.present(20 * minuteMs)).toBeNull();
    expect(at(rises, 13, 13.5, 14, 14.5, 14.6)).toEqual([false, false, false, false, false]);
    expect(at(rises, 14.7)).toEqual([true]);
  });

  it('is over when the error comes less often, and may begin again', () => {
    const rises = new ErrorRises();
    at(rises, 0, 1, 2);
    expect(rises.present(3 * minuteMs)?.count).toBe(3);
    expect(rises.present(11 * minuteMs)).toBeNull();
    expect(at(rises, 40, 41, 42)).toEqual([false, false, true]);
  });

  it('keeps different errors apart', () => {
    const rises = new ErrorRises();
    expect(['a', 'b', 'a', 'b', 'a'].map((one, index) => rises.add(error(one), index) !== null)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('says it in words', () => {
    const rise = { id: 'x', error: error(), count: 4, before: 1, atMs: 0 };
    expect(riseText(rise)).toBe('“The disk is full” came 4 times in ten minutes, once in the ten before');
    expect(riseText({ ...rise, before: 0 })).toBe('“The disk is full” came 4 times in ten minutes');
  });
});
