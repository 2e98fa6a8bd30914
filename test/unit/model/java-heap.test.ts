import { describe, expect, it } from 'vitest';
import { parseJavaCounters } from '../../../src/model/java-heap.ts';
import { countersFile, realCounters } from '../../helpers/java-counters.ts';

const mebibyte = 1024 ** 2;
const inMebibytes = (bytes: number | undefined): number => Math.round(((bytes ?? Number.NaN) / mebibyte) * 10) / 10;

describe('the counters of a real JVM with a heap of 64 MiB', () => {
  const told = (name: Parameters<typeof realCounters>[0]) => {
    const counters = parseJavaCounters(realCounters(name));
    return {
      held: inMebibytes(counters?.heldBytes),
      fresh: inMebibytes(counters?.freshBytes),
      limit: inMebibytes(counters?.limitBytes),
      full: counters?.fullCollections,
      only: counters?.onlyThose,
    };
  };

  it('with the serial collector: both generations together, without the survivors that must stay free', () => {
    expect(told('serial')).toEqual({ held: 23.6, fresh: 16.1, limit: 59.8, full: 0, only: true });
  });

  it('with the parallel collector, once the old generation has grown: what the young really have', () => {
    const { limit, ...rest } = told('parallel');
    expect(rest).toEqual({ held: 29.6, fresh: 5.5, full: 0, only: true });
    expect(limit).toBeGreaterThan(43);
    expect(limit).toBeLessThan(63);
  });

  it('with G1: the old generation may take all of it', () => {
    expect(told('g1')).toEqual({ held: 38.3, fresh: 4, limit: 64, full: 3, only: false });
    expect(told('g1-25')).toEqual({ held: 43.9, fresh: 8, limit: 64, full: 2, only: false });
  });

  it('with ZGC, in one and in two generations, and Shenandoah', () => {
    expect(told('z')).toEqual({ held: 52, fresh: 0, limit: 64, full: null, only: false });
    expect(told('generational-z')).toEqual({ held: 62, fresh: 0, limit: 64, full: null, only: false });
    expect(told('shenandoah')).toMatchObject({ held: 50, fresh: 0, limit: 64, full: 144 });
  });

  it('tells when it began', () => {
    expect(new Date(parseJavaCounters(realCounters('g1'))?.startedAtMs ?? 0).getUTCFullYear()).toBeGreaterThan(2020);
  });
});

describe('a file of counters', () => {
  const heap = {
    'sun.gc.policy.name': 'Copy:MSC',
    'sun.gc.generation.1.maxCapacity': 40 * mebibyte,
    'sun.gc.generation.1.space.0.used': 40 * mebibyte,
    'sun.gc.generation.0.spaces': 3,
    'sun.gc.generation.0.space.0.used': 9 * mebibyte,
    'sun.gc.generation.0.space.0.capacity': 12 * mebibyte,
    'sun.gc.generation.0.space.0.maxCapacity': 16 * mebibyte,
    'sun.gc.collector.1.invocations': 3,
  };

  it('is read in both byte orders', () => {
    const counters = parseJavaCounters(countersFile(heap));
    expect(counters).toMatchObject({ heldBytes: 40 * mebibyte, freshBytes: 9 * mebibyte, fullCollections: 3 });
    expect(parseJavaCounters(countersFile(heap, false))).toEqual(counters);
  });

  it('tells that a full old generation leaves what lives with the young, who have no more room than they hold', () => {
    expect(parseJavaCounters(countersFile(heap))).toMatchObject({ keepsFresh: true, limitBytes: 52 * mebibyte });
    const emptier = { ...heap, 'sun.gc.generation.1.space.0.used': 30 * mebibyte };
    expect(parseJavaCounters(countersFile(emptier))).toMatchObject({ keepsFresh: false, limitBytes: 56 * mebibyte });
  });

  it('does not count a collection that goes on', () => {
    const during = { ...heap, 'sun.gc.collector.1.lastEntryTime': 900, 'sun.gc.collector.1.lastExitTime': 500 };
    expect(parseJavaCounters(countersFile(during))?.fullCollections).toBe(2);
    const after = { ...during, 'sun.gc.collector.1.lastExitTime': 950 };
    expect(parseJavaCounters(countersFile(after))?.fullCollections).toBe(3);
  });

  it('without a heap, not ready, of another version, cut off or of something else is none', () => {
    const file = countersFile(heap);
    const changed = (at: number, value: number): Uint8Array => {
      const copy = file.slice();
      copy[at] = value;
      return copy;
    };
    expect(parseJavaCounters(countersFile({ 'sun.gc.cause': 'No GC' }))).toBeNull();
    expect(parseJavaCounters(countersFile({ ...heap, 'sun.gc.generation.1.maxCapacity': 0 }))).toBeNull();
    expect(parseJavaCounters(countersFile({ ...heap, 'sun.gc.generation.1.space.0.used': -1 }))).toBeNull();
    for (const odd of [
      changed(0, 1),
      changed(4, 7),
      changed(5, 1),
      changed(7, 0),
      file.slice(0, 90),
      file.slice(0, 31),
    ]) {
      expect(parseJavaCounters(odd)).toBeNull();
    }
  });
});
