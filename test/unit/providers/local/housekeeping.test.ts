import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheFolder } from '../../../../src/model/ports.ts';
import { createHousekeeping, type HousekeepingOptions } from '../../../../src/providers/local/housekeeping.ts';

const mebibyte = 1024 ** 2;
const { signal } = new AbortController();
let home: string;
let workspace: string;

const fill = (folder: string, name: string, bytes: number): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), Buffer.alloc(bytes, 1));
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keep-home-'));
  workspace = mkdtempSync(join(tmpdir(), 'keep-work-'));
});
afterEach(() => {
  for (const folder of [home, workspace]) rmSync(folder, { recursive: true, force: true });
});

/** Looks only where a test has put something. */
const keep = (more: HousekeepingOptions = {}) =>
  createHousekeeping({ home, folders: [workspace], elsewhere: [], isInMemory: () => Promise.resolve(false), ...more });

const own = (caches: readonly CacheFolder[]) => caches.filter(({ path }) => !path.startsWith('/var'));

describe('caches', () => {
  it('are those of known tools that hold something, largest first', async () => {
    fill(join(home, '.npm', '_cacache', 'a', 'b'), 'x', 3 * mebibyte);
    fill(join(workspace, 'node_modules', '.cache', 'babel'), 'x', 5 * mebibyte);
    fill(join(home, '.cache', 'pip'), 'x', 10);
    fill(join(home, '.m2', 'repository'), 'x', 9 * mebibyte);
    const found = own(await keep().caches(null, signal));
    expect(found.map(({ path }) => path)).toEqual([
      join(workspace, 'node_modules', '.cache'),
      join(home, '.npm', '_cacache'),
    ]);
  });

  it('are emptied, and the folder itself stays', async () => {
    fill(join(home, '.npm', '_cacache', 'a'), 'x', 3 * mebibyte);
    const housekeeping = keep();
    const [cache] = own(await housekeeping.caches(null, signal));
    if (cache === undefined) throw new Error('no cache');
    expect(await housekeeping.clear(cache, signal)).toBeGreaterThanOrEqual(3 * mebibyte);
    expect([existsSync(cache.path), existsSync(join(cache.path, 'a'))]).toEqual([true, false]);
  });

  it('are nothing that was not shown before', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    const made = { tool: 'npm', path: join(home, '.npm', '_cacache'), bytes: 1, inMemory: false };
    await expect(keep().clear(made, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    expect(existsSync(join(made.path, 'x'))).toBe(true);
  });

  it('are not followed over a link to somewhere else', async () => {
    const elsewhere = join(workspace, 'precious');
    fill(join(elsewhere, '_cacache'), 'x', 3 * mebibyte);
    symlinkSync(elsewhere, join(home, '.npm'));
    const housekeeping = keep();
    const found = own(await housekeeping.caches(null, signal));
    for (const cache of found) {
      await expect(housekeeping.clear(cache, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    }
    expect(existsSync(join(elsewhere, '_cacache', 'x'))).toBe(true);
    symlinkSync(elsewhere, join(home, '.yarn'));
    expect(own(await housekeeping.caches(null, signal))).toHaveLength(1);
  });

  it('can be cancelled', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    await expect(keep().caches(null, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'aborted',
    });
  });

  it('do not count where this user may not remove them', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    fill(join(home, '.cache', 'uv'), 'x', 3 * mebibyte);
    const housekeeping = keep({ isWritable: (path) => Promise.resolve(!path.endsWith('_cacache')) });
    expect(own(await housekeeping.caches(null, signal)).map(({ tool }) => tool)).toEqual(['uv']);
    // To the administrator, who may write everywhere, only a disk that is read-only says no.
    if (process.getuid?.() !== 0) {
      chmodSync(join(home, '.npm', '_cacache'), 0o555);
      expect(own(await keep().caches(null, signal)).map(({ tool }) => tool)).toEqual(['uv']);
    }
  });

  it('lie on one of the disks that are measured where nobody says on which', async () => {
    const shm = '/dev/shm';
    if (!existsSync(shm) || [home, '/', '/tmp'].some((place) => statSync(place).dev === statSync(shm).dev)) return;
    const far = mkdtempSync(join(shm, 'keep-far-'));
    try {
      fill(join(far, '_cacache'), 'x', 3 * mebibyte);
      symlinkSync(far, join(home, '.npm'));
      fill(join(home, '.cache', 'uv'), 'x', 3 * mebibyte);
      const tools = async (more: HousekeepingOptions = {}) =>
        own(await keep(more).caches(null, signal)).map(({ tool, elsewhere }) => [tool, elsewhere === true]);
      expect(await tools()).toEqual([['uv', false]]);
      // What lies in memory is told of all the same, as what frees no disk.
      const inMemory = await tools({ isInMemory: (path) => Promise.resolve(path.endsWith('_cacache')) });
      expect(inMemory.toSorted()).toEqual([
        ['npm', true],
        ['uv', false],
      ]);
      expect((await tools({ folders: [far] })).map(([tool]) => tool).toSorted()).toEqual(['npm', 'uv']);
      // Where nothing is measured, nothing is left out.
      const nowhere = { isWritable: (path: string) => Promise.resolve(path.includes('_cacache')) };
      expect((await tools(nowhere)).map(([tool]) => tool)).toEqual(['npm']);
    } finally {
      rmSync(far, { recursive: true, force: true });
    }
  });

  it('on another disk do not count unless they lie in memory, and those are told apart', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    fill(join(workspace, 'node_modules', '.cache'), 'x', 3 * mebibyte);
    const housekeeping = keep({ isInMemory: (path) => Promise.resolve(path.startsWith(home)) });
    const tools = async (on: string | null) =>
      own(await housekeeping.caches(on, signal))
        .map(({ tool, inMemory, elsewhere }) => [tool, inMemory, elsewhere === true])
        .toSorted();
    const both = [
      ['build tools of this workspace', false, false],
      ['npm', true, false],
    ];
    expect(await tools(workspace)).toEqual(both);
    expect(await tools(null)).toEqual(both);
    if (statSync('/proc').dev !== statSync(home).dev) {
      expect(await tools('/proc')).toEqual([['npm', true, true]]);
      expect((await housekeeping.largest('/proc', signal)).folders).toEqual([]);
    }
  });
});

