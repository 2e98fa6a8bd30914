import type { ProcessReading, Sample } from '../../src/model/sample.ts';

/** What the measurements are made over: a leak with a sawtooth that is freed every 200 s, which is the dearest course there is. */
export const startMs = 1_700_000_000_000;
export const sandboxId = 'bench';

const mebibyte = 2 ** 20;
const usedAt = (second: number): number => (30 + (second % 200) + 3 * (second % 7)) * mebibyte;
const hasProcesses = (second: number): boolean => second % 5 === 0;

/** One sample for each second, with six signals, and every fifth time the processes. */
export function sampleAt(second: number): Sample {
  const used = usedAt(second);
  const processes: readonly ProcessReading[] = [
    { pid: 412, parentPid: 1, name: 'node', rssBytes: used, ageMs: 1000 * second, heapLimit: null },
    { pid: 1, parentPid: null, name: 'sh', rssBytes: mebibyte, ageMs: 1000 * second, heapLimit: null },
  ];
  return {
    kind: 'sample',
    sandboxId,
    atMs: startMs + 1000 * second,
    source: 'cgroup',
    cadenceMs: 1000,
    caveat: null,
    memory: {
      usedBytes: used,
      workingSetBytes: used,
      limitBytes: 256 * mebibyte,
      anonBytes: used - mebibyte,
      oomKillCount: 0,
      limitHitCount: 0,
      stalledPercent: 0,
    },
    swap: { usedBytes: used / 10, limitBytes: 256 * mebibyte },
    disk: { usedBytes: used * 4, limitBytes: 2048 * mebibyte },
    inodes: { used: 1000 + (second % 10_000), limit: 65_536 },
    pids: { used: 10 + (second % 100), limit: 512 },
    fds: { used: 20 + (second % 500), limit: 1024, pid: 412 },
    ...(hasProcesses(second) ? { processes } : {}),
  };
}

/** The same second as the probe prints it, with everything a cgroup of version 2 has and five processes. */
export function lineAt(second: number): string {
  const used = usedAt(second);
  const names = ['node', 'postgres', 'redis-server', 'bash', 'sh'];
  const procs = names.map((name, i) => ({
    pid: 412 + i,
    ppid: 1,
    name,
    rss: Math.round(used / (i + 2)),
    ageMs: 1000 * second,
    heap: i === 0 ? { by: '--max-old-space-size', via: 'NODE_OPTIONS', bytes: 192 * mebibyte } : null,
  }));
  return JSON.stringify({
    v: 1,
    t: 1000 + second,
    cg: 2,
    level: 0,
    cpus: 2,
    memTotal: 24 * 1024 * mebibyte,
    memAvail: 12 * 1024 * mebibyte,
    mem: used + 5 * mebibyte,
    memMax: 256 * mebibyte,
    anon: used - mebibyte,
    inactive: 5 * mebibyte,
    hits: 0,
    oomKill: 0,
    swap: Math.round(used / 10),
    swapMax: 256 * mebibyte,
    swapTotal: 1024 * mebibyte,
    swapFree: 900 * mebibyte,
    psi: 2,
    stall: 0,
    cpuUs: 400_000 * second,
    quotaUs: 50_000,
    periodUs: 100_000,
    periods: 10 * second,
    throttled: second,
    pids: 10 + (second % 100),
    pidsMax: 512,
    disk: { used: used * 4, free: 1024 * mebibyte },
    inodes: { used: 1000 + (second % 10_000), free: 60_000 },
    ...(hasProcesses(second) ? { fds: { used: 20 + (second % 500), max: 1024, pid: 412 }, procs } : {}),
  });
}
