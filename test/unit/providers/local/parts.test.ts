import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../../src/model/sample.ts';
import { busyMs, Cadence, idleMs } from '../../../../src/providers/local/cadence.ts';
import { Counter } from '../../../../src/providers/local/counter.ts';
import { KillWatch } from '../../../../src/providers/local/kill-watch.ts';
import { MachineReader } from '../../../../src/providers/local/machine-reader.ts';
import type { Reading } from '../../../../src/providers/local/reading.ts';

const mebibyte = 1024 ** 2;

const sampleOf = (atMs: number, more: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId: 'local-x',
  atMs,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  ...more,
});

const memoryOf = (usedBytes: number, limitBytes: number | null = 1024 * mebibyte) => ({
  usedBytes,
  workingSetBytes: usedBytes,
  limitBytes,
  anonBytes: null,
  oomKillCount: 0,
  limitHitCount: null,
  stalledPercent: null,
});

describe('a counter', () => {
  it('goes on over resets and changes of group', () => {
    const counter = new Counter();
    const reads: readonly (readonly [string, number | null])[] = [
      ['a', 5],
      ['a', 7],
      ['b', 100],
      ['b', 101],
      ['b', null],
      ['b', 0],
      ['b', 2],
      ['a', 7],
    ];
    expect(reads.map(([group, value]) => counter.read(group, value))).toEqual([5, 7, 7, 8, null, 8, 10, 10]);
  });
});

describe('the cadence', () => {
  it('is a second at first, five when nothing moved for twenty, and a second again when something does', () => {
    const cadence = new Cadence();
    const waits: number[] = [];
    for (let second = 0; second < 25; second += 1) {
      waits.push(cadence.next(sampleOf(second * 1000, { memory: memoryOf(100 * mebibyte) })));
    }
    expect(waits.slice(0, 20).every((wait) => wait === busyMs)).toBe(true);
    expect(waits.slice(20).every((wait) => wait === idleMs)).toBe(true);
    expect(cadence.next(sampleOf(30_000, { memory: memoryOf(120 * mebibyte) }))).toBe(busyMs);
  });

  it('sees a climb that is too slow to see from one reading to the next', () => {
    const cadence = new Cadence();
    const waits = Array.from({ length: 60 }, (_, second) =>
      cadence.next(sampleOf(second * 1000, { memory: memoryOf((100 + second * 0.5) * mebibyte) })),
    );
    expect(waits.every((wait) => wait === busyMs)).toBe(true);
  });

  it.each([
    ['a busy processor', { cpu: { usedCores: 0.8, limitCores: 2, throttledRatio: 0 } }],
    ['memory that is nearly full', { memory: memoryOf(950 * mebibyte) }],
  ])('stays at a second with %s', (_name, more) => {
    const cadence = new Cadence();
    let wait = 0;
    for (let second = 0; second < 60; second += 1) wait = cadence.next(sampleOf(second * 1000, more));
    expect(wait).toBe(busyMs);
  });

  it('comes back to a second when the clock was set back', () => {
    const cadence = new Cadence();
    for (let second = 0; second < 40; second += 1) cadence.next(sampleOf(second * 1000));
    expect(cadence.next(sampleOf(1000))).toBe(busyMs);
  });
});

describe('kills', () => {
  const reading = (oomKillCount: number | null): Reading => ({ source: 'cgroup', caveats: [], oomKillCount });
  const node = { pid: 412, parentPid: 1, name: 'node', rssBytes: 200 * mebibyte, ageMs: 1, heapLimit: null };
  const shell = { ...node, pid: 7, name: 'bash', rssBytes: 4 * mebibyte };

  it('are told with the process that is gone and where it was started', () => {
    const watch = new KillWatch();
    const started = { ...node, startedIn: 'the terminal “bash”' };
    expect(watch.see(reading(3), sampleOf(0, { processes: [started, shell] }))).toBeNull();
    expect(watch.see(reading(3), sampleOf(1000))).toBeNull();
    expect(watch.see(reading(4), sampleOf(2000, { processes: [shell] }))).toMatchObject({
      source: 'kernel',
      exitCode: 137,
      atMs: 2000,
      text: 'Memory cgroup out of memory: Killed process 412 (node) with 200 MiB; it was started in the terminal “bash”.',
    });
  });

  it('are told without a name when the one that is gone was never seen', () => {
    const watch = new KillWatch();
    watch.see(reading(0), sampleOf(0, { processes: [node] }));
    expect(watch.see(reading(2), sampleOf(1000, { processes: [node] }))?.text).toMatch(
      /2 processes, none of them known/,
    );
  });

  it('are none on a first reading, without a counter, and when it went back', () => {
    const watch = new KillWatch();
    expect(watch.see(reading(null), sampleOf(0))).toBeNull();
    expect(watch.see(reading(9), sampleOf(1))).toBeNull();
    expect(watch.see(reading(null), sampleOf(2))).toBeNull();
    expect(watch.see(reading(2), sampleOf(3))).toBeNull();
  });
});

describe('macOS and Windows', () => {
  it('tell of the machine, with rates after the first reading and no limit that nobody set', async () => {
    let busyMs = 1000;
    const figures = { totalBytes: () => 1000, freeBytes: () => 400, cores: () => 8, busyMs: () => busyMs };
    const reader = new MachineReader('darwin', figures);
    expect(await reader.read(10)).toEqual({
      source: 'machine',
      caveats: ['memory that could be freed counts as used'],
      memory: { ...memoryOf(600, 1000), oomKillCount: null },
      oomKillCount: null,
    });
    busyMs = 3000;
    expect((await reader.read(11)).cpu).toEqual({ usedCores: 2, limitCores: 8, throttledRatio: null });
    busyMs = 0;
    expect((await reader.read(12)).cpu).toBeUndefined();
    expect((await new MachineReader('win32', figures).read(0)).caveats).toEqual([]);
  });
});
