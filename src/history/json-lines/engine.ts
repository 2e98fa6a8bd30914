import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { HistoryBounds, HistoryQuery } from '../../model/history.ts';
import {
  type Engine,
  EngineError,
  type ErrorDayRow,
  type ErrorRow,
  type ExportPage,
  type PeakRow,
  type RecordRow,
  type SandboxRow,
  toEngineError,
} from '../engine.ts';
import type { Entry, RecordKind } from '../entries.ts';
import { packLines } from '../export-lines.ts';
import { ExportPager } from '../export-pager.ts';
import { tableLines } from '../table-lines.ts';
import { type SegmentFiles, segmentFilesIn } from './files.ts';
import { pruneSegments } from './prune.ts';
import { type KnownSegment, type PackPlace, SegmentReader } from './reader.ts';
import { checksumOf, ledgerClass, packClass, parseLine } from './segment.ts';
import { SegmentWriter } from './writer.ts';

/** The folder, inside the history's, that holds the segments. */
export const segmentFolder = 'segments';

/** The history in files of lines, one or more for each window: for editors whose Node.js has no SQLite. */
export class JsonLinesEngine implements Engine {
  readonly name = 'json-lines';
  readonly #files: SegmentFiles;
  readonly #now: () => number;
  readonly #reader: SegmentReader;
  readonly #writer: SegmentWriter;
  readonly #exports = new ExportPager();

  /**
   * @param now time of writing, epoch milliseconds.
   * @throws EngineError if the files cannot be read or written.
   */
  constructor(files: SegmentFiles, now: () => number) {
    this.#files = files;
    this.#now = now;
    const owner = randomBytes(6).toString('hex');
    this.#reader = new SegmentReader(files, owner);
    this.#writer = new SegmentWriter(files, owner);
    this.#guard(() => {
      const probe = `probe-${owner}`;
      files.append(probe, '');
      files.remove(probe);
      this.#reader.sync();
    });
  }

  write(entries: readonly Entry[]): void {
    this.#guard(() => {
      const writtenMs = Math.round(this.#now());
      const classes = new Map<string, { readonly writtenMs: number; readonly entry: Entry }[]>();
      for (const entry of entries) {
        const kind = entry.k === 'pack' && entry.incidentId === null ? packClass(entry.stepMs) : ledgerClass;
        const lines = classes.get(kind) ?? [];
        lines.push({ writtenMs, entry });
        classes.set(kind, lines);
      }
      // Samples first: if only they can be written, they are there twice after the next try, and reading leaves one out.
      for (const [kind, lines] of [...classes].toSorted(([a], [b]) => b.localeCompare(a))) {
        this.#writer.append(kind, lines, writtenMs);
      }
      this.#reader.sync();
    });
  }

  sandboxes(query: HistoryQuery): readonly SandboxRow[] {
    return this.#read((reader) => reader.tables.sandboxes(query));
  }

  records(kind: RecordKind, query: HistoryQuery): readonly RecordRow[] {
    return this.#read((reader) => reader.tables.records(kind, query));
  }

  errors(query: HistoryQuery, nowMs: number): readonly ErrorRow[] {
    return this.#read((reader) => reader.tables.errors.sums(query, nowMs));
  }

  errorDays(query: HistoryQuery): readonly ErrorDayRow[] {
    return this.#read((reader) => reader.tables.errors.days(query));
  }

  packs(sandboxId: string, fromMs: number, toMs: number): readonly string[] {
    return this.#packs((place) => place.sandboxId === sandboxId && place.toMs >= fromMs && place.fromMs <= toMs);
  }

  incidentPacks(sandboxId: string, incidentId: string): readonly string[] {
    return this.#packs((place) => place.incidentId === incidentId && place.sandboxId === sandboxId);
  }

  peaks(): readonly PeakRow[] {
    return this.#read((reader) => reader.tables.peaks());
  }

  changedElsewhere(): boolean {
    return this.#read((reader) => reader.takeOthersWrote());
  }

  forgetSandbox(sandboxId: string): void {
    this.#guard(() => {
      this.#reader.sync();
      const peaks = this.#reader.tables.ownPeaks(sandboxId);
      this.#forget(checksumOf(sandboxId));
      // Every line that names it, also in the segments of other windows: those open their files anew for every write.
      const marks = [sandboxId, ...peaks].map((each) => JSON.stringify(each));
      const isMarked = (text: string): boolean => marks.some((mark) => text.includes(mark));
      for (const { name, sizeBytes } of this.#reader.segments.values()) {
        const text = this.#files.read(name.file, 0, sizeBytes).toString();
        if (!isMarked(text)) continue;
        const kept = text.split('\n').filter((line) => {
          const entry = isMarked(line) ? parseLine(line)?.entry : undefined;
          if (entry === undefined) return true;
          return entry.k === 'peak' ? !peaks.has(entry.key) : !('sandboxId' in entry) || entry.sandboxId !== sandboxId;
        });
        this.#files.replace(name.file, kept.join('\n'));
      }
      this.#reader.reload();
    });
  }

  forgetEverything(): void {
    this.#guard(() => {
      this.#reader.sync();
      for (const { name } of this.#reader.segments.values()) {
        this.#writer.leave(name.file);
        this.#files.remove(name.file);
      }
      this.#forget(null);
      this.#reader.reload();
    });
  }

  exportPage(cursor: string | null): ExportPage {
    return this.#read((reader) => this.#exports.page(cursor, () => this.#lines(reader)));
  }

  pruneStep(nowMs: number, bounds: HistoryBounds): boolean {
    return this.#read((reader) => pruneSegments({ files: this.#files, reader, writer: this.#writer }, nowMs, bounds));
  }

  sizeBytes(): number {
    return [...this.#reader.segments.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  close(): void {
    this.#reader.tables.forgetEverything();
  }

  *#lines(reader: SegmentReader): Generator<string> {
    yield* tableLines(reader.tables);
    for (const segment of [...reader.segments.values()]) {
      for (const place of segment.packs) yield* packLines(this.#textAt(segment, place), place.incidentId);
    }
  }

  #packs(which: (place: PackPlace) => boolean): readonly string[] {
    return this.#read((reader) =>
      [...reader.segments.values()]
        .flatMap((segment) => segment.packs.filter(which).map((place) => ({ segment, place })))
        .toSorted((a, b) => a.place.toMs - b.place.toMs)
        .map(({ segment, place }) => this.#textAt(segment, place)),
    );
  }

  #textAt(segment: KnownSegment, place: PackPlace): string {
    const entry = this.#reader.entryAt(segment, place);
    return entry?.k === 'pack' ? entry.data : '';
  }

  #forget(sandbox: string | null): void {
    const writtenMs = Math.round(this.#now());
    this.#writer.append(ledgerClass, [{ writtenMs, entry: { k: 'forget', sandbox } }], writtenMs);
  }

  #read<T>(ask: (reader: SegmentReader) => T): T {
    return this.#guard(() => {
      this.#reader.sync();
      return ask(this.#reader);
    });
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw toEngineError(error);
    }
  }
}

/** Opens the segments in a history's folder, or those of another name in it. @throws EngineError */
export const openJsonLines = (folder: string, now: () => number, name = segmentFolder): JsonLinesEngine => {
  let files: SegmentFiles;
  try {
    files = segmentFilesIn(join(folder, name));
  } catch (error) {
    const { trouble, message } = toEngineError(error);
    // Whatever stands in the way of making the folder, nothing can be written there.
    throw new EngineError(trouble === 'failed' ? 'read-only' : trouble, message, error);
  }
  return new JsonLinesEngine(files, now);
};
