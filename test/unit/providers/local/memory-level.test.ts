import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FixtureFiles, fixtureFiles, keptLog, readerOf } from './fixture-files.ts';

const mebibyte = 1024 ** 2;
const group = '/sys/fs/cgroup';

/** Lets a second pass on the machine's clock. */
const pass = (tree: FixtureFiles): void => {
  const [now = '0'] = tree.read('/proc/uptime').split(' ');
  tree.write('/proc/uptime', `${(Number(now) + 1).toFixed(2)} 9000.00\n`);
};

describe('the level of memory', () => {
  it('takes the limit that the machine is shown to consist of, as lxcfs and gVisor show it', async () => {
    using tree = fixtureFiles('v2-limited');
    tree.write(`${group}/memory.max`, `${8192 * mebibyte}\n`);
    const { source, memory } = await readerOf(tree.files).read(0);
    expect([source, memory?.limitBytes]).toEqual(['cgroup', 8192 * mebibyte]);
  });

  it('does not take a level for the fullest one that is full of what can be dropped', async () => {
    using tree = fixtureFiles('v2-ancestor-tighter');
    tree.write(`${group}/pod/memory.stat`, `anon 1\nshmem 0\ninactive_file ${450 * mebibyte}\n`);
    tree.write(`${group}/pod/box/memory.max`, `${256 * mebibyte}\n`);
    const { memory } = await readerOf(tree.files).read(0);
    expect(memory).toMatchObject({ limitBytes: 256 * mebibyte, usedBytes: 100 * mebibyte });
  });

  it('goes up to where a controller is, when the own group has none of it', async () => {
    using tree = fixtureFiles('v2-ancestor-tighter');
    for (const file of ['memory.current', 'memory.max', 'pids.current']) tree.remove(`${group}/pod/box/${file}`);
    const { source, memory, pids } = await readerOf(tree.files).read(0);
    expect([source, memory?.limitBytes, pids?.limit]).toEqual(['cgroup', 512 * mebibyte, 20]);
  });

  it.each([
    // Reading the parts of memory makes the kernel add them up over all processors.
    ['v2-unlimited', ['memory.current', 'memory.events', 'memory.max']],
    ['v1-unlimited', ['limit_in_bytes', 'oom_control', 'stat', 'usage_in_bytes'].map((file) => `memory.${file}`)],
    [
      'v1',
      [
        'failcnt',
        'kmem.usage_in_bytes',
        'limit_in_bytes',
        'memsw.limit_in_bytes',
        'oom_control',
        'stat',
        'usage_in_bytes',
      ],
    ],
  ])('reads no more of %s every second than it needs', async (name, wanted) => {
    using tree = fixtureFiles(name);
    const read: string[] = [];
    const text = (path: string, most?: number): Promise<string | null> => {
      read.push(path);
      return tree.files.text(path, most);
    };
    const reader = readerOf({ ...tree.files, text });
    await reader.read(0);
    pass(tree);
    read.length = 0;
    const { source } = await reader.read(1);
    const ofMemory = read.map((path) => path.split('/').at(-1) ?? '').filter((file) => file.startsWith('memory.'));
    expect(ofMemory.toSorted()).toEqual(wanted.map((file) => `memory.${file.replace(/^memory\./, '')}`));
    // How long others wait for a processor says nothing of a place with limits of its own.
    expect(read.includes('/proc/pressure/cpu')).toBe(source === 'machine');
  });

  it('says nothing of what is only not looked at while there is no limit, and takes none of zero', async () => {
    using tree = fixtureFiles('v2-limited');
    const log = keptLog();
    const reader = readerOf(tree.files, log);
    await reader.read(0);
    for (const limit of ['max', '0', `${256 * mebibyte}`]) {
      tree.write(`${group}/memory.max`, `${limit}\n`);
      pass(tree);
      const { source, memory } = await reader.read(1);
      expect([limit, source, memory?.oomKillCount]).toEqual([
        limit,
        ...(limit.length > 3 ? ['cgroup', 2] : ['machine', null]),
      ]);
    }
    expect(log.lines.filter((line) => line.includes('Not told'))).toEqual([]);
  });
});

