import { EngineError, type EngineTrouble, toEngineError } from '../engine.ts';

/**
 * SQLite's primary result codes, https://www.sqlite.org/rescode.html. CANTOPEN (14) and IOERR (10) are none of these: they may have passed with
 * the next try, and only the file system knows what they were, see probe.ts.
 */
const troubles = new Map<number, EngineTrouble>([
  [3, 'read-only'], // PERM
  [5, 'locked'], // BUSY
  [6, 'locked'], // LOCKED
  [8, 'read-only'], // READONLY
  [11, 'corrupt'], // CORRUPT
  [13, 'full'], // FULL
  [26, 'corrupt'], // NOTADB
]);
/** READONLY_DBMOVED: the file was renamed or removed while it was open. */
const moved = 8 | (4 << 8);
/** IOERR when the disk is full while the shared memory of the log grows. */
const ioError = 10;

/** @returns what SQLite threw as an EngineError. */
export const sqliteFailure = (error: unknown): EngineError => {
  if (error instanceof EngineError || !(error instanceof Error)) return toEngineError(error);
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
  if (code === null) return toEngineError(error);
  if (code === moved) return new EngineError('replaced', error.message, error);
  const trouble = troubles.get(code & 0xff);
  if (trouble !== undefined) return new EngineError(trouble, error.message, error);
  if ((code & 0xff) === ioError) {
    return new EngineError('failed', `input or output error ${code} (${error.message})`, error);
  }
  return new EngineError('failed', error.message, error);
};
