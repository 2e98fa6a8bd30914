import { describe, expect, it } from 'vitest';
import {
  parseCpuStat,
  parseFlatKeyed,
  parseLimit,
  parseMemoryStat,
  parsePressure,
} from '../../../../src/cli/recording/counters.ts';

const v1 = `cache 999
rss 1
inactive_file 2
hierarchical_memory_limit 67108864
total_cache 8192
total_rss 40960
total_shmem 4096
total_dirty 12
total_swap 3
total_pgmajfault 7
total_inactive_file 4096
total_active_file 1024
total_workingset_refault_file 5
`;

const v2 = `anon 1000
file 5000
kernel_stack 30
pagetables 20
shmem 100
file_dirty 9
inactive_file 3000
active_file 1500
slab_reclaimable 700
slab_unreclaimable 50
pgmajfault 4
workingset_refault_file 6
`;

describe('memory.stat', () => {
  it('takes the totals of a v1 group, not its own numbers', () => {
    expect(parseMemoryStat(v1)).toEqual({
      anonBytes: 40_960,
      cacheBytes: 8_192,
      inactiveFileBytes: 4_096,
      activeFileBytes: 1_024,
      dirtyBytes: 12,
      shmemBytes: 4_096,
      unreclaimableBytes: 45_056,
      swapUsedBytes: 3,
      majorFaultCount: 7,
      fileRefaultCount: 5,
    });
  });

  it('counts kernel memory that stays as unreclaimable in a v2 group', () => {
    const stat = parseMemoryStat(v2);
    expect(stat.unreclaimableBytes).toBe(1_000 + 100 + 50 + 30 + 20);
    expect(stat).toMatchObject({ anonBytes: 1_000, cacheBytes: 5_000, dirtyBytes: 9, swapUsedBytes: null });
  });

  it('knows nothing of an empty file', () => {
    expect(new Set(Object.values(parseMemoryStat('')))).toEqual(new Set([null]));
  });
});

describe('the other files', () => {
  it('leaves out lines that are not a name and a number', () => {
    expect([...parseFlatKeyed('low 0\nmax 12\n8:0 rbytes=1\nhalf\nnegative -1\n')]).toEqual([
      ['low', 0],
      ['max', 12],
    ]);
  });

  it('reads throttled time in nanoseconds from v1 and in microseconds from v2', () => {
    expect(parseCpuStat('nr_periods 10\nnr_throttled 4\nthrottled_time 2500000\n')).toEqual({
      usedUs: null,
      periodCount: 10,
      throttledPeriodCount: 4,
      throttledUs: 2_500,
    });
    expect(parseCpuStat('usage_usec 77\nnr_periods 3\nnr_throttled 1\nthrottled_usec 40\n')).toEqual({
      usedUs: 77,
      periodCount: 3,
      throttledPeriodCount: 1,
      throttledUs: 40,
    });
  });

  it('reads both averages of a pressure file, and none where there is none', () => {
    const text = 'some avg10=1.25 avg60=0.10 avg300=0.00 total=9\nfull avg10=0.50 avg60=0.00 avg300=0.00 total=1\n';
    expect(parsePressure(text)).toEqual({ somePercent: 1.25, fullPercent: 0.5 });
    expect(parsePressure('')).toEqual({ somePercent: null, fullPercent: null });
  });

  it('takes "max" and the largest number of v1 for no limit', () => {
    expect(parseLimit('268435456\n')).toBe(268_435_456);
    expect(parseLimit('max\n')).toBeNull();
    expect(parseLimit('9223372036854771712\n')).toBeNull();
    expect(parseLimit('')).toBeNull();
  });
});
