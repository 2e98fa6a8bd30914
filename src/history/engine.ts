import type { HistoryBounds, HistoryQuery, HistoryStatus } from '../model/history.ts';
import type { Entry, RecordKind } from './entries.ts';

/** The ways in which writing can fail; each is told to the person in other words and treated differently. */
export type EngineTrouble =
  /** Another process holds the file; try again. */
  | 'locked'
  /** No space is left; try again later. */
  | 'full'
  /** The folder cannot be written; memory is used instead. */
  | 'read-only'
  /** The file is damaged or not ours; it is set aside. */
  | 'corrupt'
  /** The file was written by a newer version; it is left alone and memory is used. */
  | 'newer'
  /** Engine not available in this Node.js. */
  | 'missing'
  /** The file was replaced or removed by someone else; open again. */
  | 'replaced'
  | 'failed';

/** The one error that engines throw. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly trouble: EngineTrouble;

  constructor(trouble: EngineTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.trouble = trouble;
  }
}

/** Any thrown thing as an EngineError, told by the codes of the file system. */
export const toEngineError = (error: unknown): EngineError => {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EngineError('full', message, error);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return new EngineError('read-only', message, error);
  if (code === 'EBUSY' || code === 'EAGAIN') return new EngineError('locked', message, error);
  return new EngineError('failed', message, error);
};

/** What is found of one sandbox, before its text is read. */
export interface SandboxRow {
  readonly sandboxId: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Null when only other entries named it. */
  readonly data: string | null;
  /** The newest incident that ends it, or null. */
  readonly end: { readonly cause: string; readonly atMs: number } | null;
}

export interface RecordRow {
  readonly sandboxId: string;
  readonly id: string | null;
  readonly atMs: number;
  readonly data: string;
}

/** One error over all sandboxes the query lets through. */
export interface ErrorRow {
  readonly fingerprint: string;
  readonly data: string;
  readonly count: number;
  readonly decayedCount: number;
  readonly sandboxes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** One error in one sandbox on one day, by workspace and command; null where that is not known. */
export interface ErrorDayRow {
  readonly sandboxId: string;
  readonly fingerprint: string;
  readonly day: number;
  readonly workspace: string | null;
  readonly command: string | null;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface PeakRow {
  readonly key: string;
  /** A peak histogram, see peak-histogram.ts. */
  readonly data: string;
}

/** A piece of the export and where the next one begins. */
export interface ExportPage {
  readonly lines: readonly string[];
  /** Null after the last page. */
  readonly next: string | null;
}

/**
 * Keeps entries. Synchronous: it runs in a worker thread. Every method may throw EngineError; after `corrupt` or `replaced` it is
 * closed and opened again.
 */
export interface Engine {
  readonly name: HistoryStatus['engine'];
  /** @throws EngineError `replaced` when this is not the history any more that other windows share. Missing where that cannot happen. */
  checkPlace?(): void;
  /** All of them or, where the engine can, none. */
  write(entries: readonly Entry[]): void;
  /** Newest first, as all that follow. */
  sandboxes(query: HistoryQuery): readonly SandboxRow[];
  records(kind: RecordKind, query: HistoryQuery): readonly RecordRow[];
  errors(query: HistoryQuery, nowMs: number): readonly ErrorRow[];
  errorDays(query: HistoryQuery): readonly ErrorDayRow[];
  /** Packs of the black box and of incidents that overlap the time, in no order. */
  packs(sandboxId: string, fromMs: number, toMs: number): readonly string[];
  /** Oldest first. */
  incidentPacks(sandboxId: string, incidentId: string): readonly string[];
  /** Peaks of the commands run last. */
  peaks(): readonly PeakRow[];
  /** Whether another process may have written since this was asked last. */
  changedElsewhere(): boolean;
  forgetSandbox(sandboxId: string): void;
  forgetEverything(): void;
  /** @param cursor null for the first page, then `next` of the page before. */
  exportPage(cursor: string | null): ExportPage;
  /** Does a small part of the pruning. @returns whether there is more to do. */
  pruneStep(nowMs: number, bounds: HistoryBounds): boolean;
  sizeBytes(): number;
  close(): void;
}