describe('logs', () => {
  const line = `${'x'.repeat(99)}\n`;
  const large = line.repeat(130_000);

  it('are large text files of that name, with one name only', async () => {
    mkdirSync(join(workspace, 'logs'));
    const put = (name: string, text: string | Buffer): void => writeFileSync(join(workspace, 'logs', name), text);
    put('server.log', large);
    put('server.log.1', large);
    put('small.log', line);
    put('000003.log', large);
    put('binary.log', Buffer.alloc(large.length));
    put('result.txt', large);
    put('shared.log', large);
    linkSync(join(workspace, 'logs', 'shared.log'), join(workspace, 'logs', 'second'));
    symlinkSync(join(workspace, 'logs', 'result.txt'), join(workspace, 'logs', 'link.log'));
    const found = await keep().logs(workspace, signal);
    expect(found.map(({ path }) => path).toSorted()).toEqual([
      join(workspace, 'logs', 'server.log'),
      join(workspace, 'logs', 'server.log.1'),
    ]);
    expect(found[0]?.bytes).toBeGreaterThanOrEqual(large.length);
  });

  it('keep their last whole lines, and whoever writes one goes on', async () => {
    const path = join(home, 'server.log');
    writeFileSync(path, `${large}the last line\n`);
    const writer = openSync(path, 'a');
    const housekeeping = keep();
    const [log] = await housekeeping.logs(null, signal);
    if (log === undefined) throw new Error('no log');
    expect(await housekeeping.shorten(log, signal)).toBeGreaterThan(10 * mebibyte);
    writeSync(writer, 'and on\n');
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith(`${line}the last line\nand on\n`)).toBe(true);
    expect(text.startsWith(line)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(mebibyte + 10);
  });

  it('are left alone when they were not shown, or are another file by now', async () => {
    const path = join(home, 'server.log');
    writeFileSync(path, large);
    const housekeeping = keep();
    const log = { path, bytes: 1 };
    await expect(housekeeping.shorten(log, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    await housekeeping.logs(null, signal);
    await expect(housekeeping.shorten(log, AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    renameSync(path, `${path}.1`);
    await expect(housekeeping.shorten(log, signal)).rejects.toMatchObject({ kind: 'conflict' });
    appendFileSync(path, 'new\n');
    await expect(housekeeping.shorten(log, signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(readFileSync(`${path}.1`, 'utf8')).toHaveLength(large.length);
  });
});

describe('the largest folders', () => {
  it('are told largest first, without those that only hold one other', async () => {
    fill(join(workspace, 'out', 'deep'), 'x', 4 * mebibyte);
    fill(join(workspace, 'src'), 'x', 2 * mebibyte);
    const { folders, complete } = await keep().largest(null, signal);
    expect(complete).toBe(true);
    expect(folders.map(({ path }) => path)).toEqual([
      workspace,
      join(workspace, 'out', 'deep'),
      join(workspace, 'src'),
    ]);
  });

  it.each(['largest', 'logs'] as const)('are walked once for %s where one place lies in another', async (what) => {
    for (let index = 0; index < 20; index += 1) fill(join(workspace, 'packages', `p${index}`), 'x', 5000);
    let looks = 0;
    const looksOf = async (folders: readonly string[], more: HousekeepingOptions = {}): Promise<number> => {
      looks = 0;
      const now = (): number => {
        looks += 1;
        return 0;
      };
      await keep({ now, folders, home: workspace, ...more })[what](null, signal);
      return looks;
    };
    const once = await looksOf([]);
    expect(once).toBeGreaterThan(40);
    const inside = [join(workspace, 'packages'), join(workspace, 'packages', 'p1'), `${workspace}/`];
    expect(await looksOf(inside)).toBe(once);
    // Where the first walk has to stop, the places in it are still looked at by themselves.
    const bounded = await looksOf([], { mostEntries: 10 });
    expect(await looksOf([join(workspace, 'packages', 'p1')], { mostEntries: 10 })).toBeGreaterThan(bounded);
  });

  it('say when not everything could be looked at', async () => {
    for (let index = 0; index < 20; index += 1) fill(join(workspace, `f${index}`), 'x', 5000);
    const { complete } = await keep({ mostEntries: 5, elsewhere: ['/no/such'] }).largest(null, signal);
    expect(complete).toBe(false);
  });
});
