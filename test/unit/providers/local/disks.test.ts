import { describe, expect, it } from 'vitest';
import { type DiskSystem, Disks, fixedPlaces } from '../../../../src/providers/local/disks.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

interface Fake {
  device: number;
  /** Share that is used, 0..1. */
  fill: number;
  readOnly?: boolean;
  hangs?: boolean;
  inodes?: [used: number, total: number];
}

const systemOf = (disks: Readonly<Record<string, Fake>>): DiskSystem => {
  const of = (place: string): Fake => {
    const disk = disks[place];
    if (disk === undefined) throw new Error('no such folder');
    return disk;
  };
  return {
    device: async (place) => of(place).device,
    writable: async (place) => {
      if (of(place).readOnly === true) throw new Error('read-only');
    },
    space: async (place) => {
      const { fill, hangs, inodes = [0, 0] } = of(place);
      if (hangs === true) return new Promise(() => undefined);
      const free = Math.round(1000 * (1 - fill));
      const [used, files] = inodes;
      return { type: 1, bsize: 4096, blocks: 1000, bfree: free, bavail: free, files, ffree: files - used };
    },
  };
};

const { signal } = new AbortController();

describe('the disk', () => {
  it('is the fullest of those that can be written to, each counted once, by the first folder on it', async () => {
    const system = systemOf({
      '/work': { device: 1, fill: 0.5, inodes: [10, 100] },
      '/': { device: 1, fill: 0.5 },
      '/tmp': { device: 2, fill: 0.8 },
      '/snap': { device: 3, fill: 1, readOnly: true },
    });
    const disks = new Disks(['/work', '/', '/tmp', '/snap', '/gone'], new FakeClock(), system);
    expect(await disks.read(signal)).toEqual({
      disk: { usedBytes: 800 * 4096, limitBytes: 1000 * 4096, place: '/tmp' },
      otherDisks: [{ usedBytes: 500 * 4096, limitBytes: 1000 * 4096, place: '/work' }],
      inodes: { used: 10, limit: 100, place: '/work' },
      otherInodes: [],
    });
    expect(disks.all.map(({ place }) => place)).toEqual(['/work', '/tmp']);
  });

  it('is that of the home of somebody who may not write to the root folder', async () => {
    const system = systemOf({
      '/': { device: 1, fill: 0.9, readOnly: true },
      '/home/me': { device: 1, fill: 0.9 },
      '/tmp': { device: 2, fill: 0.1 },
    });
    const disks = new Disks(fixedPlaces('linux', '/home/me'), new FakeClock(), system);
    expect((await disks.read(signal))?.disk.place).toBe('/home/me');
    expect(fixedPlaces('win32', 'C:\\Users\\me')).toEqual(['C:\\Users\\me']);
  });

  it('has no name where there is only one', async () => {
    const disks = new Disks(['/'], new FakeClock(), systemOf({ '/': { device: 1, fill: 0.5, inodes: [10, 100] } }));
    expect(await disks.read(signal)).toEqual({
      disk: { usedBytes: 500 * 4096, limitBytes: 1000 * 4096 },
      otherDisks: [],
      inodes: { used: 10, limit: 100 },
      otherInodes: [],
    });
  });

  it('stays the same until another one is clearly fuller', async () => {
    const root: Fake = { device: 1, fill: 0.5 };
    const temporary: Fake = { device: 2, fill: 0.49 };
    const disks = new Disks(['/', '/tmp'], new FakeClock(), systemOf({ '/': root, '/tmp': temporary }));
    const leading = async () => (await disks.read(signal))?.disk.place;
    expect(await leading()).toBe('/');
    temporary.fill = 0.51;
    expect(await leading()).toBe('/');
    temporary.fill = 0.6;
    expect(await leading()).toBe('/tmp');
  });

  it('is the one that fills up, not one that is fuller and stays so, and inodes are those of the disk that runs out of them', async () => {
    const clock = new FakeClock();
    const work: Fake = { device: 1, fill: 0.9, inodes: [10, 1000] };
    const temporary: Fake = { device: 2, fill: 0.1, inodes: [500, 1000] };
    const disks = new Disks(['/work', '/tmp'], clock, systemOf({ '/work': work, '/tmp': temporary }));
    for (let second = 0; second < 12; second += 1) {
      temporary.fill += 0.01;
      work.inodes = [10 + 15 * second, 1000];
      await disks.read(signal);
      clock.jump(1_000);
    }
    const room = await disks.read(signal);
    expect(room?.disk.place).toBe('/tmp');
    expect(room?.inodes?.place).toBe('/work');
    expect(room?.otherDisks.map(({ place }) => place)).toEqual(['/work']);
    expect(room?.otherInodes.map(({ place }) => place)).toEqual(['/tmp']);
  });

  it('is told as last seen while a share hangs, which is asked only once meanwhile', async () => {
    const clock = new FakeClock();
    const share: Fake = { device: 2, fill: 0.9 };
    const disks = new Disks(['/', '/mnt'], clock, systemOf({ '/': { device: 1, fill: 0.5 }, '/mnt': share }));
    expect((await disks.read(signal))?.disk.place).toBe('/mnt');
    share.hangs = true;
    const reading = disks.read(signal);
    await clock.advance(2_000);
    expect((await reading)?.disk.place).toBe('/mnt');
    expect((await disks.read(signal))?.disk.place).toBe('/mnt');
    expect(clock.pending).toBe(0);
  });

  it('is that of the others while a share hangs from the beginning', async () => {
    for (const hangs of ['device', 'space'] as const) {
      const clock = new FakeClock();
      const root: Fake = { device: 1, fill: 0.5 };
      const system = systemOf({ '/mnt': { device: 2, fill: 0.1, hangs: hangs === 'space' }, '/': root });
      const device = (place: string): Promise<number> =>
        place === '/mnt' && hangs === 'device' ? new Promise(() => undefined) : system.device(place);
      const disks = new Disks(['/mnt', '/'], clock, { ...system, device });
      const first = disks.read(signal);
      await clock.advance(2_000);
      await first;
      root.fill = 0.97;
      // Without waiting for it again, also when it is time to look for all of them.
      expect((await disks.read(signal))?.disk.usedBytes, hangs).toBe(970 * 4096);
      clock.jump(60_000);
      root.fill = 0.99;
      expect((await disks.read(signal))?.disk.usedBytes, hangs).toBe(990 * 4096);
      expect(clock.pending).toBe(0);
    }
  });

  it('is nothing where none can be read', async () => {
    expect(await new Disks(['/gone'], new FakeClock(), systemOf({})).read(signal)).toBeNull();
  });
});
