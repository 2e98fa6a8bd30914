import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../../src/model/sample.ts';
import { createProbeReader } from '../../../../src/providers/opensandbox/probe-reader.ts';
import { probeLineOf } from '../../../helpers/probe.ts';

const mebibyte = 1024 * 1024;
const epochMs = 1_700_000_000_000;

interface RawLine {
  readonly t?: number | null;
  readonly [member: string]: unknown;
}

/** A reader that takes raw lines and the time of their arrival, counted from an epoch. */
function reader(): (line: RawLine, receivedMs?: number) => Sample {
  const inner = createProbeReader({ sandboxId: 'box', cadenceMs: 1000, caveat: null });
  return (raw, receivedMs = (raw.t ?? 0) * 1000) => {
    const line = probeLineOf({ v: 1, ...raw });
    if (line === null) throw new Error('not a line');
    return inner.read(line, epochMs + receivedMs);
  };
}

const cgroup = { cg: 2, memTotal: 8192 * mebibyte, memAvail: 4096 * mebibyte, mem: 200, memMax: 1000 };

describe('heap limits', () => {
  const process = { pid: 7, ppid: 1, name: 'node', rss: 100, ageMs: 5, heap: null };
  const limitOf = (line: RawLine) => reader()(line).processes?.[0]?.heapLimit;

  it('are what the runtime chooses by itself where nobody set one, of the limit it sees', () => {
    const roomy = { ...cgroup, memMax: 1024 * mebibyte };
    const byDefault = (limitMiB: number, of: string) => ({
      limitBytes: limitMiB * mebibyte,
      source: `default of ${of}`,
    });
    expect(limitOf({ ...roomy, procs: [process] })).toEqual(byDefault(512, 'node'));
    expect(limitOf({ ...roomy, procs: [{ ...process, name: 'MainThread' }] })).toEqual(byDefault(512, 'node'));
    expect(limitOf({ ...roomy, procs: [{ ...process, name: 'java' }] })).toEqual(byDefault(256, 'java'));
    expect(limitOf({ ...roomy, memMax: null, procs: [process] })).toEqual(byDefault(2048, 'node'));
    expect(limitOf({ ...roomy, procs: [{ ...process, name: 'python3' }] })).toBeNull();
    expect(limitOf({ procs: [process] })).toBeNull();
  });

  it('on addresses come with how many are taken', () => {
    const heap = { by: 'ulimit-v', via: null, bytes: 900 * mebibyte, percent: null };
    const told = reader()({ ...cgroup, procs: [{ ...process, name: 'python3', heap, space: 300 * mebibyte }] });
    expect(told.processes?.[0]).toMatchObject({
      heapLimit: { limitBytes: 900 * mebibyte, source: 'ulimit -v' },
      heap: { usedBytes: 300 * mebibyte, limitBytes: 900 * mebibyte, addresses: true },
    });
    expect(reader()({ ...cgroup, procs: [{ ...process, heap }] }).processes?.[0]).not.toHaveProperty('heap');
  });

  it('that were set win', () => {
    const heap = { by: '--max-old-space-size', via: null, bytes: 300 * mebibyte, percent: null };
    expect(limitOf({ ...cgroup, procs: [{ ...process, heap }] })).toEqual({
      limitBytes: 300 * mebibyte,
      source: '--max-old-space-size',
    });
  });
});

