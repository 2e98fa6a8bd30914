import type { Sample } from '../../model/sample.ts';
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

/** Where room is to be made. */
export type RoomOf = 'disk' | 'memory';

/** Use of a disk, or of memory. */
export interface Room {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  /** The disk, where there are several. */
  readonly place: string | null;
}

/** @returns null where the sample says nothing of it, or speaks of another computer's memory. */
const roomIn = (sample: Sample | null, of: RoomOf): Room | null => {
  if (of === 'disk') return sample?.disk === undefined ? null : { ...sample.disk, place: sample.disk.place ?? null };
  if (sample?.memory === undefined || sample.source === 'machine') return null;
  const { usedBytes, limitBytes } = sample.memory;
  return { usedBytes, limitBytes, place: null };
};

/** As last read: not every sample looks at the disk. */
export const roomBefore = (view: SandboxView, of: RoomOf): Room | null => {
  const room = roomIn(view.sample, of);
  if (room !== null || of === 'memory') return room;
  const forecast = view.forecasts.find(({ signal }) => signal === 'disk');
  return forecast === undefined ? null : { usedBytes: forecast.used, limitBytes: forecast.limit, place: null };
};

const roomText = ({ usedBytes, limitBytes }: Room): string =>
  limitBytes === null || limitBytes <= 0
    ? bytesText(usedBytes)
    : `${bytesText(usedBytes)} (${percentText(usedBytes / limitBytes)})`;

/** For people: "the disk of /work". */
export const roomName = (of: RoomOf, room: Room | null): string =>
  of === 'memory' ? 'memory' : room?.place == null ? 'the disk' : `the disk of ${room.place}`;

export const roomCheck = (of: RoomOf): string =>
  `The sizes are measured again, and ${roomName(of, null)} is compared with before for about ${sampleLooks} s.`;

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
  if (before.limitBytes !== null && removedBytes < leastShare * before.limitBytes) {
    return cannotTell(`${removed}; that is too little to be seen in ${name}, which holds ${roomText(before)}.`);
  }
  const last = run.view().sample;
  const seen: Room[] = [];
  run.progress(`Checking whether ${name} has room`);
  const fallen = await poll(run.clock, run.signal, 1000, sampleLooks, () => {
    const { sample } = run.view();
    const room = sample === last ? null : roomIn(sample, of);
    if (room === null || room.place !== before.place) return null;
    seen.push(room);
    return before.usedBytes - room.usedBytes >= removedBytes / 2 ? room : null;
  });
  if (fallen !== null) return worked(`${removed}: ${name} fell from ${roomText(before)} to ${roomText(fallen)}.`);
  const newest = seen.at(-1);
  return newest === undefined
    ? cannotTell(`${removed}, but no sample came within ${sampleLooks} s to compare with ${roomText(before)}.`)
    : didNotWork(
        `${removed}, but after ${sampleLooks} s ${name} holds ${roomText(newest)}, and ${roomText(before)} before: something writes as fast, or has the files open.`,
      );
};
