import type { HistoryBounds } from '../../model/history.ts';
import { newestOf, type PruneTime, pruneTime, timeOfStep } from '../prune-time.ts';
import { packsOf, unpackSamples } from '../sample-pack.ts';
import { type ThinningStep, thin, thinningEndMs, thinningSteps } from '../thinning.ts';
import type { SegmentFiles } from './files.ts';
import type { KnownSegment, SegmentReader } from './reader.ts';
import { ledgerClass, packClass, type SegmentLine } from './segment.ts';
import type { SegmentWriter } from './writer.ts';

/** What the pruning works on. */
export interface SegmentStore {
  readonly files: SegmentFiles;
  readonly reader: SegmentReader;
  readonly writer: SegmentWriter;
}

/** When the bound on bytes is passed, this share of it is left, so that not every write has to prune. */
const leftShare = 0.8;

const remove = ({ files, writer }: SegmentStore, segment: KnownSegment): void => {
  writer.leave(segment.name.file);
  files.remove(segment.name.file);
};

/** Replaces a segment of samples by what thinning leaves of them. */
const thinSegment = (store: SegmentStore, segment: KnownSegment, step: ThinningStep, nowMs: number): void => {
  const sandboxes = Map.groupBy(segment.packs, (place) => place.sandboxId);
  const lines: SegmentLine[] = [];
  for (const [sandboxId, places] of sandboxes) {
    const samples = places.flatMap((place) => {
      const entry = store.reader.entryAt(segment, place);
      return entry?.k === 'pack' ? unpackSamples(entry.data) : [];
    });
    // The texts inside are redacted already.
    for (const pack of packsOf(thin(samples, step.leavesStepMs), (text) => text)) {
      const entry = { k: 'pack' as const, sandboxId, incidentId: null, stepMs: step.leavesStepMs, ...pack };
      lines.push({ writtenMs: nowMs, entry });
    }
  }
  // A kill in between leaves both; reading leaves out what is there twice.
  store.writer.append(packClass(step.leavesStepMs), lines, nowMs);
  remove(store, segment);
};

/** Thins one segment whose samples are all old enough. @returns whether there was one. */
const thinOne = (store: SegmentStore, time: PruneTime): boolean =>
  thinningSteps.some((step) => {
    const endMs = thinningEndMs(step, timeOfStep(step, time));
    const due = [...store.reader.segments.values()].find(
      (each) => each.name.class === packClass(step.takesStepMs) && each.newestMs <= endMs,
    );
    if (due !== undefined) thinSegment(store, due, step, time.nowMs);
    return due !== undefined;
  });

const packTimes = ({ segments }: SegmentReader): readonly number[] =>
  [...segments.values()].flatMap(({ packs }) => packs.map(({ toMs }) => toMs));

/**
 * Does a part of the pruning; the work goes by whole segments, also those of windows that are gone.
 * @returns whether there is more to do.
 */
export const pruneSegments = (store: SegmentStore, nowMs: number, bounds: HistoryBounds): boolean => {
  const { reader } = store;
  const time = pruneTime(nowMs, (ms) => newestOf([reader.tables.newestUpTo(ms), ...packTimes(reader)], ms));
  if (thinOne(store, time)) return true;
  const endMs = time.heldMs - bounds.maximumAgeMs;
  const all = [...reader.segments.values()].toSorted((a, b) => a.newestMs - b.newestMs);
  for (const segment of all) if (segment.newestMs < endMs) remove(store, segment);
  const segments = all.filter(({ newestMs }) => newestMs >= endMs);
  let bytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes > bounds.maximumBytes * 0.95) {
    // The oldest samples first, then the oldest of all else.
    const samples = segments.filter((each) => each.name.class !== ledgerClass);
    const others = segments.filter((each) => each.name.class === ledgerClass);
    for (const segment of [...samples, ...others]) {
      if (bytes <= bounds.maximumBytes * leftShare) break;
      remove(store, segment);
      bytes -= segment.sizeBytes;
    }
  }
  reader.sync();
  reader.tables.prune(time.heldMs, bounds);
  return false;
};
