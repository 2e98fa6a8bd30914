import type { Entry } from '../entries.ts';
import { Tables } from '../tables.ts';
import type { SegmentFiles } from './files.ts';
import {
  checksumOf,
  type Forgotten,
  parseLine,
  parseSegmentName,
  type SegmentLine,
  type SegmentName,
} from './segment.ts';

/** Where the samples of one pack stand; they stay on disk. */
export interface PackPlace {
  readonly sandboxId: string;
  readonly incidentId: string | null;
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly offset: number;
  readonly length: number;
}

/** A segment as far as it has been read. */
export interface KnownSegment {
  readonly name: SegmentName;
  readonly identity: string;
  offset: number;
  sizeBytes: number;
  modifiedMs: number;
  /** The newest time told of in it, epoch milliseconds; as long as it is empty, when it was made. */
  newestMs: number;
  empty: boolean;
  packs: PackPlace[];
}

interface ReadLine extends SegmentLine {
  readonly segment: KnownSegment;
  readonly offset: number;
  readonly length: number;
}

const bytesPerRead = 8 * 1024 * 1024;
const lineBreak = 0x0a;

/** Joins the segments of all windows: small things in tables in memory, samples as places in files. */
export class SegmentReader {
  readonly #files: SegmentFiles;
  readonly #owner: string;
  readonly #segments = new Map<string, KnownSegment>();
  #tables = new Tables();
  #othersWrote = true;
  /** Lines that could not be read: torn by a kill, damaged, or of a later version. */
  unreadable = 0;

  constructor(files: SegmentFiles, owner: string) {
    this.#files = files;
    this.#owner = owner;
  }

  get tables(): Tables {
    return this.#tables;
  }

  get segments(): ReadonlyMap<string, KnownSegment> {
    return this.#segments;
  }

  /** Whether other windows have written since this was asked last. */
  takeOthersWrote(): boolean {
    const wrote = this.#othersWrote;
    this.#othersWrote = false;
    return wrote;
  }

  /** Reads what was written since the last time, by this window and all others. */
  sync(): void {
    if (!this.#update()) return;
    // Something was taken out of the files, by another window or by this one: only all of them together tell what is left.
    this.reload();
  }

  /** Reads everything again. */
  reload(): void {
    this.#segments.clear();
    this.#tables = new Tables();
    this.#othersWrote = true;
    this.#update();
  }

  /** @returns the line at a place, or null when it is not there any more. */
  entryAt(segment: KnownSegment, place: PackPlace): Entry | null {
    const line = parseLine(this.#files.read(segment.name.file, place.offset, place.length).toString());
    return line === null || line.entry.k === 'forget' ? null : line.entry;
  }

  /** @returns whether everything has to be read again. */
  #update(): boolean {
    const first = this.#segments.size === 0;
    const names = this.#files.list().flatMap((file) => parseSegmentName(file) ?? []);
    const present = new Set(names.map((each) => each.file));
    for (const file of this.#segments.keys()) if (!present.has(file)) this.#segments.delete(file);
    const lines: ReadLine[] = [];
    for (const name of names) {
      const state = this.#files.state(name.file);
      if (state === null) continue;
      const known = this.#segments.get(name.file);
      if (known !== undefined && (known.identity !== state.identity || state.sizeBytes < known.offset)) return true;
      const segment = known ?? {
        ...{ name, identity: state.identity, offset: 0, sizeBytes: 0, modifiedMs: 0 },
        ...{ newestMs: name.createdMs, empty: true, packs: [] },
      };
      this.#segments.set(name.file, segment);
      segment.sizeBytes = state.sizeBytes;
      segment.modifiedMs = state.modifiedMs;
      if (state.sizeBytes > segment.offset) {
        if (name.owner !== this.#owner) this.#othersWrote = true;
        for (const line of this.#newLines(segment)) lines.push(line);
      }
    }
    // Windows write side by side; the time of writing brings their lines into one order.
    lines.sort((a, b) => a.writtenMs - b.writtenMs);
    for (const line of lines) this.#apply(line);
    return !first && lines.some((line) => line.entry.k === 'forget');
  }

  *#newLines(segment: KnownSegment): Generator<ReadLine> {
    while (segment.offset < segment.sizeBytes) {
      const length = Math.min(bytesPerRead, segment.sizeBytes - segment.offset);
      const bytes = this.#files.read(segment.name.file, segment.offset, length);
      let start = 0;
      for (let end = bytes.indexOf(lineBreak); end >= 0; end = bytes.indexOf(lineBreak, start)) {
        const line = parseLine(bytes.toString('utf8', start, end));
        const place = { segment, offset: segment.offset + start, length: end - start };
        if (line !== null) yield { ...line, ...place };
        else if (end > start) this.unreadable += 1;
        start = end + 1;
      }
      // No line is as long as one read: what is this long without a break is damaged.
      if (start === 0 && length === bytesPerRead) start = length;
      segment.offset += start;
      // The rest is a line that is not written to its end yet, or was torn.
      if (start === 0) return;
    }
  }

  #apply({ entry, writtenMs, segment, offset, length }: ReadLine): void {
    if (entry.k === 'forget') {
      this.#applyForgotten(entry);
      return;
    }
    // Thinned samples are written long after they were taken.
    const tellsOfMs = entry.k === 'pack' ? entry.toMs : writtenMs;
    segment.newestMs = segment.empty ? tellsOfMs : Math.max(segment.newestMs, tellsOfMs);
    segment.empty = false;
    this.#tables.apply(entry);
    if (entry.k === 'pack') {
      const { sandboxId, incidentId, stepMs, fromMs, toMs } = entry;
      segment.packs.push({ sandboxId, incidentId, stepMs, fromMs, toMs, offset, length });
    }
    // The samples of an incident that is told of again, or taken back, are told again too.
    if (entry.k === 'withdraw') this.#dropPlaces((place) => place.incidentId === entry.id);
    if (entry.k === 'record' && entry.kind === 'incident') {
      this.#dropPlaces((place) => place.incidentId === entry.id && place.sandboxId === entry.sandboxId);
    }
  }

  #applyForgotten({ sandbox }: Forgotten): void {
    if (sandbox === null) {
      this.#tables.forgetEverything();
      this.#dropPlaces(() => true);
      return;
    }
    for (const { sandboxId } of this.#tables.sandboxes({ limit: Number.POSITIVE_INFINITY })) {
      if (checksumOf(sandboxId) !== sandbox) continue;
      this.#tables.forgetSandbox(sandboxId);
      this.#dropPlaces((place) => place.sandboxId === sandboxId);
    }
  }

  #dropPlaces(which: (place: PackPlace) => boolean): void {
    for (const segment of this.#segments.values()) {
      if (segment.packs.some(which)) segment.packs = segment.packs.filter((place) => !which(place));
    }
  }
}
