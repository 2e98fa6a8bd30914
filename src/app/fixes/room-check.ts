import { type Measured, ownSample } from '../../model/own-limit.ts';
import type { SandboxView } from '../../model/view.ts';
import { bytesText, percentText } from '../format.ts';
import { poll } from '../waiting.ts';
import { cannotTell, didNotWork, type FixResult, type FixRun, worked } from './fix.ts';

/** Looks at the samples afterwards, one a second. */
const sampleLooks = 20;
/** What frees less than this share of a disk can not be told from what others write meanwhile. */
const leastShare = 0.001;
/** Less than this share of what was to go means that it could not be removed. */
const leastRemoved = 0.05;

/** Where room is to be made: bytes of a disk or of memory, or files (inodes) of a disk. */
export type RoomOf = 'disk' | 'memory' | 'files';

/** Use of a disk, or of memory. */
export interface Room {
  /** Bytes, or files. */
  readonly used: number;
  readonly limit: number | null;
  /** The disk, where there are several. */
  readonly place: string | null;
  /** The reading it was taken from: while that is the same, nothing new was read. */
  readonly from: object;
}

const shareOf = (used: number, limit: number | null): number => (limit === null || limit <= 0 ? 0 : used / limit);

/** @returns what a disk is short of: what is about to run out, else files when they are nearer to their limit than bytes. */
export const shortOf = ({ leading, sample }: SandboxView): 'disk' | 'files' => {
  if (leading?.signal === 'disk') return 'disk';
  if (leading?.signal === 'inodes') return 'files';
  const { disk, inodes } = sample ?? {};
  const files = inodes === undefined ? 0 : shareOf(inodes.used, inodes.limit);
  return files > (disk === undefined ? 0 : shareOf(disk.usedBytes, disk.limitBytes)) ? 'files' : 'disk';
};

/** @returns a folder on the disk that is short of room; null where there is only one disk, or none is known. */
export const placeShort = (view: SandboxView, of = shortOf(view)): string | null => {
  const forecast = view.forecasts.find(({ signal }) => signal === (of === 'files' ? 'inodes' : 'disk'));
  return forecast?.place ?? (of === 'files' ? view.sample?.inodes : view.sample?.disk)?.place ?? null;
};

/**
 * @param on the disk, where there are several; undefined: the one the sample tells of first.
 * @returns null where the sample says nothing of it, or speaks of another computer's memory.
 */
const roomIn = (view: Measured, of: RoomOf, on?: string | null): Room | null => {
  const { disk, otherDisks = [], inodes, otherInodes = [] } = view.sample ?? {};
  const isMeant = ({ place }: { readonly place?: string }): boolean => on === undefined || (place ?? null) === on;
  if (of === 'files') {
    const from = (inodes === undefined ? [] : [inodes, ...otherInodes]).find(isMeant);
    return from === undefined ? null : { used: from.used, limit: from.limit, place: from.place ?? null, from };
  }
  if (of === 'disk') {
    const from = (disk === undefined ? [] : [disk, ...otherDisks]).find(isMeant);
    return from === undefined
      ? null
      : { used: from.usedBytes, limit: from.limitBytes, place: from.place ?? null, from };
  }
  const from = ownSample(view)?.memory;
  return from === undefined ? null : { used: from.usedBytes, limit: from.limitBytes, place: null, from };
};

/** As last read: not every sample looks at the disk. */
export const roomBefore = (view: SandboxView, of: RoomOf): Room | null => {
  const room = roomIn(view, of);
  if (room !== null || of === 'memory') return room;
  const forecast = view.forecasts.find(({ signal }) => signal === (of === 'files' ? 'inodes' : 'disk'));
  if (forecast === undefined) return null;
  return { used: forecast.used, limit: forecast.limit, place: forecast.place ?? null, from: forecast };
};

const roomText = (of: RoomOf, { used, limit }: Room): string => {
  const text = of === 'files' ? `${used} files` : bytesText(used);
  return limit === null || limit <= 0 ? text : `${text} (${percentText(used / limit)})`;
};

/** For people: "the disk of /work". */
export const roomName = (of: RoomOf, room: Room | null): string =>
  of === 'memory' ? 'memory' : room?.place == null ? 'the disk' : `the disk of ${room.place}`;

/** What must have become free at least; how many files it were nobody counts. */
const leastFall = (of: RoomOf, before: Room, removedBytes: number): number =>
  of === 'files' ? Math.max(1, leastShare * (before.limit ?? 0)) : removedBytes / 2;

export const roomCheck = (of: RoomOf): string =>
  `The sizes are measured again, and ${of === 'files' ? 'the number of files on the disk' : roomName(of, null)} is compared with before for about ${sampleLooks} s.`;

/**
 * Compares new samples with the one before.
 * @param removedBytes what went, as measured; `plannedBytes`: what was to go.
 */
export const checkRoom = async (
  run: FixRun,
  of: RoomOf,
  before: Room | null,
  removedBytes: number,
  plannedBytes: number,
): Promise<FixResult> => {
  const removed = `${bytesText(removedBytes)} of ${bytesText(plannedBytes)} went`;
  if (removedBytes <= leastRemoved * plannedBytes) {
    return didNotWork(`${removed}: the rest belongs to another user, is in use, or was made again at once.`);
  }
  if (before === null) return cannotTell(`${removed}; there were no numbers before to compare with.`);
  const name = roomName(of, before);
  if (of !== 'files' && before.limit !== null && removedBytes < leastShare * before.limit) {
    return cannotTell(`${removed}; that is too little to be seen in ${name}, which holds ${roomText(of, before)}.`);
  }
  const seen: Room[] = [];
  run.progress(`Checking whether ${name} has room`);
  const fallen = await poll(run.clock, run.signal, 1000, sampleLooks, () => {
    // Another disk may be the first one told of by now.
    const room = roomIn(run.view(), of, before.place);
    if (room === null || room.from === before.from) return null;
    seen.push(room);
    return before.used - room.used >= leastFall(of, before, removedBytes) ? room : null;
  });
  if (fallen !== null)
    return worked(`${removed}: ${name} fell from ${roomText(of, before)} to ${roomText(of, fallen)}.`);
  const newest = seen.at(-1);
  return newest === undefined
    ? cannotTell(`${removed}, but no sample came within ${sampleLooks} s to compare with ${roomText(of, before)}.`)
    : didNotWork(
        `${removed}, but after ${sampleLooks} s ${name} holds ${roomText(of, newest)}, and ${roomText(of, before)} before: something writes as fast, or has the files open.`,
      );
};
