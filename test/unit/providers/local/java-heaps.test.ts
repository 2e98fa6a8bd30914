import { describe, expect, it } from 'vitest';
import type { FileReader } from '../../../../src/model/ports.ts';
import { JavaHeaps } from '../../../../src/providers/local/java-heaps.ts';
import { countersFile } from '../../../helpers/java-counters.ts';

const mebibyte = 1024 ** 2;
const bootMs = 1_700_000_000_000;

const heapFile = (usedMiB: number, startedAtMs = bootMs + 60_000): Uint8Array =>
  countersFile({
    'sun.rt.createVmBeginTime': startedAtMs,
    'sun.gc.generation.1.maxCapacity': 64 * mebibyte,
    'sun.gc.generation.1.space.0.used': usedMiB * mebibyte,
  });

/** A machine with these files of counters, the folders they lie in, and these texts. */
function machine(files: Map<string, Uint8Array>, texts: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const reader: FileReader = {
    text: (path) => {
      asked.push(path);
      return Promise.resolve(texts[path] ?? (path === '/proc/stat' ? `cpu 1\nbtime ${bootMs / 1000}\n` : null));
    },
    bytes: (path, most) => {
      asked.push(path);
      return Promise.resolve(files.get(path)?.subarray(0, most) ?? null);
    },
    names: (path) => {
      asked.push(path);
      const inside = [...files.keys()].filter((file) => file.startsWith(`${path}/`));
      return Promise.resolve(
        inside.length === 0
          ? null
          : [...new Set(inside.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))],
      );
    },
    link: () => Promise.resolve(null),
  };
  return { heaps: new JavaHeaps(reader), asked };
}

/** Started a minute after the machine. */
const java = (pid: number, startTicks = 6_000) => ({ pid, name: 'java', startTicks });
const usedIn = async (heaps: JavaHeaps, ...processes: ReturnType<typeof java>[]) =>
  [...(await heaps.read(processes))].map(([pid, { usedBytes }]) => [pid, usedBytes / mebibyte]);

describe('the heaps of JVMs', () => {
  it('are read in the process’s own view of the disks, by the number it has there', async () => {
    const files = new Map([['/proc/812/root/tmp/hsperfdata_app/7', heapFile(20)]]);
    const { heaps } = machine(files, { '/proc/812/status': 'Name:\tjava\nNSpid:\t812\t7\n' });
    expect(await usedIn(heaps, java(812))).toEqual([[812, 20]]);
  });

  it('are looked for where they can be seen when that view is closed, and only then in its own namespace', async () => {
    const files = new Map([['/tmp/hsperfdata_me/812', heapFile(20)]]);
    expect(await usedIn(machine(files, { '/proc/812/status': 'NSpid:\t812\n' }).heaps, java(812))).toEqual([[812, 20]]);
    expect(await usedIn(machine(files, { '/proc/812/status': 'NSpid:\t812\t812\n' }).heaps, java(812))).toEqual([]);
  });

  it('are found although a file system such as lxcfs shows another start of the machine', async () => {
    const files = new Map([['/tmp/hsperfdata_me/5', heapFile(20)]]);
    const shown = { '/proc/stat': `cpu 1\nbtime ${bootMs / 1000 + 86_400}\n` };
    expect(await usedIn(machine(files, shown).heaps, java(5))).toEqual([]);
    const mounted = '50 40 0:60 /proc/stat /proc/stat rw,nosuid shared:1 - fuse.lxcfs lxcfs rw\n';
    const lxc = machine(files, { ...shown, '/proc/self/mountinfo': mounted });
    expect(await usedIn(lxc.heaps, java(5))).toEqual([[5, 20]]);
  });

  it('are found once and then only read', async () => {
    const files = new Map([['/tmp/hsperfdata_me/5', heapFile(20)]]);
    const { heaps, asked } = machine(files);
    await heaps.read([java(5)]);
    asked.length = 0;
    files.set('/tmp/hsperfdata_me/5', heapFile(30));
    expect(await usedIn(heaps, java(5))).toEqual([[5, 30]]);
    expect(asked).toEqual(['/tmp/hsperfdata_me/5']);
  });

  it('are not looked for without end, nor for other programs', async () => {
    const { heaps, asked } = machine(new Map());
    for (let i = 0; i < 3; i++) await heaps.read([java(5)]);
    asked.length = 0;
    await heaps.read([java(5), { pid: 6, name: 'node', startTicks: 1 }]);
    expect(asked).toEqual([]);
  });

  it('of an earlier process with the same number are not taken for those of this one', async () => {
    const files = new Map([
      ['/tmp/hsperfdata_a/5', heapFile(10, bootMs - 3_600_000)],
      ['/tmp/hsperfdata_b/5', heapFile(20, bootMs + 59_000)],
      ['/tmp/hsperfdata_c/5', heapFile(30, bootMs + 50_000)],
    ]);
    expect(await usedIn(machine(files).heaps, java(5))).toEqual([[5, 20]]);
    files.delete('/tmp/hsperfdata_b/5');
    files.delete('/tmp/hsperfdata_c/5');
    expect(await usedIn(machine(files).heaps, java(5))).toEqual([]);
  });

  it('are those of a new process when its number is used again', async () => {
    const files = new Map([['/tmp/hsperfdata_me/5', heapFile(20)]]);
    const { heaps } = machine(files);
    await heaps.read([java(5)]);
    files.clear();
    files.set('/tmp/hsperfdata_other/5', heapFile(40, bootMs + 100_000));
    expect(await usedIn(heaps, java(5, 10_000))).toEqual([[5, 40]]);
  });

  it('that may not be read, or are gone, are left out', async () => {
    const files = new Map([['/tmp/hsperfdata_me/5', heapFile(20)]]);
    const { heaps } = machine(files);
    await heaps.read([java(5)]);
    files.clear();
    expect(await usedIn(heaps, java(5))).toEqual([]);
  });
});
