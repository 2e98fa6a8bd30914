import type { ErrorContext } from '../diagnosis/recognise.ts';
import type { Sample } from '../model/sample.ts';
import type { BlackBox } from './black-box.ts';

/** Disks are read every ten seconds or so; a reading of this age still tells how full they were. */
const diskMs = 30_000;
/** What could not start another process ends soon, and the others are below the limit again. */
const pidsMs = 15_000;
/** An installation makes thousands of files a second: so few left are gone since the reading, where there is room for their contents. */
const nearlyNoFiles = 0.99;
const hasRoom = 0.95;

type Counters = Required<Pick<ErrorContext, 'pidsAtLimit' | 'diskFreeBytes' | 'inodesFree'>>;

const shareOf = (used: number, limit: number | null): number =>
  limit === null || limit <= 0 ? Number.NaN : used / limit;

const freeOf = (used: number, limit: number | null): number | null =>
  limit === null || limit <= 0 ? null : Math.max(0, limit - used);

const filesLeft = ({ disk, inodes }: Pick<Sample, 'disk' | 'inodes'>): number | null => {
  if (inodes === undefined) return null;
  const isNearEnd = shareOf(inodes.used, inodes.limit) >= nearlyNoFiles;
  if (isNearEnd && disk !== undefined && shareOf(disk.usedBytes, disk.limitBytes) < hasRoom) return 0;
  return freeOf(inodes.used, inodes.limit);
};

/** @returns what the readings around this time say of disks and processes; null for what none of them knows. */
export const aroundError = (box: Pick<BlackBox, 'near'>, atMs: number): Counters => {
  const read = box.near(atMs, diskMs).find(({ disk, inodes }) => disk !== undefined || inodes !== undefined);
  const pids = box.near(atMs, pidsMs).flatMap((each) => each.pids ?? []);
  return {
    pidsAtLimit: pids.length === 0 ? null : pids.some(({ used, limit }) => shareOf(used, limit) >= 1),
    diskFreeBytes: read?.disk === undefined ? null : freeOf(read.disk.usedBytes, read.disk.limitBytes),
    inodesFree: read === undefined ? null : filesLeft(read),
  };
};
