import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileReader, Log } from '../../../../src/model/ports.ts';
import { readMounts, readOwnGroups } from '../../../../src/providers/local/cgroup-places.ts';
import { Counter } from '../../../../src/providers/local/counter.ts';
import {
  amount,
  flatKeyed,
  listedCpus,
  machineCpuUs,
  machineMemory,
  openFilesLimit,
  processStat,
  quotaCores,
  stalls,
  uptimeSeconds,
} from '../../../../src/providers/local/figures.ts';
import { heapLimitOf } from '../../../../src/providers/local/heap-flags.ts';
import { LinuxReader } from '../../../../src/providers/local/linux-reader.ts';

/** Texts that look like the kernel's, but are not. */
const fragments = fc.constantFrom(
  'anon ',
  'max',
  ' ',
  '\n',
  '-1',
  '0',
  '18446744073709551615',
  '9223372036854771712',
  '1e9',
  '0x1f',
  '99999999999999999999',
  'NaN',
  'some avg10=',
  'full avg10=',
  '12.50',
  '100.01',
  'MemTotal: ',
  ' kB',
  'MemAvailable: ',
  'cpu  ',
  '(',
  ')',
  ':',
  '/',
  '\0',
  'ÿ',
  ',',
  '-',
  'usage_usec ',
  'nr_periods ',
  'oom_kill ',
  'Max open files ',
  '4096',
);
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
);

/** Whether every number in a value is finite and not negative. */
const sane = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0;
  if (value instanceof Map) return [...value.values()].every(sane);
  return typeof value !== 'object' || value === null || Object.values(value).every(sane);
};

describe('the readers of kernel texts', () => {
  it('never throw and never make up a number', () => {
    fc.assert(
      fc.property(odd, odd, (text, other) => {
        const read = [
          amount(text),
          flatKeyed(text, ['anon', 'max', 'oom_kill']),
          machineMemory(text),
          stalls(text),
          quotaCores(text, other),
          listedCpus(text),
          uptimeSeconds(text),
          processStat(text)?.parentPid ?? null,
          machineCpuUs(text),
          openFilesLimit(text),
          heapLimitOf(text, other, text, 1024)?.limitBytes ?? null,
        ];
        expect(read.every(sane)).toBe(true);
        expect(readMounts(text).every(({ folder }) => folder !== '')).toBe(true);
        expect([...readOwnGroups(text).values()].every((path) => path.startsWith('/'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('read back every number that is exact', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(amount(`${value}\n`)).toBe(value);
        expect(flatKeyed(`x 1\nanon ${value}\n`, ['anon']).get('anon')).toBe(value);
      }),
    );
  });

  it('find the name of a process whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 15 }), fc.nat(), fc.nat(), (name, parent, start) => {
        const text = `7 (${name}) S ${parent} 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 ${start} 1\n`;
        expect(processStat(text)).toEqual({ name, parentPid: parent, threads: 1, startTicks: start, isZombie: false });
      }),
    );
  });
});

const nothing = (): void => undefined;
const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('a counter', () => {
  it('never falls, and rises by no more than what was counted', () => {
    const step = fc.record({ group: fc.constantFrom('a', 'b'), value: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const counter = new Counter('kills', silent);
        let last: number | null = null;
        let before: { readonly group: string; readonly value: number } | null = null;
        for (const now of steps) {
          const count = counter.read(now.group, now.value);
          if (count === null) throw new Error('a value was not counted');
          const counted: number = before?.group === now.group ? Math.max(0, now.value - before.value) : 0;
          if (last !== null) expect(count - last).toBe(counted);
          last = count;
          before = now;
        }
      }),
    );
  });
});

describe('the reader of a whole machine', () => {
  const paths = [
    '/proc/uptime',
    '/proc/meminfo',
    '/proc/stat',
    '/proc/self/cgroup',
    '/proc/self/mountinfo',
    '/proc/self/status',
    '/proc/pressure/memory',
    '/sys/fs/cgroup/memory.current',
    '/sys/fs/cgroup/memory.max',
    '/sys/fs/cgroup/memory.stat',
    '/sys/fs/cgroup/memory.events',
    '/sys/fs/cgroup/cpu.stat',
    '/sys/fs/cgroup/cpu.max',
    '/sys/fs/cgroup/pids.current',
    '/sys/fs/cgroup/cgroup.procs',
    '/proc/7/statm',
    '/proc/7/stat',
    '/proc/7/limits',
  ];
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

  it('survives any content of any file, changing from reading to reading', async () => {
    const machine = fc.dictionary(fc.constantFrom(...paths), fc.oneof(odd, fc.nat().map(String)));
    await fc.assert(
      fc.asyncProperty(fc.array(machine, { minLength: 1, maxLength: 4 }), async (machines) => {
        let present: Readonly<Record<string, string>> = {};
        const files: FileReader = {
          text: (path) => Promise.resolve(present[path] ?? null),
          bytes: () => Promise.resolve(null),
          names: (path) => Promise.resolve(path === '/proc' ? ['7', 'self', 'x'] : null),
          link: () => Promise.resolve(null),
        };
        const reader = new LinuxReader({
          files,
          owners: { ownerOf: () => null },
          log: silent,
          pageBytes: 4096,
          scanEverySeconds: 5,
          editorPids: [],
          countsOpenFiles: true,
        });
        for (const [index, one] of machines.entries()) {
          present = one;
          const reading = await reader.read(index);
          expect(sane(reading)).toBe(true);
          const { memory } = reading;
          if (memory !== undefined) expect(memory.workingSetBytes).toBeLessThanOrEqual(memory.usedBytes);
        }
      }),
      { numRuns: 150 },
    );
  });
});
