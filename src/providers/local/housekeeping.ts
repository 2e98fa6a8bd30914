import type { Stats } from 'node:fs';
import { access, constants, opendir, realpath, rm, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { isLogName, knownCaches, leastCacheBytes, leastLogBytes } from '../../model/known-caches.ts';
import { largestFolders } from '../../model/largest-folders.ts';
import type { CacheFolder, FolderSize, Housekeeping } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { DiskWalker, deviceOf, type Seen, takenBytes } from './disk-walk.ts';
import { fixedPlaces } from './disks.ts';
import { isTextLog, type LogIdentity, shortenLog } from './log-files.ts';

const toldLogs = 20;
/** File systems without a disk (statfs(2)): tmpfs and ramfs. */
const memoryTypes: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

export interface HousekeepingOptions {
  /** Paths of the workspace folders; read anew each time. */
  readonly folders?: readonly string[];
  readonly home?: string;
  /** Where else large things are looked for. */
  readonly elsewhere?: readonly string[];
  readonly now?: () => number;
  readonly mostEntries?: number;
  /** Whether what lies in a folder takes memory. */
  readonly isInMemory?: (path: string) => Promise<boolean>;
  /** Whether what lies in a folder can be removed by this user, and new files be made in it. */
  readonly isWritable?: (path: string) => Promise<boolean>;
}

const mayBeChanged = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // Another user's, on a disk that is read-only, or gone.
    return false;
  }
};

const liesInMemory = async (path: string): Promise<boolean> => {
  try {
    return memoryTypes.has((await statfs(path)).type);
  } catch {
    // Gone in between.
    return false;
  }
};

/** The disks that are meant; null: any. */
type Devices = ReadonlySet<number> | null;

const isOn = (devices: Devices, device: number): boolean => devices === null || devices.has(device);

const bySize = (a: FolderSize, b: FolderSize): number => b.bytes - a.bytes;

/** Looks for room on this computer's disks, and makes some. Follows no link and stays on the file system it began on. */
export const createHousekeeping = (options: HousekeepingOptions = {}): Housekeeping => {
  const home = options.home ?? homedir();
  const folders = (): readonly string[] => options.folders ?? [];
  const elsewhere = options.elsewhere ?? ['/tmp', '/var/log'];
  const isInMemory = options.isInMemory ?? liesInMemory;
  const isWritable = options.isWritable ?? mayBeChanged;
  const { mostEntries } = options;
  const walker = new DiskWalker({
    now: options.now ?? Date.now,
    ...(mostEntries === undefined ? {} : { mostEntries }),
  });

  /** What was shown, with the folder it was looked for in, or the file that it was: nothing else is ever touched. */
  const offeredCaches = new Map<string, string>();
  const offeredLogs = new Map<string, LogIdentity>();

  const places = (): readonly { readonly tool: string; readonly root: string; readonly path: string }[] =>
    knownCaches.flatMap(({ tool, path, below }) => {
      const roots = below === 'system' ? ['/'] : below === 'home' ? [home] : folders();
      return roots.map((root) => ({ tool, root, path: join(root, path) }));
    });

  /** Walks where large things are looked for; what lies inside another such place is not walked twice. @returns whether all was seen. */
  const walkAll = async (devices: Devices, seen: Seen, signal: AbortSignal): Promise<boolean> => {
    const roots = new Set([...folders(), home, ...elsewhere].map((path) => resolve(path)));
    const walked = new Set<string>();
    let complete = true;
    // What holds another one comes before it. A walk that ends early, or at another disk, has not been in all of them.
    for (const root of [...roots].toSorted((a, b) => a.length - b.length)) {
      const walk = walked.has(root) ? null : await walker.begin(root, null, signal);
      if (walk === null || !isOn(devices, walk.device)) continue;
      const folder = (path: string, bytes: number): void => {
        if (roots.has(path)) walked.add(path);
        seen.folder?.(path, bytes);
      };
      await walker.measure(root, walk, { ...seen, folder });
      complete &&= walk.complete;
    }
    return complete;
  };
  /** Where nobody says which disk is meant, it is one of those that are measured: only what can be written to fills up. */
  const wanted = async (on: string | null): Promise<Devices> => {
    const measured = on === null ? [...folders(), ...fixedPlaces(process.platform, home)] : [on];
    const devices = new Set<number>();
    for (const place of measured) {
      const device = on !== null || (await isWritable(place)) ? await deviceOf(place) : null;
      if (device !== null) devices.add(device);
    }
    return devices.size === 0 ? null : devices;
  };

  return {
    caches: async (on, signal) => {
      const devices = await wanted(on);
      const found: CacheFolder[] = [];
      for (const { tool, path, root } of places()) {
        const walk = await walker.begin(path, null, signal);
        if (walk === null || !(await isWritable(path))) continue;
        const isElsewhere = !isOn(devices, walk.device);
        const inMemory = await isInMemory(path);
        if (isElsewhere && !inMemory) continue;
        const bytes = await walker.measure(path, walk);
        if (bytes < leastCacheBytes) continue;
        found.push({ tool, path, bytes, inMemory, ...(isElsewhere ? { elsewhere: true } : {}) });
        offeredCaches.set(path, root);
      }
      return found.toSorted(bySize);
    },

    clear: async (cache, signal) => {
      const root = offeredCaches.get(cache.path);
      const walk = root === undefined ? null : await walker.begin(cache.path, null, signal);
      if (root === undefined || walk === null || !(await liesWhereItSays(cache.path, root))) {
        throw new Problem('invalid-request', `${cache.path} is not a cache that can be cleared.`);
      }
      const before = await walker.measure(cache.path, walk);
      for await (const entry of await opendir(cache.path)) {
        if (signal.aborted) throw new Problem('aborted', 'It was cancelled.');
        // What cannot be removed (another user's, in use) stays; the sizes before and after tell what was freed.
        await rm(join(cache.path, entry.name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
      }
      const after = await walker.begin(cache.path, null, signal);
      return Math.max(0, before - (after === null ? 0 : await walker.measure(cache.path, after)));
    },

    logs: async (on, signal) => {
      const devices = await wanted(on);
      const large = new Map<string, Stats>();
      const file = (path: string, status: Stats): void => {
        if (takenBytes(status) >= leastLogBytes && isLogName(basename(path))) large.set(path, status);
      };
      await walkAll(devices, { file }, signal);
      const found: FolderSize[] = [];
      for (const [path, status] of large) {
        if (!(await isTextLog(path))) continue;
        offeredLogs.set(path, { device: status.dev, inode: status.ino });
        found.push({ path, bytes: takenBytes(status) });
      }
      return found.toSorted(bySize).slice(0, toldLogs);
    },

    shorten: (log, signal) => {
      const identity = offeredLogs.get(log.path);
      if (signal.aborted) return Promise.reject(new Problem('aborted', 'It was cancelled.'));
      return identity === undefined
        ? Promise.reject(new Problem('invalid-request', `${log.path} is not a log that can be shortened.`))
        : shortenLog(log.path, identity);
    },

    largest: async (on, signal) => {
      const devices = await wanted(on);
      const sizes = new Map<string, number>();
      const complete = await walkAll(devices, { folder: (path, bytes) => void sizes.set(path, bytes) }, signal);
      const all = [...sizes].map(([path, bytes]) => ({ path, bytes }));
      return { folders: largestFolders(all, sep), complete };
    },
  };
};

/** No link on the way leads elsewhere. */
const liesWhereItSays = async (path: string, root: string): Promise<boolean> => {
  try {
    return (await realpath(path)) === join(await realpath(root), relative(root, path));
  } catch {
    // Gone in between.
    return false;
  }
};