describe('sample of a line', () => {
  it('carries what the reader was told', () => {
    const inner = createProbeReader({ sandboxId: 'box', cadenceMs: 5000, caveat: 'slow: no bash in the image' });
    const line = probeLineOf({ v: 1, t: 3 });
    expect(line && inner.read(line, epochMs)).toEqual({
      kind: 'sample',
      sandboxId: 'box',
      atMs: epochMs,
      source: 'machine',
      cadenceMs: 5000,
      caveat: 'slow: no bash in the image',
      lateMs: 0,
    });
  });

  it('reads memory of the cgroup', () => {
    const sample = reader()({ ...cgroup, anon: 90, inactive: 50, hits: 3, oomKill: 1, psi: 2, stall: 4.5 });
    expect(sample.source).toBe('cgroup');
    expect(sample.memory).toEqual({
      usedBytes: 200,
      workingSetBytes: 150,
      limitBytes: 1000,
      anonBytes: 90,
      oomKillCount: 1,
      limitHitCount: 3,
      stalledPercent: 4.5,
    });
  });

  it('counts shared memory and the kernel with what cannot be given back, if it is told apart', () => {
    expect(reader()({ ...cgroup, anon: 90, shmem: 20 }).memory?.unreclaimableBytes).toBe(110);
    expect(reader()({ ...cgroup, anon: 90, shmem: 20, kernel: 5 }).memory?.unreclaimableBytes).toBe(115);
    expect(reader()({ ...cgroup, anon: 90 }).memory).not.toHaveProperty('unreclaimableBytes');
  });

  it('counts of the kernel on cgroup v1 what grows while the machine remembers no more of files', () => {
    const read = reader();
    const group1 = { ...cgroup, cg: 1, anon: 90, shmem: 20, slab: 900, dentries: 10, files: 10, level: 0 };
    const held = (more: object) => read({ ...group1, ...more }).memory?.unreclaimableBytes;
    expect([held({ kmem: 20 }), held({ kmem: 50 }), held({ kmem: 60, slab: 910 })]).toEqual([110, 140, 140]);
    // For once not told; more than is used; another level.
    expect([held({ kmem: null }), held({ kmem: 190, slab: 910 }), held({ kmem: 190, level: 1 })]).toEqual([
      140, 200, 110,
    ]);
  });

  it('never has a working set below zero', () => {
    expect(reader()({ ...cgroup, inactive: 500 }).memory?.workingSetBytes).toBe(0);
  });

  it.each([null, 8192 * mebibyte + 4096, 2 ** 62])('takes %j for no limit', (memMax) => {
    expect(reader()({ ...cgroup, memMax }).memory?.limitBytes).toBeNull();
  });

  it('does not blame a cgroup for the stall of the whole machine', () => {
    expect(reader()({ ...cgroup, psi: 1, stall: 50 }).memory?.stalledPercent).toBeNull();
  });

  it('believes a limit that the machine can just fill, and none above', () => {
    const limitOf = (memMax: number) => reader()({ ...cgroup, memMax }).memory?.limitBytes;
    expect(limitOf(cgroup.memTotal)).toBe(cgroup.memTotal);
    expect(limitOf(cgroup.memTotal + 4096)).toBeNull();
  });

  it('labels memory of the machine', () => {
    const sample = reader()({ cg: 0, memTotal: 1000, memAvail: 400, psi: 1, stall: 2 });
    expect(sample.source).toBe('machine');
    expect(sample.memory).toMatchObject({ usedBytes: 600, workingSetBytes: 600, limitBytes: 1000, stalledPercent: 2 });
  });

  it('takes the machine at the root of a virtual machine, where the group has no memory', () => {
    expect(reader()({ cg: 2, memTotal: 1000, memAvail: 400 }).source).toBe('machine');
  });

  it('limits swap by what the machine has', () => {
    const read = reader();
    expect(read({ ...cgroup, swap: 5, swapMax: null, swapTotal: 50 }).swap).toEqual({ usedBytes: 5, limitBytes: 50 });
    expect(read({ ...cgroup, swap: 5, swapMax: 20, swapTotal: 50 }).swap).toEqual({ usedBytes: 5, limitBytes: 20 });
    expect(read({ ...cgroup, swap: 5, swapMax: 20 }).swap).toEqual({ usedBytes: 5, limitBytes: 20 });
    expect(read({ ...cgroup, swap: 0, swapMax: null, swapTotal: 0 })).not.toHaveProperty('swap');
    expect(read({ cg: 0, swapTotal: 50, swapFree: 10 }).swap).toEqual({ usedBytes: 40, limitBytes: 50 });
  });

  it('reads disk, inodes, pids and open files', () => {
    const sample = reader()({
      disk: { used: 30, free: 70 },
      inodes: { used: 0, free: 0 },
      pids: 9,
      pidsMax: null,
      fds: { used: 60, max: 64, pid: 414 },
    });
    expect(sample.disk).toEqual({ usedBytes: 30, limitBytes: 100 });
    expect(sample).not.toHaveProperty('inodes');
    expect(sample.pids).toEqual({ used: 9, limit: null });
    expect(sample.fds).toEqual({ used: 60, limit: 64, pid: 414 });
  });

  it('reads processes, largest first, and calls node by its name', () => {
    const sample = reader()({
      ...cgroup,
      procs: [
        { pid: 2, ppid: 1, name: 'java', rss: 5, ageMs: 7, heap: { by: '-XX:MaxRAMPercentage', percent: 75 } },
        { pid: 3, name: 'MainThread', rss: 9, heap: { by: '--max-old-space-size', via: 'NODE_OPTIONS', bytes: 400 } },
      ],
    });
    expect(sample.processes).toEqual([
      {
        pid: 3,
        parentPid: null,
        name: 'node',
        rssBytes: 9,
        ageMs: null,
        heapLimit: { limitBytes: 400, source: '--max-old-space-size (NODE_OPTIONS)' },
      },
      {
        pid: 2,
        parentPid: 1,
        name: 'java',
        rssBytes: 5,
        ageMs: 7,
        heapLimit: { limitBytes: 750, source: '-XX:MaxRAMPercentage' },
      },
    ]);
    expect(reader()(cgroup)).not.toHaveProperty('processes');
  });
});

