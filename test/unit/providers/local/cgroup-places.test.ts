import { describe, expect, it } from 'vitest';
import type { FileReader } from '../../../../src/model/ports.ts';
import { below, findCgroups, readMounts, readOwnGroups } from '../../../../src/providers/local/cgroup-places.ts';

const filesOf = (files: Readonly<Record<string, string>>): FileReader => ({
  text: (path, most = 65_536) => Promise.resolve(files[path]?.slice(0, most) ?? null),
  bytes: () => Promise.resolve(null),
  names: () => Promise.resolve(null),
  link: () => Promise.resolve(null),
});

describe('where the groups are mounted', () => {
  it('reads both versions, with names that hold blanks', () => {
    const text = [
      '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
      '35 31 0:32 /docker/abc /sys/fs/cgroup/memory\\040own rw,nosuid shared:9 - cgroup cgroup rw,memory',
      '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      'not a line',
    ].join('\n');
    expect(readMounts(text)).toEqual([
      { version: 1, root: '/docker/abc', folder: '/sys/fs/cgroup/memory own', controllers: ['rw', 'memory'] },
      { version: 2, root: '/', folder: '/sys/fs/cgroup/unified', controllers: [] },
    ]);
    expect(readMounts(null)).toEqual([]);
  });

  it('reads the own group of each controller, whose path may hold colons', () => {
    expect([...readOwnGroups('2:cpu,cpuacct:/a\n4:memory:/b:c\n0::/d\n:::\nhello\n')]).toEqual([
      ['cpu', '/a'],
      ['cpuacct', '/a'],
      ['memory', '/b:c'],
      ['', '/d'],
    ]);
  });

  it.each([
    ['/', '/', ''],
    ['/a/b', '/', '/a/b'],
    ['/docker/abc/x', '/docker/abc', '/x'],
    ['/docker/abc', '/docker/abc', ''],
    ['/docker/abcdef', '/docker/abc', null],
    ['/../../pod', '/', null],
  ])('places %s below %s', (own, root, path) => {
    expect(below(own, root)).toBe(path);
  });
});

describe('finding the folders', () => {
  it('goes by what is mounted, wherever that is', async () => {
    const places = await findCgroups(
      filesOf({
        '/proc/self/cgroup': '0::/user/app\n',
        '/proc/self/mountinfo': '30 1 0:26 / /run/groups rw - cgroup2 cgroup2 rw\n',
        '/run/groups/user/app/memory.current': '1',
        '/run/groups/user/app/cpu.stat': 'usage_usec 1',
        '/run/groups/user/app/pids.current': '1',
      }),
    );
    const levels = ['/run/groups/user/app', '/run/groups/user', '/run/groups'];
    expect(places).toEqual({
      memory: { version: 2, levels },
      cpu: { version: 2, levels },
      cpuacct: null,
      pids: levels,
    });
  });

  it('takes what is mounted for the own group when the path leads nowhere', async () => {
    const places = await findCgroups(
      filesOf({
        '/proc/self/cgroup': '4:memory:/docker/abc\n',
        '/proc/self/mountinfo': '35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
        '/sys/fs/cgroup/memory/memory.usage_in_bytes': '1',
      }),
    );
    expect(places.memory).toEqual({ version: 1, levels: ['/sys/fs/cgroup/memory'] });
  });

  it('finds each controller of a mixed system in its own tree', async () => {
    const places = await findCgroups(
      filesOf({
        '/proc/self/cgroup': '8:pids:/\n4:memory:/job\n0::/job\n',
        '/proc/self/mountinfo': [
          '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
          '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
        ].join('\n'),
        '/sys/fs/cgroup/memory/job/memory.usage_in_bytes': '1',
        '/sys/fs/cgroup/unified/job/cpu.stat': 'usage_usec 1',
      }),
    );
    expect(places).toEqual({
      memory: { version: 1, levels: ['/sys/fs/cgroup/memory/job', '/sys/fs/cgroup/memory'] },
      cpu: { version: 2, levels: ['/sys/fs/cgroup/unified/job', '/sys/fs/cgroup/unified'] },
      cpuacct: null,
      pids: null,
    });
  });

  it('finds nothing where there is nothing', async () => {
    expect(await findCgroups(filesOf({}))).toEqual({ memory: null, cpu: null, cpuacct: null, pids: null });
  });
});
