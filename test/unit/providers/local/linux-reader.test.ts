import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProbeReader } from '../../../../src/providers/opensandbox/probe-reader.ts';
import { sessionProbe } from '../../../../src/providers/opensandbox/probe-script.ts';
import { realCounters } from '../../../helpers/java-counters.ts';
import { runProbe, shells } from '../../../helpers/probe.ts';
import { type FixtureFiles, fixtureFiles, keptLog, readerOf } from './fixture-files.ts';

const mebibyte = 1024 ** 2;
const group = '/sys/fs/cgroup';

/** Lets `seconds` pass on the machine's clock. */
const pass = (tree: FixtureFiles, seconds: number): void => {
  const [now = '0'] = tree.read('/proc/uptime').split(' ');
  tree.write('/proc/uptime', `${(Number(now) + seconds).toFixed(2)} 9000.00\n`);
};

describe('one reading', () => {
  it('tells of a limited group of version 2', async () => {
    using tree = fixtureFiles('v2-limited');
    expect(await readerOf(tree.files).read(0)).toMatchObject({
      source: 'cgroup',
      caveats: [],
      memory: {
        usedBytes: 200 * mebibyte,
        workingSetBytes: 175 * mebibyte,
        limitBytes: 256 * mebibyte,
        anonBytes: 100 * mebibyte,
        unreclaimableBytes: (100 + 8 + 3 + 1 + 2) * mebibyte,
        oomKillCount: 2,
        limitHitCount: 12,
        throttleHitCount: 1,
        stalledPercent: 4.25,
      },
      swap: { usedBytes: mebibyte, limitBytes: 1024 * mebibyte },
      pids: { used: 9, limit: 64 },
      fds: { used: 60, limit: 64, pid: 414, name: 'ja"va\\x??) S 1' },
      oomKillCount: 2,
    });
  });

  it('tells of a limited group of version 1', async () => {
    using tree = fixtureFiles('v1');
    expect(await readerOf(tree.files).read(0)).toMatchObject({
      source: 'cgroup',
      memory: {
        usedBytes: 48 * mebibyte,
        workingSetBytes: 42 * mebibyte,
        limitBytes: 64 * mebibyte,
        anonBytes: 24 * mebibyte,
        unreclaimableBytes: 29 * mebibyte,
        oomKillCount: 4,
        limitHitCount: 685,
        stalledPercent: null,
      },
      swap: { usedBytes: 2 * mebibyte, limitBytes: 64 * mebibyte },
      pids: { used: 6, limit: 64 },
    });
  });

  it.each([
    ['v1-nested', 64],
    ['hybrid', 64],
    ['v1-hidden-ancestor', 96],
    ['v2-nested', 128],
    ['v2-outside', 64],
  ])('finds the limit that counts in %s', async (name, limit) => {
    using tree = fixtureFiles(name);
    const { source, memory } = await readerOf(tree.files).read(0);
    expect([source, memory?.limitBytes]).toEqual(['cgroup', limit * mebibyte]);
  });

  it('takes the level above that has less room left, with its own numbers', async () => {
    using tree = fixtureFiles('v2-ancestor-tighter');
    const reading = await readerOf(tree.files).read(0);
    expect(reading.memory).toMatchObject({ limitBytes: 512 * mebibyte, usedBytes: 500 * mebibyte, oomKillCount: 5 });
    expect(reading.pids).toEqual({ used: 9, limit: 20 });
    pass(tree, 1);
    tree.write(`${group}/pod/box/cpu.stat`, 'usage_usec 7200000\nnr_periods 110\nnr_throttled 30\n');
    const second = await readerOf(tree.files).read(0);
    expect(second.cpu).toBeUndefined();
  });

  it.each(['v2-unlimited', 'v1-unlimited', 'vm-root', 'none', 'v2-above-machine'])(
    'tells the machine’s numbers, and that they are, in %s',
    async (name) => {
      using tree = fixtureFiles(name);
      const reading = await readerOf(tree.files).read(0);
      expect(reading).toMatchObject({
        source: 'machine',
        memory: {
          usedBytes: 4096 * mebibyte,
          workingSetBytes: 4096 * mebibyte,
          limitBytes: 8192 * mebibyte,
          anonBytes: null,
          oomKillCount: null,
          stalledPercent: 0.75,
        },
        swap: { usedBytes: 512 * mebibyte, limitBytes: 1024 * mebibyte },
      });
      expect(reading.caveats).toEqual([]);
    },
  );

  it.each(['garbage', 'huge'])('makes nothing up from %s', async (name) => {
    using tree = fixtureFiles(name);
    const reader = readerOf(tree.files);
    for (let count = 0; count < 3; count += 1) {
      const reading = await reader.read(count);
      expect(reading.source).toBe('machine');
      expect(JSON.stringify(reading)).not.toMatch(/NaN|pwned|-\d/);
      pass(tree, 1);
    }
  });

  it('says nothing where nothing can be read', async () => {
    using tree = fixtureFiles('none');
    tree.remove('/proc');
    expect(await readerOf(tree.files).read(7)).toEqual({ source: 'machine', caveats: [], oomKillCount: null });
  });

  it('goes without any one file that is missing', async () => {
    using whole = fixtureFiles('v2-limited');
    const names = (await whole.files.names(group)) ?? [];
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      using tree = fixtureFiles('v2-limited');
      tree.remove(`${group}/${name}`);
      const reading = await readerOf(tree.files).read(0);
      const limited = name !== 'memory.current' && name !== 'memory.max';
      expect([name, reading.source]).toEqual([name, limited ? 'cgroup' : 'machine']);
    }
  });
});

