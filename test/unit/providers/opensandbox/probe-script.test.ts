import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProbeLine } from '../../../../src/providers/opensandbox/probe-line.ts';
import { commandProbe, sessionProbe } from '../../../../src/providers/opensandbox/probe-script.ts';
import { fixtureTree, runProbe, shells } from '../../../helpers/probe.ts';

const mebibyte = 1024 * 1024;
const once = sessionProbe({ lines: 1 });

describe('the text of the probe', () => {
  it.each([
    ['session', sessionProbe()],
    ['command', commandProbe({ previousIds: ['0123456789abcdef0123456789abcdef'] })],
  ])('has no single quote, no comment and no background process in its %s form', (_form, text) => {
    expect(text).not.toContain("'");
    expect(text).not.toMatch(/^\s*#/m);
    expect(text).not.toMatch(/[^&>]&\s*(\n|$)/);
  });

  it('runs endlessly in a session and once as a command', () => {
    expect(sessionProbe()).toContain('\nprobe 0 1 5\n');
    expect(commandProbe()).toContain('\nprobe 1 1 5\n');
    expect(sessionProbe({ lines: 3, cadenceSeconds: 2.5 })).toContain('\nprobe 3 2.5 2\n');
    expect(sessionProbe({ lines: 10, cadenceSeconds: 10 })).toContain('\nprobe 10 10 1\n');
  });

  it('does not let odd numbers into the shell', () => {
    expect(sessionProbe({ lines: Number.NaN, cadenceSeconds: Number.POSITIVE_INFINITY })).toContain('\nprobe 0 1 5\n');
    expect(sessionProbe({ lines: -1, cadenceSeconds: -1 })).toContain('\nprobe 0 1 5\n');
  });

  it('names only earlier commands that look like ids', () => {
    const text = commandProbe({ previousIds: ['a'.repeat(32), '../../etc/passwd', 'A'.repeat(32), '$(id)', ''] });
    expect(text.match(/rm -f -- "\$tmp\/.*/g)).toEqual([
      `rm -f -- "$tmp/${'a'.repeat(32)}.stdout" "$tmp/${'a'.repeat(32)}.stderr"`,
    ]);
  });
});

describe.each(shells)('in $name', (shell) => {
  /** The only line that the probe prints over a fixture. */
  const lineOf = (fixture: string, change?: (tree: { cgroup: string; proc: string }) => void): ProbeLine => {
    using tree = fixtureTree(fixture);
    change?.(tree);
    const run = runProbe(shell, once, tree.env);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(1);
    const line = run.lines[0];
    if (line === undefined) throw new Error(`not a line: ${run.stdout}`);
    return line;
  };

  it('reads a limited v2 group', () => {
    expect(lineOf('v2-limited')).toMatchObject({
      t: 5000.25,
      cg: 2,
      level: 0,
      cpus: 3,
      memTotal: 8192 * mebibyte,
      memAvail: 4096 * mebibyte,
      mem: 200 * mebibyte,
      memMax: 256 * mebibyte,
      anon: 100 * mebibyte,
      shmem: 8 * mebibyte,
      kernel: 6 * mebibyte,
      inactive: 25 * mebibyte,
      hits: 12,
      high: 1,
      oomKill: 2,
      swap: mebibyte,
      swapMax: null,
      swapTotal: 1024 * mebibyte,
      swapFree: 512 * mebibyte,
      psi: 2,
      stall: 4.25,
      cpuUs: 7_000_000,
      quotaUs: 50_000,
      periodUs: 100_000,
      periods: 100,
      throttled: 25,
      pids: 9,
      pidsMax: 64,
    });
  });

  it('lists the five largest processes of the group and the groups below it, and the fullest file table', () => {
    const line = lineOf('v2-limited');
    expect(line.procs?.map((process) => process && [process.pid, process.ppid, process.rss, process.ageMs])).toEqual([
      [412, 1, 50_000 * 4096, 4_000_250],
      [413, 1, 40_000 * 4096, 3_000_250],
      [414, 1, 30_000 * 4096, 2_000_250],
      [415, 412, 20_000 * 4096, 1_000_250],
      [416, 412, 10_000 * 4096, 1_000_250],
    ]);
    // What tells a process from a later one of the same pid is the kernel's own number.
    expect(line.procs?.map((process) => process && (process.start ?? 0) * 10 + (process.ageMs ?? 0))).toEqual(
      Array(5).fill(line.t === null ? 0 : Math.round(line.t * 1000)),
    );
    expect(line.procs?.map((process) => process?.name)).toEqual([
      'MainThread',
      'java',
      'ja?va?x???) S 1',
      'server',
      'next-server (v1',
    ]);
    expect(line.fds).toEqual({ used: 60, max: 64, pid: 414 });
  });

  it('finds the heap limits of the programs that read them, by name and number only', () => {
    const line = lineOf('v2-limited');
    expect(line.procs?.map((process) => process?.heap)).toEqual([
      { by: '--max-old-space-size', via: null, bytes: 256 * mebibyte, percent: null },
      { by: '-Xmx', via: null, bytes: 2048 * mebibyte, percent: null },
      { by: '-XX:MaxRAMPercentage', via: null, bytes: null, percent: 75 },
      { by: 'GOMEMLIMIT', via: null, bytes: 512 * mebibyte, percent: null },
      null,
    ]);
  });

  it('knows a program by its file also when that was replaced while it runs', () => {
    const line = lineOf('v2-limited', ({ proc }) => {
      rmSync(join(proc, '415/exe'), { force: true });
      symlinkSync('/opt/jre/bin/java (deleted)', join(proc, '415/exe'));
      writeFileSync(join(proc, '415/cmdline'), 'language server\0-Xmx64m\0');
    });
    expect(line.procs?.[3]?.heap).toMatchObject({ by: '-Xmx', bytes: 64 * mebibyte });
  });

  it('finds a limit on addresses and how many are taken, where no other limit was set', () => {
    const line = lineOf('v2-limited', ({ proc }) => {
      for (const pid of [412, 416])
        writeFileSync(
          join(proc, `${pid}/limits`),
          'Max address space         4294967296           unlimited   bytes \n',
        );
    });
    const [node, , , , next] = line.procs ?? [];
    expect(node?.heap?.by).toBe('--max-old-space-size');
    expect(node).not.toHaveProperty('space');
    expect(next).toMatchObject({ heap: { by: 'ulimit-v', via: null, bytes: 4096 * mebibyte }, space: 1_000_000 });
  });

  it('takes no limit from "max"', () => {
    expect(lineOf('v2-unlimited')).toMatchObject({ mem: 200 * mebibyte, memMax: null, quotaUs: null, pidsMax: null });
  });

  it('falls back to all processes without a readable list', () => {
    expect(lineOf('v2-unlimited').procs?.[0]?.pid).toBe(418);
  });

  it('finds its own group below the root', () => {
    const line = lineOf('v2-nested');
    expect(line).toMatchObject({ level: 2, mem: 100 * mebibyte, memMax: 128 * mebibyte, oomKill: 2, quotaUs: 50_000 });
    expect(line.procs?.map((process) => process?.pid)).toEqual([417]);
  });

  it('reports the ancestor that ends first', () => {
    expect(lineOf('v2-ancestor-tighter')).toMatchObject({
      level: 1,
      mem: 500 * mebibyte,
      memMax: 512 * mebibyte,
      oomKill: 5,
      quotaUs: 25_000,
      pidsMax: 20,
    });
  });

  it('takes the root when its own path lies outside of what is visible', () => {
    expect(lineOf('v2-outside')).toMatchObject({ cg: 2, level: 0, mem: 10 * mebibyte, memMax: 64 * mebibyte });
  });

  it('takes no limit that the machine cannot fill', () => {
    expect(lineOf('v2-above-machine')).toMatchObject({ mem: 200 * mebibyte, memMax: null });
  });

  it('takes the limit that the machine is shown to consist of, as lxcfs and gVisor show it', () => {
    const line = lineOf('v2-nested', ({ cgroup }) => {
      writeFileSync(join(cgroup, 'app.slice/memory.max'), `${8192 * mebibyte}\n`);
      writeFileSync(join(cgroup, 'app.slice/memory.current'), `${8190 * mebibyte}\n`);
      writeFileSync(join(cgroup, 'app.slice/memory.stat'), 'inactive_file 0\n');
    });
    expect(line).toMatchObject({ level: 1, mem: 8190 * mebibyte, memMax: 8192 * mebibyte });
  });

  it('does not take a level for the fullest one that is full of what can be dropped', () => {
    const line = lineOf('v2-ancestor-tighter', ({ cgroup }) => {
      writeFileSync(join(cgroup, 'pod/memory.stat'), `anon 1\nshmem 0\ninactive_file ${450 * mebibyte}\n`);
      writeFileSync(join(cgroup, 'pod/box/memory.max'), `${256 * mebibyte}\n`);
    });
    expect(line).toMatchObject({ level: 2, mem: 100 * mebibyte, memMax: 256 * mebibyte });
  });

  it('goes up to where a controller is, when the own group has none of it', () => {
    const line = lineOf('v2-ancestor-tighter', ({ cgroup }) => {
      for (const file of ['memory.current', 'memory.max', 'pids.current']) rmSync(join(cgroup, 'pod/box', file));
    });
    expect(line).toMatchObject({
      level: 1,
      mem: 500 * mebibyte,
      memMax: 512 * mebibyte,
      pidsMax: 20,
      cpuUs: 7_000_000,
    });
  });

  it('has no memory of a group at the root of a virtual machine', () => {
    const line = lineOf('vm-root');
    expect(line).toMatchObject({ cg: 2, mem: null, memMax: null, cpuUs: 123_456, memTotal: 8192 * mebibyte });
    expect(line.procs?.[0]?.pid).toBe(418);
  });

  it.each(['v1', 'hybrid'])('reads a limited v1 group (%s)', (fixture) => {
    const line = lineOf(fixture);
    expect(line).toMatchObject({
      cg: 1,
      mem: 48 * mebibyte,
      memMax: 64 * mebibyte,
      anon: 24 * mebibyte,
      inactive: 6 * mebibyte,
      hits: 685,
      oomKill: 4,
      swap: 2 * mebibyte,
      swapMax: 64 * mebibyte,
      psi: 1,
      stall: 0.75,
      cpuUs: 7_000_000,
      quotaUs: 20_000,
      periodUs: 100_000,
      periods: 35,
      throttled: 33,
      pids: 6,
      pidsMax: 64,
    });
    expect(line.procs?.map((process) => process?.pid)).toEqual([412, 417]);
  });

  it('tells the whole of what the kernel keeps for a v1 group, and what the machine remembers of files', () => {
    const line = lineOf('v1', ({ cgroup, proc }) => {
      mkdirSync(join(proc, 'sys/fs'), { recursive: true });
      writeFileSync(join(proc, 'sys/fs/dentry-state'), '385516\t383811\t45\t0\t110419\t0\n');
      writeFileSync(join(proc, 'sys/fs/inode-nr'), '274083\t1\n');
      writeFileSync(join(proc, 'meminfo'), 'MemTotal: 8388608 kB\nMemAvailable: 4096 kB\nSReclaimable: 512 kB\n');
      writeFileSync(join(cgroup, 'memory/memory.kmem.usage_in_bytes'), '1048576\n');
    });
    expect(line).toMatchObject({ kmem: mebibyte, slab: mebibyte / 2, dentries: 385_516, files: 274_083, kernel: null });
    expect(lineOf('v1')).toMatchObject({ kmem: null, slab: null, dentries: null, files: null });
  });

  it('adds up the kills in groups below a v1 group, and not in more of them than a few dozens', () => {
    const withGroups = (names: readonly string[]) => (tree: { cgroup: string }) => {
      for (const name of names) {
        mkdirSync(join(tree.cgroup, 'memory', name), { recursive: true });
        writeFileSync(join(tree.cgroup, 'memory', name, 'memory.oom_control'), 'under_oom 0\noom_kill 2\n');
      }
    };
    expect(lineOf('v1')).toMatchObject({ oomKill: 4, oomBelow: 0 });
    expect(lineOf('v1', withGroups(['a b', 'c', 'c/d/$(e)']))).toMatchObject({ oomKill: 4, oomBelow: 6 });
    const many = Array.from({ length: 60 }, (_, i) => `box${i}`);
    expect(lineOf('v1', withGroups(many)).oomBelow).toBeNull();
    expect(lineOf('v1-unlimited', withGroups(['a'])).oomBelow).toBeNull();
  });

  it('counts all that the kernel keeps for a v2 group and can not give back, and the buffers of sockets', () => {
    const kernelOf = (stat: string) =>
      lineOf('v2-limited', ({ cgroup }) => writeFileSync(join(cgroup, 'memory.stat'), `${stat}inactive_file 1\n`))
        .kernel;
    const slabs = 'slab_reclaimable 40\nslab_unreclaimable 3\n';
    expect(kernelOf(`kernel 60\nkernel_stack 1\npagetables 2\npercpu 4\nsock 30\nshmem 1\n${slabs}`)).toBe(50);
    expect(kernelOf(`kernel_stack 1\npagetables 2\npercpu 4\nsock 30\n${slabs}`)).toBe(40);
    expect(kernelOf(`kernel 9\nkernel_stack 1\npagetables 2\n${slabs}`)).toBe(6);
    expect(kernelOf('anon 1\n')).toBeNull();
  });

  it('takes no limit from the number that v1 writes for none', () => {
    expect(lineOf('v1-unlimited')).toMatchObject({ cg: 1, mem: 48 * mebibyte, memMax: null });
  });

  it('sees the limit of a v1 ancestor that is not visible', () => {
    expect(lineOf('v1-hidden-ancestor')).toMatchObject({ mem: 48 * mebibyte, memMax: 96 * mebibyte });
  });

  it('finds its own v1 groups below the roots', () => {
    expect(lineOf('v1-nested')).toMatchObject({ level: 2, mem: 48 * mebibyte, memMax: 64 * mebibyte, pidsMax: 64 });
  });

  it('reads the machine without any groups', () => {
    expect(lineOf('none')).toMatchObject({
      cg: 0,
      mem: null,
      memTotal: 8192 * mebibyte,
      memAvail: 4096 * mebibyte,
      cpuUs: (100 + 20 + 30 + 6 + 7) * 10_000,
      psi: 1,
    });
  });

  it('prints a line of nulls when nothing can be read', () => {
    const line = lineOf('none', ({ proc }) => rmSync(proc, { recursive: true }));
    expect(line).toMatchObject({
      v: 1,
      t: null,
      cg: 0,
      cpus: null,
      memTotal: null,
      mem: null,
      cpuUs: null,
      stall: null,
    });
    expect(line.disk?.used).toBeGreaterThan(0);
  });

  it('survives every single file missing or unreadable', { timeout: 60_000 }, () => {
    const files = execFileSync('find', ['.', '-type', 'f', '-not', '-path', '*/fd/*'], {
      cwd: join(import.meta.dirname, '../../../fixtures/cgroup/v2-limited/cgroup'),
      encoding: 'utf8',
    });
    for (const file of files.trim().split('\n')) {
      const unreadable = lineOf('v2-limited', ({ cgroup }) => {
        rmSync(join(cgroup, file));
        mkdirSync(join(cgroup, file));
      });
      expect(unreadable.memTotal, file).toBe(8192 * mebibyte);
      expect(unreadable.pidsMax === null, file).toBe(file === './pids.max');
      expect(unreadable.stall, file).toBe(file === './memory.pressure' ? 0.75 : 4.25);
    }
    const forbidden = lineOf('v2-limited', ({ cgroup }) => chmodSync(join(cgroup, 'memory.max'), 0));
    expect([null, 256 * mebibyte]).toContain(forbidden.memMax);
  });

  it('makes null of garbage and runs nothing of it', () => {
    using tree = fixtureTree('garbage');
    const run = runProbe(shell, once, tree.env);
    expect(run.stdout).not.toContain('pwned');
    expect(run.lines[0]).toMatchObject({ cg: 2, mem: null, memMax: null, anon: null, oomKill: null, cpuUs: null });
    expect(run.lines[0]).toMatchObject({ pids: null, pidsMax: null, quotaUs: null, psi: 1 });
  });

  it('makes null of numbers beyond its arithmetic and reads leading zeros as decimals', () => {
    expect(lineOf('huge')).toMatchObject({ cg: 2, mem: null, memMax: null, quotaUs: null, pids: 7, pidsMax: 64 });
    const line = lineOf('huge', ({ cgroup }) => writeFileSync(join(cgroup, 'memory.current'), '000123\n'));
    expect(line).toMatchObject({ mem: 123, memMax: null, anon: null, hits: 1e18, oomKill: 7 });
  });

  it('survives processes that vanish or say nonsense', () => {
    const line = lineOf('v2-limited', ({ proc }) => {
      rmSync(join(proc, '412'), { recursive: true });
      writeFileSync(join(proc, '413', 'stat'), '413 (java\nwith a second line) R x y z\n');
      writeFileSync(join(proc, '414', 'statm'), '08 -3 *\n');
      writeFileSync(join(proc, '415', 'limits'), 'Max open files  unlimited unlimited files\n');
      rmSync(join(proc, '416', 'cmdline'));
      rmSync(join(proc, '416', 'environ'));
    });
    expect(line.procs?.map((process) => [process?.pid, process?.name, process?.ppid, process?.ageMs])).toEqual([
      [413, 'java with a second line', null, null],
      [415, 'server', 412, 1_000_250],
      [416, 'next-server (v1', 412, 1_000_250],
      [417, 'small', 412, 1_000_250],
    ]);
  });

  it('shows nothing else of a command line or environment', () => {
    using tree = fixtureTree('v2-limited');
    const { stdout } = runProbe(shell, sessionProbe({ lines: 11, cadenceSeconds: 0 }), tree.env);
    expect(stdout).not.toMatch(/hunter2|token|PASSWORD|app\.js|HOME|\.jar|boot/);
  });

  it('lists processes in every fifth line and counts files again when something may have changed', () => {
    using tree = fixtureTree('v2-limited');
    const { lines } = runProbe(shell, sessionProbe({ lines: 11, cadenceSeconds: 0 }), tree.env);
    expect(lines.map((line) => line.procs !== null)).toEqual(Array.from({ length: 11 }, (_, i) => i % 5 === 0));
    expect(lines.map((line) => line.fds !== null)).toEqual(Array.from({ length: 11 }, (_, i) => i % 5 === 0));
    expect(lines[10]?.procs).toEqual(lines[0]?.procs);
  });

  it('looks as often at processes when it prints less often', () => {
    using tree = fixtureTree('v2-limited');
    const env = { ...tree.env, FORESIGHT_CADENCE: '0' };
    const { lines } = runProbe(shell, sessionProbe({ lines: 4, cadenceSeconds: 5 }), env);
    expect(lines.map((line) => line.procs !== null)).toEqual([true, true, true, true]);
  });

  it('takes lines and cadence from the environment', () => {
    using tree = fixtureTree('v2-limited');
    const env = { ...tree.env, FORESIGHT_LINES: '3', FORESIGHT_CADENCE: '0.01' };
    expect(runProbe(shell, sessionProbe(), env).lines).toHaveLength(3);
    const odd = { ...tree.env, FORESIGHT_LINES: '$(id)', FORESIGHT_CADENCE: 'x; id' };
    expect(runProbe(shell, sessionProbe({ lines: 1 }), odd).lines).toHaveLength(1);
  });

  it('works without any program on the path but ends after one line', () => {
    using tree = fixtureTree('v2-limited');
    const [command, ...args] = shell.argv;
    const path = execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
    const bare = { name: shell.name, argv: [path, ...args] as const };
    const run = runProbe(bare, sessionProbe({ lines: 2, cadenceSeconds: 0 }), { ...tree.env, PATH: '/nonexistent' });
    if (shell.name === 'busybox ash') expect(run.lines.length).toBeGreaterThan(0);
    else expect(run.lines).toHaveLength(1);
    expect(run.lines[0]?.mem).toBe(200 * mebibyte);
  });
});
