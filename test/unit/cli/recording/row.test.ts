import { describe, expect, it } from 'vitest';
import type { GroupReading } from '../../../../src/cli/recording/cgroup.ts';
import {
  columns,
  cpuUsedPercent,
  formatEvents,
  formatHeaps,
  formatProcesses,
  formatRow,
  type Reading,
  throttledPercent,
} from '../../../../src/cli/recording/row.ts';

const unknownGroup: GroupReading = {
  usageBytes: null,
  limitBytes: null,
  peakBytes: null,
  memory: {
    anonBytes: null,
    cacheBytes: null,
    inactiveFileBytes: null,
    activeFileBytes: null,
    dirtyBytes: null,
    shmemBytes: null,
    unreclaimableBytes: null,
    swapUsedBytes: null,
    majorFaultCount: null,
    fileRefaultCount: null,
  },
  swapUsedBytes: null,
  oomKillCount: null,
  limitHitCount: null,
  cpu: { usedUs: null, periodCount: null, throttledPeriodCount: null, throttledUs: null },
  pids: null,
  pidsMax: null,
  refusedTaskCount: null,
  memoryStall: { somePercent: null, fullPercent: null },
  cpuStall: { somePercent: null, fullPercent: null },
};

const reading = (tMs: number, group: Partial<GroupReading> = {}, rest: Partial<Reading> = {}): Reading => ({
  tMs,
  group: { ...unknownGroup, ...group },
  disk: null,
  openFiles: null,
  processes: [],
  heaps: new Map(),
  events: [],
  ...rest,
});

/** The columns every trace of this format begins with, whoever recorded it. */
const given =
  't_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes,rss,cache,cpu_used_pct,cpu_throttled_pct,pids_current,pids_max,' +
  'disk_used_bytes,disk_total_bytes,oom_kill_count,failcnt,open_fds,fd_limit,proc_count,inactive_file,active_file,pgmajfault,' +
  'refault_file,dirty,throttled_ms,max_proc_fds,usage_max_since_start';
const added =
  'anon,shmem,unreclaimable,swap_used_bytes,psi_mem_some_avg10,psi_mem_full_avg10,psi_cpu_some_avg10,limit_hits,top_processes,command_events,heap_processes';

const cellsOf = (line: string): Record<string, string> =>
  Object.fromEntries(line.split(',').map((cell, at) => [columns[at] ?? `column ${at}`, cell]));

describe('a row', () => {
  it('begins with the columns of the format and ends with those of the recorder', () => {
    expect(columns.join(',')).toBe(`${given},${added}`);
  });

  it('has an empty cell for everything that is unknown', () => {
    const line = formatRow(reading(1_000), null, 1);
    expect(line.split(',')).toHaveLength(columns.length);
    expect(Object.entries(cellsOf(line)).filter(([, cell]) => cell !== '')).toEqual([
      ['t_ms', '1000'],
      ['proc_count', '0'],
    ]);
  });

  it('puts every number into its own column', () => {
    const now = reading(
      2_000,
      {
        usageBytes: 100,
        limitBytes: 200,
        peakBytes: 150,
        memory: {
          anonBytes: 40,
          cacheBytes: 41,
          inactiveFileBytes: 30,
          activeFileBytes: 31,
          dirtyBytes: 32,
          shmemBytes: 33,
          unreclaimableBytes: 73,
          swapUsedBytes: null,
          majorFaultCount: 34,
          fileRefaultCount: 35,
        },
        swapUsedBytes: 36,
        oomKillCount: 1,
        limitHitCount: 12,
        cpu: { usedUs: 3_000_000, periodCount: 20, throttledPeriodCount: 5, throttledUs: 1_250 },
        pids: 7,
        pidsMax: 256,
        memoryStall: { somePercent: 1.5, fullPercent: 0.25 },
        cpuStall: { somePercent: 60, fullPercent: null },
      },
      {
        disk: { usedBytes: 5, totalBytes: 50, freeInodes: 1 },
        openFiles: { total: 9, most: 6, limit: 1_024 },
        processes: [{ pid: 11, parentPid: 1, name: 'node', ageMs: 1_500, rssBytes: 4_096, startTicks: 0 }],
        heaps: new Map([[11, { usedBytes: 7, limitBytes: 9 }]]),
        events: [{ kind: 'end', id: 'c1', exitCode: 0 }],
      },
    );
    const before = reading(1_000, {
      cpu: { usedUs: 2_000_000, periodCount: 10, throttledPeriodCount: 0, throttledUs: 0 },
    });
    expect(cellsOf(formatRow(now, before, 2))).toEqual({
      t_ms: '2000',
      mem_usage_bytes: '100',
      mem_limit_bytes: '200',
      mem_working_set_bytes: '70',
      rss: '40',
      cache: '41',
      cpu_used_pct: '50.00',
      cpu_throttled_pct: '50.0',
      pids_current: '7',
      pids_max: '256',
      disk_used_bytes: '5',
      disk_total_bytes: '50',
      oom_kill_count: '1',
      failcnt: '12',
      open_fds: '9',
      fd_limit: '1024',
      proc_count: '1',
      inactive_file: '30',
      active_file: '31',
      pgmajfault: '34',
      refault_file: '35',
      dirty: '32',
      throttled_ms: '1.3',
      max_proc_fds: '6',
      usage_max_since_start: '150',
      anon: '40',
      shmem: '33',
      unreclaimable: '73',
      swap_used_bytes: '36',
      psi_mem_some_avg10: '1.50',
      psi_mem_full_avg10: '0.25',
      psi_cpu_some_avg10: '60.00',
      limit_hits: '12',
      top_processes: '11:1:node:1500:4096',
      command_events: 'end:c1:0',
      heap_processes: '11:7:9',
    });
  });
});

