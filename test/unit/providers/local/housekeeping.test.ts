import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheFolder } from '../../../../src/model/ports.ts';
import { createHousekeeping } from '../../../../src/providers/local/housekeeping.ts';

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

const own = (caches: readonly CacheFolder[]) => caches.filter(({ path }) => !path.startsWith('/var'));

describe('caches', () => {
  it('are those of known tools that hold something, largest first', async () => {
    fill(join(home, '.npm', '_cacache', 'a', 'b'), 'x', 3 * mebibyte);
    fill(join(workspace, 'node_modules', '.cache', 'babel'), 'x', 5 * mebibyte);
    fill(join(home, '.cache', 'pip'), 'x', 10);
    fill(join(home, '.m2', 'repository'), 'x', 9 * mebibyte);
    const found = own(await createHousekeeping({ home }).caches([workspace], signal));
    expect(found.map(({ path }) => path)).toEqual([
      join(workspace, 'node_modules', '.cache'),
      join(home, '.npm', '_cacache'),
    ]);
  });

  it('are emptied, and the folder itself stays', async () => {
    fill(join(home, '.npm', '_cacache', 'a'), 'x', 3 * mebibyte);
    const housekeeping = createHousekeeping({ home });
    const [cache] = own(await housekeeping.caches([], signal));
    if (cache === undefined) throw new Error('no cache');
    expect(await housekeeping.clear(cache, signal)).toBeGreaterThanOrEqual(3 * mebibyte);
    expect([existsSync(cache.path), existsSync(join(cache.path, 'a'))]).toEqual([true, false]);
  });

  it('are nothing that was not shown before', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    const made = { tool: 'npm', path: join(home, '.npm', '_cacache'), bytes: 1 };
    await expect(createHousekeeping({ home }).clear(made, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    expect(existsSync(join(made.path, 'x'))).toBe(true);
  });

  it('are not followed over a link to somewhere else', async () => {
    const elsewhere = join(workspace, 'precious');
    fill(join(elsewhere, '_cacache'), 'x', 3 * mebibyte);
    symlinkSync(elsewhere, join(home, '.npm'));
    const housekeeping = createHousekeeping({ home });
    const found = own(await housekeeping.caches([], signal));
    for (const cache of found) {
      await expect(housekeeping.clear(cache, signal)).rejects.toMatchObject({ kind: 'invalid-request' });
    }
    expect(existsSync(join(elsewhere, '_cacache', 'x'))).toBe(true);
    symlinkSync(elsewhere, join(home, '.yarn'));
    expect(own(await housekeeping.caches([], signal))).toHaveLength(1);
  });

  it('can be cancelled', async () => {
    fill(join(home, '.npm', '_cacache'), 'x', 3 * mebibyte);
    await expect(createHousekeeping({ home }).caches([], AbortSignal.abort())).rejects.toMatchObject({
      kind: 'aborted',
    });
  });
});

describe('the largest folders', () => {
  it('are told largest first, without those that only hold one other', async () => {
    fill(join(workspace, 'out', 'deep'), 'x', 4 * mebibyte);
    fill(join(workspace, 'src'), 'x', 2 * mebibyte);
    const { folders, complete } = await createHousekeeping({ home }).largest([workspace], signal);
    expect(complete).toBe(true);
    expect(folders.map(({ path }) => path)).toEqual([
      workspace,
      join(workspace, 'out', 'deep'),
      join(workspace, 'src'),
    ]);
  });

  it('say when not everything could be looked at', async () => {
    for (let index = 0; index < 20; index += 1) fill(join(workspace, `f${index}`), 'x', 5000);
    const { complete } = await createHousekeeping({ home, mostEntries: 5 }).largest([workspace, '/no/such'], signal);
    expect(complete).toBe(false);
  });
});