describe('files that can not be read', () => {
  it('count as not there, one by one', async () => {
    using whole = fixtureFiles('v2-limited');
    for (const name of (await whole.files.names(group)) ?? []) {
      using tree = fixtureFiles('v2-limited');
      // A folder in the place of a file can not be read by anybody, not even by root.
      tree.remove(`${group}/${name}`);
      mkdirSync(tree.at(`${group}/${name}`));
      const reading = await readerOf(tree.files).read(0);
      const limited = name !== 'memory.current' && name !== 'memory.max';
      expect([name, reading.source]).toEqual([name, limited ? 'cgroup' : 'machine']);
    }
  });

  it('of processes leave the others', async () => {
    using tree = fixtureFiles('v2-limited');
    for (const name of ['statm', 'stat', 'cmdline', 'environ', 'limits']) tree.remove(`/proc/412/${name}`);
    const { processes } = await readerOf(tree.files).read(0);
    expect(processes?.map(({ pid }) => pid)).toEqual([413, 414, 415, 416, 417]);
  });
});

describe('processor time', () => {
  it('needs two readings, and takes the tightest quota', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    expect((await reader.read(0)).cpu).toBeUndefined();
    pass(tree, 2);
    tree.write(`${group}/cpu.stat`, 'usage_usec 7600000\nnr_periods 120\nnr_throttled 30\n');
    expect((await reader.read(0)).cpu).toEqual({ usedCores: 0.3, limitCores: 0.5, throttledRatio: 0.25 });
  });

  const quietV2 = 'usage_usec 7000000\nnr_periods 0\nnr_throttled 0\n';
  /** Editors in a child group of the container, as with Docker in Docker: the quota stands above, and so does what is used of it. */
  const below: readonly (readonly [string, (tree: FixtureFiles) => void, (tree: FixtureFiles) => void])[] = [
    [
      'v2-ancestor-tighter',
      (tree) => {
        tree.write(`${group}/pod/box/cpu.max`, 'max 100000\n');
        tree.write(`${group}/pod/box/cpu.stat`, quietV2);
      },
      (tree) => tree.write(`${group}/pod/cpu.stat`, 'usage_usec 7250000\nnr_periods 110\nnr_throttled 34\n'),
    ],
    [
      'v1-nested',
      (tree) => tree.write(`${group}/cpu/docker/abc/cpu.cfs_quota_us`, '-1\n'),
      (tree) => {
        tree.write(`${group}/cpuacct/cpuacct.usage`, '7200000123\n');
        tree.write(`${group}/cpu/cpu.stat`, 'nr_periods 45\nnr_throttled 42\n');
      },
    ],
  ];
  it.each(below)('is that of the group whose quota is the least: %s', async (name, before, later) => {
    const [shell] = shells;
    if (shell === undefined) throw new Error('There is no shell.');
    using tree = fixtureFiles(name);
    before(tree);
    const reader = readerOf(tree.files);
    const probe = createProbeReader({ sandboxId: 'x', cadenceMs: 1000, caveat: null });
    const probed = (atMs: number) => {
      const env = { FORESIGHT_CGROUP_ROOT: tree.at(group), FORESIGHT_PROC: tree.at('/proc') };
      const [line] = runProbe(shell, sessionProbe({ lines: 1 }), env).lines;
      if (line === undefined) throw new Error('The probe said nothing.');
      return probe.read(line, atMs).cpu;
    };
    await reader.read(0);
    probed(0);
    pass(tree, 1);
    later(tree);
    const { cpu } = await reader.read(0);
    expect(cpu?.usedCores).toBeCloseTo(name.startsWith('v2') ? 0.25 : 0.2);
    expect(cpu).toMatchObject({ limitCores: name.startsWith('v2') ? 0.25 : 0.2, throttledRatio: 0.9 });
    expect(probed(1000)).toEqual(cpu);
  });

  it('is waited for in the group of the quota too', async () => {
    using tree = fixtureFiles('v2-ancestor-tighter');
    const reader = readerOf(tree.files);
    await reader.read(0);
    pass(tree, 1);
    for (const [folder, waited] of [
      ['pod', '80.00'],
      ['pod/box', '1.00'],
    ] as const) {
      tree.write(`${group}/${folder}/cpu.pressure`, `some avg10=${waited} avg60=0.00 avg300=0.00 total=0\n`);
    }
    expect((await reader.read(0)).cpu).toMatchObject({ stalledPercent: 80 });
  });

  it('is counted in nanoseconds by version 1', async () => {
    using tree = fixtureFiles('v1');
    const reader = readerOf(tree.files);
    await reader.read(0);
    pass(tree, 1);
    tree.write(`${group}/cpuacct/cpuacct.usage`, '7100000123\n');
    expect((await reader.read(0)).cpu).toMatchObject({ limitCores: 0.2, throttledRatio: 0 });
  });

  it('is the machine’s without groups, with the processors this process may use', async () => {
    using tree = fixtureFiles('none');
    const reader = readerOf(tree.files);
    await reader.read(0);
    pass(tree, 1);
    tree.write('/proc/stat', 'cpu  150 20 30 4000 5 6 7 0 0 0\n');
    expect((await reader.read(0)).cpu).toEqual({ usedCores: 0.5, limitCores: 3, throttledRatio: null });
  });

  it('has no rate over a counter that went back', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    await reader.read(0);
    pass(tree, 1);
    tree.write(`${group}/cpu.stat`, 'usage_usec 5\nnr_periods 1\nnr_throttled 0\n');
    expect((await reader.read(0)).cpu).toBeUndefined();
    pass(tree, 1);
    tree.write(`${group}/cpu.stat`, 'usage_usec 500005\nnr_periods 11\nnr_throttled 0\n');
    expect((await reader.read(0)).cpu).toMatchObject({ usedCores: 0.5, throttledRatio: 0 });
  });
});

