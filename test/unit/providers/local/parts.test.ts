import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../../src/model/sample.ts';
import { busyMs, Cadence, idleMs } from '../../../../src/providers/local/cadence.ts';
import { Counter } from '../../../../src/providers/local/counter.ts';
import { KillWatch } from '../../../../src/providers/local/kill-watch.ts';
import { MachineReader } from '../../../../src/providers/local/machine-reader.ts';
import { Changes, Presence } from '../../../../src/providers/local/presence.ts';
import type { Reading } from '../../../../src/providers/local/reading.ts';
import { keptLog } from './fixture-files.ts';

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
    const log = keptLog();
    const counter = new Counter('kills', log);
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
    expect(log.lines).toEqual(["The kernel's count of kills went back from 101 to 0; counting goes on from there."]);
  });
});

describe('what is said in the log', () => {
  it('of a file is that it vanished, and that it is there again, once each', () => {
    const log = keptLog();
    const presence = new Presence(log);
    for (const isThere of [false, true, true, false, false, true]) presence.tell('the use', isThere);
    expect(log.lines).toEqual([
      'Not told any more: the use. Its file vanished, or can not be read.',
      'Read again: the use.',
    ]);
  });

  it('of a value is only that it changed', () => {
    const log = keptLog();
    const changes = new Changes(log);
    for (const value of [4, 4, null, null, 2]) changes.tell('The limit', value);
    expect(log.lines).toEqual(['The limit changed from 4 to none.', 'The limit changed from none to 2.']);
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

  const java = { ...node, pid: 413, name: 'java', rssBytes: 150 * mebibyte };
  const words = 'Memory cgroup out of memory: Killed process';
  const told = (kills: number, ended: Sample['ended'], secondsLater = 1): string | undefined => {
    const watch = new KillWatch();
    watch.see(reading(3), sampleOf(0, { processes: [node, java, shell], ended: [] }));
    const more = ended === undefined ? {} : { ended };
    return watch.see(reading(3 + kills), sampleOf(secondsLater * 1000, more))?.text;
  };

  it('are told with the one process that is gone, as the probable one, and where it was started', () => {
    const started = { ...node, startedIn: 'the terminal “bash”' };
    expect(told(1, [started])).toBe(`${words}, probably 412 (node) with 200 MiB, started in the terminal “bash”.`);
    // A small process that ended in the same second ended by itself.
    expect(told(1, [node, shell])).toBe(`${words}, probably 412 (node) with 200 MiB.`);
  });

  it('are an error of the kernel with its exit code', () => {
    const watch = new KillWatch();
    watch.see(reading(3), sampleOf(0, { ended: [] }));
    expect(watch.see(reading(4), sampleOf(2000, { ended: [node] }))).toMatchObject({
      source: 'kernel',
      exitCode: 137,
      atMs: 2000,
    });
  });

  it('name as many as were killed, and nobody as the probable one when more are gone', () => {
    expect(told(2, [node, java])).toBe(
      `${words}, probably 412 (node) with 200 MiB and 413 (java) with 150 MiB. 2 processes were killed.`,
    );
    const open = told(1, [java, node]) ?? '';
    expect(open).toBe(`${words}; gone since 1 s before: 412 (node) with 200 MiB and 413 (java) with 150 MiB.`);
    expect(open).not.toContain('probably');
  });

  it('name nobody that still runs', () => {
    const text = told(1, [], 4) ?? '';
    expect(text).toBe(
      `${words}, none of those known 4 s before: all of them still run, and it came after that look or was small then.`,
    );
    expect(text).not.toMatch(/node|java|bash/);
    // Large ones live on.
    expect(told(1, [shell])).toBe(
      `${words}, none of those known 1 s before: only small ones of them are gone, and it came after that look or was small then.`,
    );
    expect(told(2, undefined)).toBe(`${words}; which one is not known. 2 processes were killed.`);
  });

  it('belong to what was seen to be gone just before the count was read', () => {
    const watch = new KillWatch();
    watch.see(reading(0), sampleOf(0, { ended: [] }));
    expect(watch.see(reading(0), sampleOf(1000, { ended: [node] }))).toBeNull();
    expect(watch.see(reading(1), sampleOf(2000, { ended: [] }))?.text).toContain('probably 412 (node)');
    watch.see(reading(1), sampleOf(3000, { ended: [java] }));
    expect(watch.see(reading(2), sampleOf(9000, { ended: [] }))?.text).not.toContain('java');
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