describe('rates', () => {
  const at = (tMs: number, usedUs: number, periodCount = 0, throttledPeriodCount = 0): Reading =>
    reading(tMs, { cpu: { usedUs, periodCount, throttledPeriodCount, throttledUs: 0 } });

  it('count CPU against the quota and the time that really passed', () => {
    expect(cpuUsedPercent(at(3_000, 1_000_000), at(1_000, 0), 0.5)).toBeCloseTo(100);
    expect(cpuUsedPercent(at(30, 900), null, 1)).toBe(0);
    expect(cpuUsedPercent(at(1_000, 0), at(1_000, 0), 1)).toBe(0);
    expect(cpuUsedPercent(reading(1_000), at(0, 0), 1)).toBeNull();
  });

  it('are zero where no scheduler period passed', () => {
    expect(throttledPercent(at(2_000, 0, 10, 10), at(1_000, 0, 10, 10))).toBe(0);
    expect(throttledPercent(at(2_000, 0, 14, 11), at(1_000, 0, 10, 10))).toBe(25);
  });
});

describe('processes and commands', () => {
  const one = (pid: number, rssBytes: number, name = 'sh') => ({
    pid,
    parentPid: 1,
    name,
    ageMs: 10,
    rssBytes,
    startTicks: 0,
  });

  it('names the five largest, and small ones only when there is nothing larger', () => {
    const many = [70, 60, 50, 40, 30, 20].map((mib, at) => one(at + 1, mib * 2 ** 20));
    expect(formatProcesses(many).split(';')).toHaveLength(5);
    expect(formatProcesses([one(1, 2 ** 21), one(2, 4_096)])).toBe('1:1:sh:10:2097152');
    expect(formatProcesses([one(2, 4_096)])).toBe('2:1:sh:10:4096');
    expect(formatProcesses([])).toBe('');
  });

  it('keeps separators out of names', () => {
    expect(formatProcesses([one(5, 2 ** 20, 'a:b;c,d"e f')])).toBe('5:1:a_b_c_d_e_f:10:1048576');
    expect(formatProcesses([one(5, 2 ** 20, '')])).toBe('5:1:_:10:1048576');
  });

  it('tells the heaps of those that tell them, and which are not certain', () => {
    expect(formatHeaps(new Map())).toBe('');
    const heaps = new Map([
      [5, { usedBytes: 60, limitBytes: 100 }],
      [6, { usedBytes: 7, limitBytes: 90, unchecked: true as const }],
    ]);
    expect(formatHeaps(heaps)).toBe('5:60:100;6:7:90:unchecked');
  });

  it('encodes a command line so that it fits into one cell', () => {
    const line = 'echo "a,b;c:d" && x';
    const cell = formatEvents([
      { kind: 'start', id: 'c1', line },
      { kind: 'end', id: 'c1', exitCode: 3 },
      { kind: 'end', id: 'c2', exitCode: null },
    ]);
    const [start, end, killed] = cell.split(';');
    expect(start?.split(':').slice(0, 2)).toEqual(['start', 'c1']);
    expect(decodeURIComponent(start?.split(':')[2] ?? '')).toBe(line);
    expect([end, killed]).toEqual(['end:c1:3', 'end:c2:']);
    expect(cell).not.toMatch(/[",\n]/);
  });
});
