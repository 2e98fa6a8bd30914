import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine.ts';
import type { Entry } from '../entries.ts';
import { segmentFolder } from './engine.ts';
import { segmentFilesIn } from './files.ts';
import { parseLine, parseSegmentName } from './segment.ts';

const entriesPerWrite = 500;
/** Segments that were written to in this time may belong to a window that still writes lines. */
const restingMs = 5 * 60_000;
/** Name while they are taken over, so that no other window does it too. */
export const takenFolder = 'segments-taken-over';

/**
 * Writes what stands in segments of lines into another engine and removes them: once, when an editor learned SQLite. A kill in between
 * leaves what was not taken over yet in files that the next start goes on with.
 * @returns how many entries.
 */
export const takeOverSegments = (folder: string, now: () => number, into: Engine): number => {
  const taken = join(folder, takenFolder);
  if (!existsSync(taken)) {
    if (!existsSync(join(folder, segmentFolder))) return 0;
    const files = segmentFilesIn(join(folder, segmentFolder));
    const busy = files.list().some((file) => now() - (files.state(file)?.modifiedMs ?? 0) < restingMs);
    if (busy) return 0;
    try {
      renameSync(join(folder, segmentFolder), taken);
    } catch {
      // Another window was faster.
      return 0;
    }
  }
  const files = segmentFilesIn(taken);
  let count = 0;
  const names = files.list().flatMap((file) => parseSegmentName(file) ?? []);
  for (const { file } of names.toSorted((a, b) => a.createdMs - b.createdMs)) {
    const text = files.read(file, 0, files.state(file)?.sizeBytes ?? 0).toString();
    const entries = text.split('\n').flatMap((line): readonly Entry[] => {
      const entry = parseLine(line)?.entry;
      return entry === undefined || entry.k === 'forget' ? [] : [entry];
    });
    for (let i = 0; i < entries.length; i += entriesPerWrite) into.write(entries.slice(i, i + entriesPerWrite));
    files.remove(file);
    count += entries.length;
  }
  rmSync(taken, { recursive: true, force: true });
  return count;
};
