import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { BlackBox } from '../../../src/monitor/black-box.ts';
import { clockBucket } from '../../../src/monitor/freshness.ts';
import { noSigns, readSigns } from '../../../src/monitor/hard-signs.ts';
import { pickLeading } from '../../../src/monitor/leading.ts';
import { OomCounter } from '../../../src/monitor/oom-counter.ts';
import { noProcesses, trackProcesses } from '../../../src/monitor/process-tracker.ts';
import { calmForecast, memoryReading, processReading, risky, sampleAt, t0 } from './scene.ts';

describe('the leading forecast', () => {
  const clock = (leftMs: number) =>
    calmForecast({ signal: 'expiry', limit: t0 + leftMs, timeToLimitMs: { p10: leftMs, p50: leftMs, p90: leftMs } });

  it('is the clock when nothing else moves, and nothing when there is no clock', () => {
    expect(pickLeading([calmForecast(), clock(3_600_000)])?.signal).toBe('expiry');
    expect(pickLeading([calmForecast()])).toBeNull();
  });

  it('is what comes first by the median', () => {
    expect(pickLeading([risky(0.7), clock(600_000)])?.signal).toBe('memory');
    expect(pickLeading([risky(0.7), clock(30_000)])?.signal).toBe('expiry');
  });

  it('breaks ties by probability', () => {
    const disk = risky(0.7, { signal: 'disk', pBreak300: 0.95 });
    expect(pickLeading([risky(0.7), disk])?.signal).toBe('disk');
  });

  it('is not what is only slow, nor swap, nor a time without probability', () => {
    const cpu = risky(0.9, { signal: 'cpu' });
    const swap = risky(0.9, { signal: 'swap' });
    const doubtful = risky(0.01, { pBreak300: 0.1 });
    expect(pickLeading([cpu, swap, doubtful])).toBeNull();
  });

  it('is what is watched and comes first, also while its probability dips', () => {
    const dipping = risky(0.2, { pBreak300: 0.25, timeToLimitMs: { p10: 60_000, p50: 120_000, p90: 300_000 } });
    const watched = new Map<SignalName, 'watch'>([['memory', 'watch']]);
    expect(pickLeading([dipping, clock(1_740_000)])?.signal).toBe('expiry');
    expect(pickLeading([dipping, clock(1_740_000)], watched)?.signal).toBe('memory');
    expect(pickLeading([dipping, clock(60_000)], watched)?.signal).toBe('expiry');
  });

  it('stays what is watched for the seconds in which that tells no time, before the clock and what is calm', () => {
    const watched = new Map<SignalName, 'watch'>([['memory', 'watch']]);
    const disk = risky(0.7, { signal: 'disk' });
    expect(pickLeading([calmForecast(), clock(1_740_000)], watched)?.signal).toBe('memory');
    const endless = calmForecast({
      timeToLimitMs: { p10: 200_000, p50: Number.POSITIVE_INFINITY, p90: Number.POSITIVE_INFINITY },
    });
    expect(pickLeading([endless, clock(1_740_000)], watched)?.signal).toBe('memory');
    expect(pickLeading([calmForecast(), disk], watched)?.signal).toBe('memory');
    expect(pickLeading([calmForecast(), disk], new Map([...watched, ['disk', 'watch'] as const]))?.signal).toBe('disk');
    expect(pickLeading([calmForecast()], watched)?.signal).toBe('memory');
    expect(
      pickLeading([calmForecast(), clock(60_000)], new Map([...watched, ['expiry', 'warn'] as const]))?.signal,
    ).toBe('expiry');
    expect(pickLeading([calmForecast({ signal: 'swap' })], new Map([['swap', 'watch']]))).toBeNull();
  });

  it('is not what has a limit that is a guess, unless that is watched', () => {
    const heap = risky(0.7, { signal: 'heap', guessed: true });
    expect(pickLeading([heap, clock(600_000)])?.signal).toBe('expiry');
    expect(pickLeading([heap, clock(600_000)], new Map([['heap', 'watch']]))?.signal).toBe('heap');
  });

  it('is what is warned of while something else has only the shorter time', () => {
    const levels = new Map<SignalName, 'warn'>([['memory', 'warn']]);
    expect(pickLeading([calmForecast(), clock(3_600_000)], levels)?.signal).toBe('memory');
  });
});

