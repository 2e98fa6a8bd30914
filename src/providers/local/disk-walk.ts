import type { Dirent, Stats } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../model/problem.ts';

/** Bounds of one walk: what lies beyond is said to be missing. */
const mostEntries = 400_000;
const longestMs = 20_000;
const bytesPerBlock = 512;

/** One way through a part of a disk. */
export interface Walk {
  readonly signal: AbortSignal;
  readonly device: number;
  readonly endMs: number;
  entries: number;
  complete: boolean;
}

/** What a walk tells of on its way. */
export interface Seen {
  /** A folder with the bytes that lie in it and below it, after everything in it was seen. */
  folder?(path: string, bytes: number): void;
  file?(path: string, status: Stats): void;
}

export interface DiskWalkerOptions {
  readonly now: () => number;
  readonly mostEntries?: number;
}

/** What a file or folder takes on its disk, which is less than its size where it has holes. */
export const takenBytes = ({ blocks }: Stats): number => blocks * bytesPerBlock;

/** @returns the device a folder lies on; null when it is not there. */
export const deviceOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).dev;
  } catch {
    // Not there, or not ours to see.
    return null;
  }
};

/** Adds up what lies in folders. Follows no link and stays on the file system it began on. */
export class DiskWalker {
  readonly #now: () => number;
  readonly #most: number;

  constructor(options: DiskWalkerOptions) {
    this.#now = options.now;
    this.#most = options.mostEntries ?? mostEntries;
  }

  /**
   * @param device only a folder on this one is walked; null: on any.
   * @returns null when there is no such folder.
   */
  async begin(path: string, device: number | null, signal: AbortSignal): Promise<Walk | null> {
    try {
      const entry = await lstat(path);
      if (!entry.isDirectory() || (device !== null && entry.dev !== device)) return null;
      return { signal, device: entry.dev, endMs: this.#now() + longestMs, entries: 0, complete: true };
    } catch {
      // Not there, or not ours to see.
      return null;
    }
  }

  /** @returns the bytes on the disk below a folder. Throws a Problem `aborted`. */
  async measure(path: string, walk: Walk, seen: Seen = {}): Promise<number> {
    let bytes = 0;
    try {
      for await (const entry of await opendir(path)) {
        const taken = await this.#entry(path, entry, walk, seen);
        if (taken === null) return bytes;
        bytes += taken;
      }
    } catch (error) {
      if (error instanceof Problem) throw error;
      // A folder of somebody else: what is in it is not counted.
      walk.complete = false;
    }
    seen.folder?.(path, bytes);
    return bytes;
  }

  /** @returns null when the bounds of the walk are reached. */
  async #entry(folder: string, entry: Dirent, walk: Walk, seen: Seen): Promise<number | null> {
    if (walk.signal.aborted) throw new Problem('aborted', 'It was cancelled.');
    walk.entries += 1;
    if (walk.entries > this.#most || this.#now() > walk.endMs) {
      walk.complete = false;
      return null;
    }
    const path = join(folder, entry.name);
    const status = await lstat(path).catch(() => null);
    // Gone in between; or on another disk, where removing it would help nobody.
    if (status === null || status.dev !== walk.device) return 0;
    if (status.isFile()) seen.file?.(path, status);
    return takenBytes(status) + (status.isDirectory() ? await this.measure(path, walk, seen) : 0);
  }
}