describe('memory of the kernel', () => {
  const parts2 = (lines: Readonly<Record<string, number>>): string =>
    Object.entries({ anon: 50, shmem: 5, file: 30, inactive_file: 10, ...lines })
      .map(([key, mebibytes]) => `${key} ${mebibytes * mebibyte}\n`)
      .join('');
  const held2 = async (lines: Readonly<Record<string, number>>): Promise<number> => {
    using tree = fixtureFiles('v2-limited');
    tree.write(`${group}/memory.stat`, parts2(lines));
    return ((await readerOf(tree.files).read(0)).memory?.unreclaimableBytes ?? 0) / mebibyte;
  };

  it('of version 2 is held but for the slabs that can go, and so are the buffers of sockets', async () => {
    expect(
      await held2({ kernel: 60, kernel_stack: 1, pagetables: 2, slab_reclaimable: 40, slab_unreclaimable: 3 }),
    ).toBe(75);
    expect(await held2({ kernel: 60, sock: 30, slab_reclaimable: 40 })).toBe(105);
  });

  it('of version 2 is the sum of its parts where its whole is not told, or less than these', async () => {
    const parts = { kernel_stack: 1, pagetables: 2, percpu: 4, slab_reclaimable: 40, slab_unreclaimable: 3 };
    expect(await held2(parts)).toBe(65);
    expect(await held2({ ...parts, sock: 7 })).toBe(72);
    expect(await held2({ ...parts, kernel: 20 })).toBe(65);
  });

  it('is never more than what is used', async () => {
    // The group uses 200 MiB.
    expect(await held2({ kernel: 300 })).toBe(200);
    expect(await held2({ sock: 300 })).toBe(200);
  });

  const written1 = (tree: FixtureFiles, used: number, kernel: number | null, slab: number, files: number): void => {
    mkdirSync(tree.at('/proc/sys/fs'), { recursive: true });
    tree.write(`${group}/memory/memory.usage_in_bytes`, `${used * mebibyte}\n`);
    if (kernel === null) tree.remove(`${group}/memory/memory.kmem.usage_in_bytes`);
    else tree.write(`${group}/memory/memory.kmem.usage_in_bytes`, `${kernel * mebibyte}\n`);
    const rest = tree.read('/proc/meminfo').replace(/SReclaimable.*\n/, '');
    tree.write('/proc/meminfo', `${rest}SReclaimable: ${slab * 1024} kB\n`);
    tree.write('/proc/sys/fs/dentry-state', `${files}\t${files}\t45\t0\t1\t0\n`);
    tree.write('/proc/sys/fs/inode-nr', `${files}\t1\n`);
  };
  type Step = readonly [used: number, kernel: number | null, slab: number, files: number];
  const held1 = async (steps: readonly Step[]): Promise<readonly number[]> => {
    using tree = fixtureFiles('v1');
    const reader = readerOf(tree.files);
    const held: number[] = [];
    for (const step of steps) {
      written1(tree, ...step);
      pass(tree);
      held.push(((await reader.read(0)).memory?.unreclaimableBytes ?? 0) / mebibyte);
    }
    return held;
  };

  // 24 MiB of the group are anonymous, 5 shared.
  it('of version 1 is held where it grows and what the machine remembers of files does not', async () => {
    expect(
      await held1([
        [35, 4, 500, 1000],
        [45, 14, 500, 1000],
        [55, 24, 500, 1000],
      ]),
    ).toEqual([29, 39, 49]);
    // It is given back.
    expect(
      await held1([
        [35, 4, 500, 1000],
        [45, 14, 500, 1000],
        [33, 2, 500, 1000],
      ]),
    ).toEqual([29, 39, 29]);
    expect(
      (
        await held1([
          [35, 4, 500, 1000],
          [32, 24, 500, 1000],
        ])
      )[1],
    ).toBe(32);
  });

  it('of version 1 goes on as it was where it can not be read for once', async () => {
    expect(
      await held1([
        [35, 4, 500, 1000],
        [45, 14, 500, 1000],
        [45, null, 500, 1000],
      ]),
    ).toEqual([29, 39, 39]);
  });

  it('of version 1 is held from the start where it is more than the machine could give back', async () => {
    expect(await held1([[60, 40, 30, 1000]])).toEqual([39]);
  });

  it.each([
    [
      'no accounting',
      [
        [35, 0, 500, 1000],
        [45, 0, 500, 1000],
      ],
    ],
    [
      'no count of slabs, as with lxcfs',
      [
        [35, 4, 0, 1000],
        [45, 14, 0, 1000],
      ],
    ],
  ] satisfies readonly (readonly [string, readonly Step[]])[])(
    'of version 1 does not count with %s',
    async (_name, steps) => {
      expect(await held1(steps)).toEqual([29, 29]);
    },
  );
});
