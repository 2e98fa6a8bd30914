import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine.ts';
import type { Entry } from '../entries.ts';
import { segmentFolder } from './engine.ts';
import { type SegmentFiles, segmentFilesIn } from './files.ts';
import { parseLine, parseSegmentName } from './segment.ts';

const entriesPerWrite = 500;
/** Segments that were written to in this time may belong to a window that still writes lines. */
const restingMs = 5 * 60_000;
/** How far it came: the time of writing up to which all lines of all windows are in the other engine. */
const progressFile = 'taken-over-until';
/** Name while they are taken over, so that no other window does it too. */
export const takenFolder = 'segments-taken-over';

interface Line {
  readonly writtenMs: number;
  readonly entry: Entry;
}

/** The lines of all windows that were written after `afterMs`, in the order in which they were. */
const linesAfter = (files: SegmentFiles, afterMs: number): readonly Line[] =>
  files
    .list()
    .flatMap((file) => parseSegmentName(file) ?? [])
    .toSorted((a, b) => a.createdMs - b.createdMs)
    .flatMap(({ file }) =>
      files
        .read(file, 0, files.state(file)?.sizeBytes ?? 0)
        .toString()
        .split('\n'),
    )
    .flatMap((text): readonly Line[] => {
      const line = parseLine(text);
      if (line === null || line.writtenMs <= afterMs || line.entry.k === 'forget') return [];
      return [{ writtenMs: line.writtenMs, entry: line.entry }];
    })
    .toSorted((a, b) => a.writtenMs - b.writtenMs);

/** Parts of some hundred lines. What was written in one moment is not taken apart: the progress is a moment. */
function* parts(lines: readonly Line[]): Generator<readonly Line[]> {
  for (let from = 0; from < lines.length; ) {
    let to = Math.min(lines.length, from + entriesPerWrite);
    while (to < lines.length && lines[to]?.writtenMs === lines[to - 1]?.writtenMs) to += 1;
    yield lines.slice(from, to);
    from = to;
  }
}

const progressIn = (files: SegmentFiles): number => {
  const text = files.read(progressFile, 0, files.state(progressFile)?.sizeBytes ?? 0).toString();
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NEGATIVE_INFINITY;
};

/** @returns whether the segments are this window's to be taken over. */
const claim = (folder: string, taken: string, now: () => number): boolean => {
  const isResting = (files: SegmentFiles): boolean =>
    files.list().every((file) => now() - (files.state(file)?.modifiedMs ?? 0) >= restingMs);
  // Another window is at it, or was stopped: then nothing moves any more.
  if (existsSync(taken)) return isResting(segmentFilesIn(taken));
  const present = join(folder, segmentFolder);
  if (!existsSync(present) || !isResting(segmentFilesIn(present))) return false;
  try {
    renameSync(present, taken);
    return true;
  } catch {
    // Another window was faster.
    return false;
  }
};

/**
 * Writes what stands in segments of lines into another engine and removes them: once, when an editor learned SQLite. The lines of all
 * windows go in by their time of writing, as they are read from files: what takes something back comes after what it takes back. After a
 * kill in between, a later round goes on where this one stopped.
 * @returns how many entries.
 */
export const takeOverSegments = (folder: string, now: () => number, into: Engine): number => {
  const taken = join(folder, takenFolder);
  if (!claim(folder, taken, now)) return 0;
  const files = segmentFilesIn(taken);
  const doneMs = files.state(progressFile) === null ? Number.NEGATIVE_INFINITY : progressIn(files);
  // Tells the other windows that somebody is at it.
  files.replace(progressFile, Number.isFinite(doneMs) ? String(doneMs) : '');
  let count = 0;
  for (const part of parts(linesAfter(files, doneMs))) {
    into.write(part.map(({ entry }) => entry));
    files.replace(progressFile, String(part.at(-1)?.writtenMs ?? ''));
    count += part.length;
  }
  rmSync(taken, { recursive: true, force: true });
  return count;
};