describe('hard signs', () => {
  const policy = alertPolicy('balanced');
  const read = (
    readings: readonly (readonly [share: number, hits: number | null, stalled?: number])[],
    source: 'cgroup' | 'machine' = 'cgroup',
  ) => {
    let state = noSigns;
    return readings.map(([share, limitHitCount, stalledPercent], index) => {
      const step = readSigns(
        state,
        sampleAt(index, share, {
          source,
          memory: memoryReading(share, { limitHitCount, stalledPercent: stalledPercent ?? 0 }),
        }),
        policy,
      );
      state = step.state;
      return step.sign !== null;
    });
  };

  it('see the limit hit in two samples in a row while almost nothing can be reclaimed', () => {
    expect(
      read([
        [0.97, 1],
        [0.97, 2],
        [0.97, 3],
      ]),
    ).toEqual([false, false, true]);
  });

  it('do not take page cache at the limit for trouble', () => {
    expect(
      read([
        [0.6, 1],
        [0.6, 9],
        [0.6, 20],
      ]),
    ).toEqual([false, false, false]);
  });

  it('do not add up rises with a pause between them', () => {
    expect(
      read([
        [0.97, 1],
        [0.97, 2],
        [0.97, 2],
        [0.97, 3],
      ]),
    ).toEqual([false, false, false, false]);
  });

  it('see everything standing still', () => {
    expect(read([[0.9, null, 11]])).toEqual([true]);
    expect(read([[0.9, null, 10]])).toEqual([false]);
    expect(read([[0.3, null, 50]])).toEqual([false]);
  });

  it('say nothing from numbers of the machine', () => {
    expect(
      read(
        [
          [0.99, 1, 90],
          [0.99, 2, 90],
          [0.99, 3, 90],
        ],
        'machine',
      ),
    ).toEqual([false, false, false]);
  });
});

describe('the process tracker', () => {
  const big = processReading(10, 'node', 300e6, 1000);
  const small = processReading(11, 'sh', 1e6, 1000);

  const exits = (...lists: readonly (readonly ReturnType<typeof processReading>[])[]) => {
    let state = noProcesses;
    return lists.map((processes, index) => {
      const step = trackProcesses(state, sampleAt(index * 5, 0.5, { processes }));
      state = step.state;
      return step.exited.map((each) => each.pid);
    });
  };

  it('sees a large process go', () => {
    expect(exits([big, small], [small, processReading(12, 'ps', 1e6)])).toEqual([[], [10]]);
  });

  it('does not take a small one that is pushed off the list for ended', () => {
    const other = processReading(12, 'tsc', 200e6);
    expect(exits([big, small], [processReading(10, 'node', 301e6, 6000), other])).toEqual([[], []]);
  });

  it('sees a small one go when the list is shorter than it was', () => {
    expect(exits([big, small], [processReading(10, 'node', 301e6, 6000)])).toEqual([[], [11]]);
  });

  it('sees that a pid was given to another process', () => {
    expect(exits([big, small], [processReading(10, 'node', 50e6, 100), small])).toEqual([[], [10]]);
  });

  it('believes a source that looked at each of them by itself', () => {
    const first = trackProcesses(noProcesses, sampleAt(0, 0.9, { processes: [big, small] }));
    const told = (ended: Sample['ended']) => {
      const memory = memoryReading(0.2, { oomKillCount: 1 });
      const sample = sampleAt(5, 0.2, { processes: [], memory, ...(ended === undefined ? {} : { ended }) });
      return trackProcesses(first.state, sample).exited.map(({ pid, outOfMemory }) => [pid, outOfMemory]);
    };
    expect(told([])).toEqual([]);
    // A large one lives on.
    expect(told([small])).toEqual([[11, false]]);
    expect(told([small, processReading(99, 'java', 900e6)])).toEqual([
      [11, false],
      [99, true],
    ]);
  });

  it('marks it as killed for memory when the counter rose between the two lists', () => {
    const first = trackProcesses(noProcesses, sampleAt(0, 0.9, { processes: [big] }));
    const between = trackProcesses(first.state, sampleAt(3, 0.2, { memory: memoryReading(0.2, { oomKillCount: 1 }) }));
    const second = trackProcesses(
      between.state,
      sampleAt(5, 0.2, { processes: [], memory: memoryReading(0.2, { oomKillCount: 1 }) }),
    );
    expect(second.exited).toMatchObject([{ pid: 10, outOfMemory: true }]);
    expect(second.killed).toEqual(second.exited);
  });

  it('marks no more than were killed, and names none when more may have been', () => {
    const workers = [21, 22, 23, 24].map((pid) => processReading(pid, 'worker', (100 + pid) * 1e6));
    const first = trackProcesses(noProcesses, sampleAt(0, 0.9, { processes: [...workers, small] }));
    const after = (kills: number) => {
      const memory = memoryReading(0.2, { oomKillCount: kills });
      const { exited, killed } = trackProcesses(first.state, sampleAt(5, 0.2, { processes: [small], memory }));
      return [exited.filter(({ outOfMemory }) => outOfMemory).length, killed.length];
    };
    expect([0, 1, 3, 4, 9].map(after)).toEqual([
      [0, 0],
      [1, 0],
      [3, 0],
      [4, 4],
      [4, 4],
    ]);
  });
});

