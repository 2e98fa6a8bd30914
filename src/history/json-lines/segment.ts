import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type Entry, entrySchema } from '../entries.ts';
import { parseJson } from '../json.ts';

/*
 * A segment is one file of lines that only one process appends to. Its name says what is in it:
 *   <class>-<created, epoch milliseconds>-<owner>-<number>.jsonl
 * The classes: `ledger` for everything but samples, `packs0` for all samples, `packs10000`, `packs60000`, `packs600000` for thinned ones.
 */

export const ledgerClass = 'ledger';

/** The class of the packs that were thinned to this width. */
export const packClass = (stepMs: number): string => `packs${stepMs}`;

export interface SegmentName {
  readonly file: string;
  readonly class: string;
  readonly createdMs: number;
  readonly owner: string;
}

/** @returns null for files that are none of ours. */
export const parseSegmentName = (file: string): SegmentName | null => {
  const match = /^(ledger|packs\d{1,8})-(\d{1,15})-([a-z0-9]{1,40})-\d{1,9}\.jsonl$/.exec(file);
  const [, kind, created, owner] = match ?? [];
  return kind === undefined || created === undefined || owner === undefined
    ? null
    : { file, class: kind, createdMs: Number(created), owner };
};

export const segmentFile = (kind: string, createdMs: number, owner: string, no: number): string =>
  `${kind}-${Math.max(0, Math.round(createdMs))}-${owner}-${no}.jsonl`;

/** What a line may hold besides entries: that something is to be gone, for the other windows. */
export interface Forgotten {
  readonly k: 'forget';
  /** Checksum of the id of the sandbox, because the id itself is to be gone too; null for everything. */
  readonly sandbox: string | null;
}

/** @returns the checksum by which a forgotten sandbox is named. */
export const checksumOf = (sandboxId: string): string => createHash('sha256').update(sandboxId).digest('hex');

const head = z.object({ w: z.int(), k: z.string() });
const forgotten = z.object({ k: z.literal('forget'), sandbox: z.nullable(z.string()) });

/** One line of a segment. */
export interface SegmentLine {
  /** When it was written, epoch milliseconds. */
  readonly writtenMs: number;
  readonly entry: Entry | Forgotten;
}

/** @returns the line without its break; `data` stands in it as JSON and not as a text, so that a person can read it. */
export const formatLine = (line: SegmentLine): string => {
  const { entry, writtenMs } = line;
  if (!('data' in entry)) return JSON.stringify({ w: writtenMs, ...entry });
  const { data, ...rest } = entry;
  // `data` is JSON text already; taking it apart only to put it together again would be the most expensive part of writing.
  return `${JSON.stringify({ w: writtenMs, ...rest }).slice(0, -1)},"data":${data}}`;
};

/** @returns null for a line that was torn by a kill, or that this version does not know. */
export const parseLine = (text: string): SegmentLine | null => {
  const raw = parseJson(text);
  const start = head.safeParse(raw);
  if (!start.success || typeof raw !== 'object' || raw === null) return null;
  if (start.data.k === 'forget') {
    const entry = forgotten.safeParse(raw);
    return entry.success ? { writtenMs: start.data.w, entry: entry.data } : null;
  }
  const whole = 'data' in raw ? { ...raw, data: JSON.stringify(raw.data) } : raw;
  const entry = entrySchema.safeParse(whole);
  return entry.success ? { writtenMs: start.data.w, entry: entry.data } : null;
};