describe('what changes while it is read', () => {
  it('a limit that is raised or lowered, with a line in the log', async () => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    await reader.read(0);
    for (const limit of [512, 220]) {
      pass(tree, 1);
      tree.write(`${group}/memory.max`, `${limit * mebibyte}\n`);
      expect((await reader.read(0)).memory?.limitBytes).toBe(limit * mebibyte);
    }
    expect(log.lines.filter((line) => line.startsWith('The memory limit changed'))).toHaveLength(2);
  });

  it('a limit that is taken away: the machine’s numbers, and no kill is invented', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    const first = await reader.read(0);
    pass(tree, 1);
    tree.write(`${group}/memory.max`, 'max\n');
    expect(await reader.read(0)).toMatchObject({ source: 'machine', oomKillCount: first.oomKillCount });
  });

  it('a counter of kills that goes back neither hides nor invents any', async () => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    const counts: (number | null | undefined)[] = [];
    for (const kills of [2, 0, 0, 1, 3]) {
      tree.write(`${group}/memory.events`, `max 12\noom_kill ${kills}\n`);
      counts.push((await reader.read(0)).memory?.oomKillCount);
      pass(tree, 1);
    }
    expect(counts).toEqual([2, 2, 2, 3, 5]);
    expect(log.lines.some((line) => line.includes('went back from 2 to 0'))).toBe(true);
  });

  it('another group than before: its counters go on from there, and the log says so', async () => {
    using tree = fixtureFiles('v2-nested');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    const first = await reader.read(0);
    tree.write('/proc/self/cgroup', '0::/app.slice\n');
    tree.write(`${group}/app.slice/memory.max`, `${1024 * mebibyte}\n`);
    // The own group is looked for again when the known one vanishes.
    tree.remove(`${group}/app.slice/box.scope`);
    pass(tree, 1);
    const second = await reader.read(0);
    expect(second.memory).toMatchObject({ limitBytes: 1024 * mebibyte, usedBytes: 900 * mebibyte });
    expect(second.memory?.oomKillCount).toBe(first.memory?.oomKillCount);
    const said = log.lines.join('\n');
    expect(said).toContain('box.scope can not be read any more; looking for another.');
    expect(said).toMatch(/The control group of this place changed: .*box\.scope → .*app\.slice\./);
    expect(said).toMatch(
      /Processor time is counted in another group: .*box\.scope → .*app\.slice; no rate this time\./,
    );
  });

  it('a group it was moved out of, although the old one is still there', async () => {
    using tree = fixtureFiles('v2-nested');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    const first = await reader.read(0);
    tree.write('/proc/self/cgroup', '0::/app.slice\n');
    tree.write(`${group}/app.slice/memory.max`, `${1024 * mebibyte}\n`);
    const seen = [];
    for (let count = 0; count < 10; count += 1) {
      pass(tree, 1);
      seen.push(await reader.read(0));
    }
    // The own group is looked for every ten readings.
    expect(seen.at(-1)?.memory?.limitBytes).toBe(1024 * mebibyte);
    expect(new Set(seen.map(({ oomKillCount }) => oomKillCount))).toEqual(new Set([first.oomKillCount]));
    expect(log.lines.join('\n')).toMatch(/The control group of this place changed: .*box\.scope → .*app\.slice\./);
  });

  it.each([
    ['memory.stat', 'the parts of memory'],
    ['memory.events', 'count of kills'],
    ['pids.current', 'the number of processes'],
  ])('%s, gone for one reading: no leap, no kill, a reason in the log', async (name, what) => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    const first = await reader.read(0);
    const text = tree.read(`${group}/${name}`);
    tree.remove(`${group}/${name}`);
    pass(tree, 1);
    const between = await reader.read(0);
    tree.write(`${group}/${name}`, text);
    pass(tree, 1);
    const last = await reader.read(0);
    // Without its parts all of the page cache would look like pressure.
    expect(between.memory?.workingSetBytes ?? first.memory?.workingSetBytes).toBe(first.memory?.workingSetBytes);
    expect(last).toMatchObject({ memory: first.memory, oomKillCount: first.oomKillCount });
    const said = log.lines.filter((line) => line.includes(what));
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('Its file vanished, or can not be read.');
    expect(said[1]).toMatch(/^Read again: /);
  });

  it('the parts of memory, gone for good: after three readings it goes on without them', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    await reader.read(0);
    tree.remove(`${group}/memory.stat`);
    const seen = [];
    for (let count = 0; count < 5; count += 1) {
      pass(tree, 1);
      seen.push((await reader.read(0)).memory?.workingSetBytes);
    }
    expect(seen).toEqual([undefined, undefined, undefined, 200 * mebibyte, 200 * mebibyte]);
  });

  it('counters that go back, each with a line in the log', async () => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    const first = await reader.read(0);
    pass(tree, 1);
    tree.write(`${group}/memory.events`, 'max 0\noom_kill 0\n');
    tree.write(`${group}/cpu.stat`, 'usage_usec 5\nnr_periods 1\nnr_throttled 0\n');
    const second = await reader.read(0);
    expect(second.memory?.limitHitCount).toBe(first.memory?.limitHitCount);
    expect(second.cpu).toBeUndefined();
    const said = log.lines.filter((line) => line.includes('went back from'));
    expect(said).toHaveLength(3);
    for (const what of ['kills went back from 2 to 0', 'hits of the memory limit went back from 12 to 0', ' to 5 µs']) {
      expect(said.join(' ')).toContain(what);
    }
  });

  it('limits of processes and processors, with a line in the log', async () => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    await reader.read(0);
    tree.write(`${group}/pids.max`, 'max\n');
    tree.write(`${group}/cpu.max`, '100000 100000\n');
    for (let count = 0; count < 10; count += 1) {
      pass(tree, 1);
      await reader.read(0);
    }
    expect(log.lines).toContain(`The limit of processes (${group}/pids.max) changed from 64 to none.`);
    expect(log.lines).toContain('The limit of processors changed from 0.5 to 1.');
  });

  it('everything that disappears between two readings', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    await reader.read(0);
    tree.remove(group);
    expect((await reader.read(1)).source).toBe('machine');
    tree.remove('/proc');
    expect(await reader.read(2)).toEqual({ source: 'machine', caveats: [], oomKillCount: null });
  });
});