describe('the out-of-memory counter', () => {
  const at = (second: number, oomKillCount: number | null) =>
    sampleAt(second, 0.5, { memory: memoryReading(0.5, { oomKillCount }) });

  it('takes the first number for the beginning and counts from there', () => {
    const counter = new OomCounter();
    expect([at(0, 7), at(1, 7), at(2, 9), at(3, 0), at(4, 1)].map((each) => counter.read(each))).toEqual([
      0, 0, 2, 0, 1,
    ]);
    expect(counter.killsBetween(t0, t0 + 3000)).toBe(2);
  });

  it('knows that it does not know', () => {
    const counter = new OomCounter();
    counter.read(at(0, null));
    expect(counter.killsBetween(t0, t0 + 1000)).toBeNull();
  });
});

describe('the black box', () => {
  it('keeps ten minutes and a bounded number of samples', () => {
    const box = new BlackBox();
    for (let second = 0; second < 3000; second++) box.add(sampleAt(second), []);
    const kept = box.copy();
    expect(kept[0]?.atMs).toBe(t0 + 2399 * 1000);
    expect(kept).toHaveLength(601);
    for (let tenth = 0; tenth < 5000; tenth++) box.add(sampleAt(3000 + tenth / 10), []);
    expect(box.copy().length).toBeLessThanOrEqual(720);
  });

  it('keeps sixty values of five seconds, with the peaks', () => {
    const box = new BlackBox();
    for (let second = 0; second < 1000; second++) {
      box.add(sampleAt(second), [calmForecast({ pressure: second % 5 === 2 ? 0.9 : 0.4 })]);
    }
    const [line] = box.history();
    expect(line?.values).toHaveLength(60);
    expect(new Set(line?.values)).toEqual(new Set([0.9]));
    expect(box.history()).toBe(box.history());
  });

  it('begins new lines when the numbers come from somewhere else', () => {
    const box = new BlackBox();
    box.add(sampleAt(0), [calmForecast()]);
    box.add(sampleAt(1, 0.5, { source: 'machine' }), []);
    expect(box.history()).toEqual([]);
  });

  it('gives the memory pressure only while it is fresh and of the sandbox itself', () => {
    const box = new BlackBox();
    box.add(sampleAt(0, 0.97), []);
    box.add(sampleAt(1, 0.1, { source: 'machine' }), []);
    expect(box.freshMemoryPressure(t0 + 5000, 15_000)).toBeCloseTo(0.97);
    expect(box.freshMemoryPressure(t0 + 20_000, 15_000)).toBeNull();
  });
});

describe('the precision of the time left', () => {
  it('is minutes far away, ten seconds near, seconds at the end', () => {
    const changes = (fromLeft: number, seconds: number): number => {
      const seen = new Set<string>();
      for (let second = 0; second < seconds; second++) seen.add(clockBucket(t0, t0 - fromLeft + second * 1000));
      return seen.size;
    };
    expect(changes(3_600_000, 120)).toBeLessThanOrEqual(3);
    expect(changes(300_000, 60)).toBeLessThanOrEqual(7);
    expect(changes(60_000, 30)).toBe(30);
  });
});
