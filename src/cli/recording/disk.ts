import { mkdirSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../message-of.ts';
import { namePrefix } from './cgroup-place.ts';
import { readOptional, signalProcess } from './group-files.ts';
import { system } from './system.ts';

/** Room on a file system. */
export interface DiskUse {
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
}

/** The workload's own small disk. */
export interface SmallDisk {
  readonly type: 'ext4' | 'tmpfs';
  readonly folder: string;
  /** Unmounts it and removes what it lived in. @throws Error when it stays busy for five seconds. */
  remove(): Promise<void>;
}

/** What a file system has in use. Null when it cannot be asked. */
export function readDisk(folder: string): DiskUse | null {
  try {
    const { blocks, bfree, bsize, ffree } = statfsSync(folder);
    return { usedBytes: (blocks - bfree) * bsize, totalBytes: blocks * bsize, freeInodes: ffree };
  } catch {
    return null; // The disk went away while the workload ended.
  }
}

const isMounted = (folder: string): boolean =>
  (readOptional('/proc/self/mounts') ?? '').split('\n').some((line) => line.split(' ')[1] === folder);

async function unmount(folder: string): Promise<void> {
  for (let attempt = 0; isMounted(folder); attempt += 1) {
    if (system('umount', folder) !== null) continue;
    if (attempt >= 50) throw new Error(`The disk at ${folder} cannot be unmounted: something still uses it.`);
    await delay(100);
  }
}

/**
 * A file system of `bytes` in an image file. Direct I/O keeps the image's own pages out of the page cache, where they would be
 * charged to the workload a second time.
 */
function mountImage(image: string, folder: string, bytes: number): string | null {
  writeFileSync(image, '');
  truncateSync(image, bytes);
  // No journal and no reserve: all of a small disk is for the workload.
  if (system('mkfs.ext4', '-q', '-F', '-m', '0', '-O', '^has_journal', image) === null) return null;
  const device =
    system('losetup', '--find', '--show', '--direct-io=on', image) ?? system('losetup', '--find', '--show', image);
  if (device === null) return null;
  if (system('mount', device, folder) !== null) return device;
  system('losetup', '--detach', device);
  return null;
}

/**
 * Mounts a disk of `bytes` below `base`: ext4 on a loop device where that is permitted, else a tmpfs, whose pages count towards the
 * memory limit.
 * @param base an empty folder that belongs to this run
 * @throws Error when neither can be mounted.
 */
export function mountDisk(base: string, bytes: number): SmallDisk {
  const folder = join(base, 'disk');
  const image = join(base, 'disk.img');
  mkdirSync(folder);
  const device = mountImage(image, folder, bytes);
  const type = device === null ? 'tmpfs' : 'ext4';
  if (device === null) {
    rmSync(image, { force: true });
    if (system('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'foresight-record', folder) === null)
      throw new Error('A small disk cannot be mounted by this user. Run as root, or without --disk.');
  }
  rmSync(join(folder, 'lost+found'), { recursive: true, force: true });
  return {
    type,
    folder,
    async remove() {
      await unmount(folder);
      if (device !== null) system('losetup', '--detach', device);
      rmSync(image, { force: true });
    },
  };
}

/**
 * Unmounts and removes what recorders left in `temporary` that were killed.
 * @returns a sentence for each that cannot be removed: no reason not to record.
 */
export async function removeStaleFolders(temporary: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const name of readdirSync(temporary)) {
    const owner = new RegExp(`^${namePrefix}-(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || signalProcess(Number(owner), 0)) continue;
    const folder = join(temporary, name);
    try {
      await unmount(join(folder, 'disk'));
      const device = system('losetup', '--noheadings', '--output', 'NAME', '--associated', join(folder, 'disk.img'));
      if (device) system('losetup', '--detach', device);
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      problems.push(`${folder} of an earlier recording stays: ${messageOf(error)}`);
    }
  }
  return problems;
}