describe('rates', () => {
  const busy = { ...cgroup, cpus: 4, quotaUs: 150_000, periodUs: 100_000 };

  it('come from two lines', () => {
    const read = reader();
    expect(read({ ...busy, t: 10, cpuUs: 1_000_000, periods: 10, throttled: 1 })).not.toHaveProperty('cpu');
    expect(read({ ...busy, t: 12, cpuUs: 2_000_000, periods: 30, throttled: 6 }).cpu).toEqual({
      usedCores: 0.5,
      limitCores: 1.5,
      throttledRatio: 0.25,
    });
  });

  it('know the number of processors where there is no quota, and no throttling without periods', () => {
    const read = reader();
    read({ cg: 0, t: 1, cpuUs: 0, cpus: 4 });
    expect(read({ cg: 0, t: 2, cpuUs: 1_000_000, cpus: 4 }).cpu).toEqual({
      usedCores: 1,
      limitCores: 4,
      throttledRatio: null,
    });
  });

  it('are not throttled when no period went by', () => {
    const read = reader();
    read({ ...busy, t: 1, cpuUs: 0, periods: 5, throttled: 5 });
    expect(read({ ...busy, t: 2, cpuUs: 0, periods: 5, throttled: 5 }).cpu?.throttledRatio).toBe(0);
  });

  it('are absent across a restart and a standing clock, and come back after it', () => {
    const read = reader();
    read({ ...busy, t: 10, cpuUs: 9_000_000 });
    expect(read({ ...busy, t: 11, cpuUs: 1_000_000 })).not.toHaveProperty('cpu');
    expect(read({ ...busy, t: 11, cpuUs: 1_000_000 })).not.toHaveProperty('cpu');
    expect(read({ ...busy, t: 12, cpuUs: 2_000_000 }).cpu?.usedCores).toBe(1);
    expect(read({ ...busy, t: 3, cpuUs: 3_000_000 })).not.toHaveProperty('cpu');
  });

  it('are absent when throttling counters fall', () => {
    const read = reader();
    read({ ...busy, t: 1, cpuUs: 0, periods: 5, throttled: 5 });
    expect(read({ ...busy, t: 2, cpuUs: 1, periods: 2, throttled: 0 }).cpu?.throttledRatio).toBeNull();
  });
});

describe('counters of kills', () => {
  it('do not jump when another level of the groups becomes the tightest', () => {
    const read = reader();
    const kills = (level: number, oomKill: number) => read({ ...cgroup, level, oomKill }).memory?.oomKillCount;
    expect([kills(1, 2), kills(0, 50), kills(0, 51), kills(1, 2), kills(1, 3)]).toEqual([2, 2, 3, 3, 4]);
  });

  it('go on with those in groups below, which come and go', () => {
    const read = reader();
    const kills = (oomBelow: number | null, level = 0) =>
      read({ ...cgroup, cg: 1, level, oomKill: 2, oomBelow }).memory?.oomKillCount;
    expect([kills(5), kills(6), kills(6), kills(1), kills(3)]).toEqual([2, 3, 3, 3, 5]);
    expect([kills(null), kills(40), kills(41), kills(90, 1), kills(91, 1)]).toEqual([5, 5, 6, 6, 7]);
  });

  it('start anew with the group', () => {
    const read = reader();
    const kills = (oomKill: number | null) => read({ ...cgroup, level: 0, oomKill }).memory?.oomKillCount;
    expect([kills(5), kills(null), kills(0), kills(1)]).toEqual([5, null, 0, 1]);
  });
});

describe('time of a sample', () => {
  const times = (lines: readonly (readonly [t: number | null, receivedMs: number])[]) => {
    const read = reader();
    return lines.map(([t, receivedMs]) => read({ t }, receivedMs).atMs - epochMs);
  };

  it('follows the clock of the probe, not the jitter of the network', () => {
    const lines = [
      [100, 0],
      [101, 1400],
      [102, 2900],
      [103, 3010],
      [104.25, 4250],
    ] as const;
    expect(times(lines)).toEqual([0, 1000, 2000, 3000, 4250]);
  });

  it('tells how much longer than the shortest way each line took', () => {
    const read = reader();
    const late = ([t, receivedMs]: readonly [number | null, number]) => read({ t }, receivedMs).lateMs;
    const lines = [
      [100, 900],
      [101, 1010],
      [102, 2600],
      [103, 6100],
      [104, 13_000],
      [null, 14_000],
    ] as const;
    expect(lines.map(late)).toEqual([0, 0, 590, 3090, 0, undefined]);
  });

  it('moves to the shortest way, never into the future and never backwards', () => {
    const lines = [
      [100, 900],
      [101, 1010],
      [101.5, 1500],
      [102.5, 2600],
    ] as const;
    expect(times(lines)).toEqual([900, 1010, 1500, 2500]);
  });

  it('starts anew when the clocks drift apart by more than five seconds', () => {
    const lines = [
      [100, 0],
      [101, 6100],
      [102, 7100],
      [103, -50_000],
      [104, -49_000],
    ] as const;
    expect(times(lines)).toEqual([0, 6100, 7100, -50_000, -49_000]);
  });

  it('starts anew when the machine was restarted', () => {
    expect(
      times([
        [90_000, 0],
        [3, 1000],
        [4, 2500],
      ]),
    ).toEqual([0, 1000, 2000]);
  });

  it('is the arrival where the probe has no clock', () => {
    expect(
      times([
        [null, 7],
        [null, 1900],
      ]),
    ).toEqual([7, 1900]);
  });
});
