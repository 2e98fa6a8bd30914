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
    ['v1', ['failcnt', 'limit_in_bytes', 'memsw.limit_in_bytes', 'oom_control', 'stat', 'usage_in_bytes']],
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
