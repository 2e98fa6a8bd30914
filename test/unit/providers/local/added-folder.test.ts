import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type DiskSystem, Disks } from '../../../../src/providers/local/disks.ts';
import { createHousekeeping } from '../../../../src/providers/local/housekeeping.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

const { signal } = new AbortController();

it('a workspace folder that was added later is looked at as well', async () => {
  const root = mkdtempSync(join(tmpdir(), 'added-'));
  try {
    const folders: string[] = [];
    const housekeeping = createHousekeeping({
      get folders() {
        return folders;
      },
      home: join(root, 'home'),
      elsewhere: [],
      isInMemory: () => Promise.resolve(false),
    });
    mkdirSync(join(root, 'app', 'node_modules', '.cache'), { recursive: true });
    writeFileSync(join(root, 'app', 'node_modules', '.cache', 'x'), Buffer.alloc(3 * 1024 * 1024, 'x'));
    const found = async () => (await housekeeping.caches(null, signal)).filter(({ path }) => path.startsWith(root));
    expect(await found()).toEqual([]);
    folders.push(join(root, 'app'));
    expect((await found()).map(({ path }) => path)).toEqual([join(root, 'app', 'node_modules', '.cache')]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

it('the disk of a workspace folder that was added later is watched within a minute', async () => {
  const system: DiskSystem = {
    device: async (place) => place.length,
    writable: async () => undefined,
    space: async () => ({ type: 1, bsize: 4096, blocks: 1000, bfree: 1, bavail: 1, files: 0, ffree: 0 }),
  };
  const clock = new FakeClock();
  const folders: string[] = [];
  const disks = new Disks({ [Symbol.iterator]: () => [...folders, '/'].values() }, clock, system);
  await disks.read(signal);
  folders.push('/work');
  await clock.advance(60_000);
  await disks.read(signal);
  expect(disks.all.map(({ place }) => place)).toEqual(['/work', '/']);
});