describe('processes', () => {
  it('takes no part of a number for one, where the list is cut because there are so many', async () => {
    using tree = fixtureFiles('v2-limited');
    tree.write(`${group}/cgroup.procs`, '12345678\n'.repeat(8_000));
    const asked = new Set<string>();
    const text = (path: string, most?: number): Promise<string | null> => {
      asked.add(path);
      return tree.files.text(path, most);
    };
    await readerOf({ ...tree.files, text }).read(0);
    expect([...asked].filter((path) => path.startsWith('/proc/123'))).toEqual(['/proc/12345678/statm']);
  });

  it('are the five largest of the group, with heap limits by name only', async () => {
    using tree = fixtureFiles('v2-limited');
    const { processes } = await readerOf(tree.files).read(0);
    expect(
      processes?.map(({ pid, parentPid, name, rssBytes, ageMs }) => [pid, parentPid, name, rssBytes, ageMs]),
    ).toEqual([
      [412, 1, 'node', 50_000 * 4096, 4_000_250],
      [413, 1, 'java', 40_000 * 4096, 3_000_250],
      [414, 1, 'ja"va\\x??) S 1', 30_000 * 4096, 2_000_250],
      [415, 412, 'server', 20_000 * 4096, 1_000_250],
      [416, 412, 'next-server (v1', 10_000 * 4096, 1_000_250],
    ]);
    expect(processes?.map(({ heapLimit }) => heapLimit)).toEqual([
      { limitBytes: 256 * mebibyte, source: '--max-old-space-size' },
      { limitBytes: 2048 * mebibyte, source: '-Xmx' },
      { limitBytes: 192 * mebibyte, source: '-XX:MaxRAMPercentage' },
      { limitBytes: 512 * mebibyte, source: 'GOMEMLIMIT' },
      null,
    ]);
    expect(JSON.stringify(processes)).not.toMatch(/hunter2|secret/);
  });

  it('with a limit on addresses tell how many they take', async () => {
    using tree = fixtureFiles('v2-limited');
    tree.write('/proc/415/limits', 'Max address space         4294967296           unlimited            bytes     \n');
    tree.write('/proc/416/limits', 'Max address space         1073741824           unlimited            bytes     \n');
    tree.write('/proc/416/statm', '200000 10000 900 1 0 9000 0\n');
    const { processes } = await readerOf(tree.files).read(0);
    const [server, next] = [415, 416].map((pid) => processes?.find((one) => one.pid === pid));
    // A limit of its own that somebody set comes first.
    expect(server?.heapLimit?.source).toBe('GOMEMLIMIT');
    expect(server).not.toHaveProperty('heap');
    expect(next).toMatchObject({
      heapLimit: { limitBytes: 1024 * mebibyte, source: 'ulimit -v' },
      heap: { usedBytes: 200_000 * 4096, limitBytes: 1024 * mebibyte, addresses: true },
    });
  });

  it('that are JVMs tell of their heaps what they publish', async () => {
    using tree = fixtureFiles('v2-limited');
    const folder = tree.at('/proc/413/root/tmp/hsperfdata_app');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '413'), realCounters('z'));
    const { processes } = await readerOf(tree.files).read(0);
    const told = processes?.filter(({ heap }) => heap !== undefined);
    expect(told?.map(({ pid, heap }) => [pid, heap])).toEqual([
      [413, { usedBytes: 52 * mebibyte, limitBytes: 64 * mebibyte }],
    ]);
  });

  it('are looked for every five seconds, and at once when memory moves or something was killed', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    const looked = async (): Promise<boolean> => {
      pass(tree, 1);
      return (await reader.read(0)).processes !== undefined;
    };
    expect(await looked()).toBe(true);
    expect([await looked(), await looked(), await looked(), await looked()]).toEqual([false, false, false, false]);
    expect(await looked()).toBe(true);
    tree.write(`${group}/memory.current`, `${212 * mebibyte}\n`);
    expect(await looked()).toBe(true);
    expect(await looked()).toBe(false);
    tree.write(`${group}/memory.events`, 'max 12\noom_kill 3\n');
    expect(await looked()).toBe(true);
  });

  it('that have ended are told with what they held last, and never one that still runs', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    expect((await reader.read(0)).ended).toEqual([]);
    const kill = async (kills: number) => {
      pass(tree, 1);
      tree.write(`${group}/memory.events`, `max 12\noom_kill ${kills}\n`);
      return (await reader.read(0)).ended?.map(({ pid, name, rssBytes }) => [pid, name, rssBytes]);
    };
    const statm = tree.read('/proc/412/statm');
    // It holds nothing any more, and is not in the list: but it is there.
    tree.write('/proc/412/statm', '10 0 0 0 0 0 0\n');
    expect(await kill(3)).toEqual([]);
    tree.write('/proc/412/statm', statm);
    expect(await kill(4)).toEqual([]);
    tree.remove('/proc/412');
    expect(await kill(5)).toEqual([[412, 'node', 50_000 * 4096]]);
    // Its parent has not looked yet.
    tree.write('/proc/413/stat', tree.read('/proc/413/stat').replace(/\) \S/, ') Z'));
    tree.write('/proc/413/statm', '0 0 0 0 0 0 0\n');
    expect(await kill(6)).toEqual([[413, 'java', 40_000 * 4096]]);
  });

  it('that start the others are named once these are many', async () => {
    using tree = fixtureFiles('v2-limited');
    const reader = readerOf(tree.files);
    expect((await reader.read(0)).pids).toEqual({ used: 9, limit: 64 });
    tree.write(`${group}/pids.current`, '60\n');
    tree.write('/proc/412/stat', tree.read('/proc/412/stat').replace(/^(.*\) (?:\S+ ){17})\S+/s, '$140'));
    pass(tree, 10);
    const { pids } = await reader.read(0);
    expect(pids).toMatchObject({ used: 60, limit: 64, spawner: { pid: 412, name: 'node' } });
    expect(pids?.spawner?.count).toBeGreaterThanOrEqual(40);
    tree.write(`${group}/pids.current`, '9\n');
    pass(tree, 1);
    expect((await reader.read(0)).pids).toEqual({ used: 9, limit: 64 });
  });

  it('say which terminal they were started in', async () => {
    using tree = fixtureFiles('v2-limited');
    const asked: (readonly number[])[] = [];
    const owners = {
      ownerOf: (pids: readonly number[]) => {
        asked.push(pids);
        return pids.includes(412) ? 'the terminal “bash”' : null;
      },
    };
    const { processes } = await readerOf(tree.files, keptLog(), owners).read(0);
    expect(processes?.map(({ pid, startedIn }) => [pid, startedIn])).toEqual([
      [412, 'the terminal “bash”'],
      [413, undefined],
      [414, undefined],
      [415, 'the terminal “bash”'],
      [416, 'the terminal “bash”'],
    ]);
    expect(asked).toContainEqual([415, 412]);
  });
});
