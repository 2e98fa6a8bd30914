import { lstat, opendir, realpath, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { CacheFolder, FolderSize, Housekeeping } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';

interface KnownCache {
  readonly tool: string;
  /** Below the home folder, a workspace folder, or (beginning with a slash) the whole system. */
  readonly path: string;
  readonly below: 'home' | 'workspace' | 'system';
}

/** Caches whose tools make them again from the network or by working. What holds anything else (a Maven repository, a venv) is not one. */
const knownCaches: readonly KnownCache[] = [
  { tool: 'npm', path: '.npm/_cacache', below: 'home' },
  { tool: 'pip', path: '.cache/pip', below: 'home' },
  { tool: 'uv', path: '.cache/uv', below: 'home' },
  { tool: 'Yarn', path: '.cache/yarn', below: 'home' },
  { tool: 'Yarn', path: '.yarn/berry/cache', below: 'home' },
  { tool: 'pnpm', path: '.cache/pnpm', below: 'home' },
  { tool: 'Bun', path: '.bun/install/cache', below: 'home' },
  { tool: 'Go builds', path: '.cache/go-build', below: 'home' },
  { tool: 'Cargo downloads', path: '.cargo/registry/cache', below: 'home' },
  { tool: 'Gradle', path: '.gradle/caches', below: 'home' },
  { tool: 'ccache', path: '.cache/ccache', below: 'home' },
  { tool: 'TypeScript', path: '.cache/typescript', below: 'home' },
  { tool: 'Bazel', path: '.cache/bazel', below: 'home' },
  { tool: 'build tools of this workspace', path: 'node_modules/.cache', below: 'workspace' },
  { tool: 'Next.js', path: '.next/cache', below: 'workspace' },
  { tool: 'Turborepo', path: '.turbo', below: 'workspace' },
  { tool: 'pytest', path: '.pytest_cache', below: 'workspace' },
  { tool: 'mypy', path: '.mypy_cache', below: 'workspace' },
  { tool: 'apt packages', path: '/var/cache/apt/archives', below: 'system' },
];

/** Bounds of one walk: what lies beyond is said to be missing. */
const mostEntries = 400_000;
const longestMs = 20_000;
const leastCacheBytes = 1024 ** 2;
const toldFolders = 20;
const bytesPerBlock = 512;

interface Walk {
  readonly signal: AbortSignal;
  readonly device: number;
  readonly endMs: number;
  entries: number;
  complete: boolean;
}

export interface HousekeepingOptions {
  readonly home?: string;
  readonly now?: () => number;
  readonly mostEntries?: number;
}

/** Looks for room on this computer's disks. Follows no link and stays on the file system it began on. */
export const createHousekeeping = (options: HousekeepingOptions = {}): Housekeeping => {
  const home = options.home ?? homedir();
  const now = options.now ?? Date.now;
  const most = options.mostEntries ?? mostEntries;

  const begin = async (path: string, signal: AbortSignal): Promise<Walk | null> => {
    try {
      const entry = await lstat(path);
      if (!entry.isDirectory()) return null;
      return { signal, device: entry.dev, endMs: now() + longestMs, entries: 0, complete: true };
    } catch {
      // Not there, or not ours to see.
      return null;
    }
  };

  /** Bytes on the disk below a folder; tells every folder with the bytes that lie in it and below it. */
  const measure = async (path: string, walk: Walk, tell: (folder: FolderSize) => void): Promise<number> => {
    let bytes = 0;
    try {
      for await (const entry of await opendir(path)) {
        if (walk.signal.aborted) throw new Problem('aborted', 'It was cancelled.');
        walk.entries += 1;
        if (walk.entries > most || now() > walk.endMs) {
          walk.complete = false;
          return bytes;
        }
        const child = join(path, entry.name);
        const status = await lstat(child).catch(() => null);
        // Gone in between; or on another disk, where removing it would help nobody.
        if (status === null || status.dev !== walk.device) continue;
        bytes += status.blocks * bytesPerBlock;
        if (status.isDirectory()) bytes += await measure(child, walk, tell);
      }
    } catch (error) {
      if (error instanceof Problem) throw error;
      // A folder of somebody else: what is in it is not counted.
      walk.complete = false;
    }
    tell({ path, bytes });
    return bytes;
  };

  /** The caches that were shown, each with the folder it was looked for in: nothing else is ever cleared. */
  const offered = new Map<string, string>();

  const places = (folders: readonly string[]): readonly (CacheFolder & { readonly root: string })[] =>
    knownCaches.flatMap(({ tool, path, below }) => {
      const roots = below === 'system' ? ['/'] : below === 'home' ? [home] : folders;
      return roots.map((root) => ({ tool, root, path: join(root, path), bytes: 0 }));
    });

  return {
    caches: async (folders, signal) => {
      const found: CacheFolder[] = [];
      for (const { tool, path, root } of places(folders)) {
        const walk = await begin(path, signal);
        if (walk === null) continue;
        const bytes = await measure(path, walk, () => undefined);
        if (bytes < leastCacheBytes) continue;
        found.push({ tool, path, bytes });
        offered.set(path, root);
      }
      return found.toSorted((a, b) => b.bytes - a.bytes);
    },

    clear: async (cache, signal) => {
      const root = offered.get(cache.path);
      const walk = root === undefined ? null : await begin(cache.path, signal);
      if (root === undefined || walk === null || !(await liesWhereItSays(cache.path, root))) {
        throw new Problem('invalid-request', `${cache.path} is not a cache that can be cleared.`);
      }
      const before = await measure(cache.path, walk, () => undefined);
      for await (const entry of await opendir(cache.path)) {
        if (signal.aborted) throw new Problem('aborted', 'It was cancelled.');
        // What cannot be removed (another user's, in use) stays; the sizes before and after tell what was freed.
        await rm(join(cache.path, entry.name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
      }
      const after = await begin(cache.path, signal);
      return before - (after === null ? 0 : await measure(cache.path, after, () => undefined));
    },

    largest: async (roots, signal) => {
      const folders = new Map<string, number>();
      let complete = true;
      for (const root of roots) {
        const walk = await begin(root, signal);
        if (walk === null) continue;
        await measure(root, walk, ({ path, bytes }) => void folders.set(path, bytes));
        complete &&= walk.complete;
      }
      const sorted = [...folders].map(([path, bytes]) => ({ path, bytes })).toSorted((a, b) => b.bytes - a.bytes);
      return { folders: worthTelling(sorted).slice(0, toldFolders), complete };
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

/** A folder that holds hardly more than one folder in it says nothing that the inner one does not say better. */
const worthTelling = (sorted: readonly FolderSize[]): readonly FolderSize[] =>
  sorted.filter(
    ({ path, bytes }) =>
      bytes > 0 && !sorted.some((inner) => inner.path.startsWith(`${path}${sep}`) && inner.bytes > bytes * 0.9),
  );
