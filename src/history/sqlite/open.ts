import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../engine.ts';
import { sqliteFailure } from './failure.ts';
import { chooseJournal } from './journal.ts';
import { checkVersion, type Migration, migrate, migrations, pragmaNumber } from './schema.ts';

export const databaseName = 'history.sqlite';
const companions = ['', '-wal', '-shm'];
/** How long one statement waits for another process; the worker tries again itself, so that it stays able to answer. */
const busyMs = 250;
const openTries = 20;
/** A lock older than this was left behind by a process that was killed. */
const staleLockMs = 15_000;
const keptSetAside = 3;

/** Blocks this thread, which is a worker's. */
const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** What identifies a file on disk even after it was renamed, or null when there is none. */
export const fileIdentity = (path: string): string | null => {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
};

export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly identity: string;
}

/** Opens or creates the file as it is. @throws EngineError */
const openFile = (folder: string, steps: readonly Migration[]): OpenDatabase => {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined) throw new EngineError('missing', 'This Node.js has no node:sqlite.');
  const path = join(folder, databaseName);
  let db: DatabaseSync;
  try {
    db = new sqlite.DatabaseSync(path);
  } catch (error) {
    throw sqliteFailure(error);
  }
  try {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    // A file of someone else, or of a later version, stays as it is to the last byte.
    const version = checkVersion(db, steps);
    // Before the first table is made, else it has no effect: only then can the file shrink in small steps.
    if (version === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    chooseJournal(db, folder);
    // The log stays near one megabyte, which counts against a bound that may be five.
    db.exec('PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576');
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY');
    migrate(db, steps);
    // The files are new: only now does the path name what was opened.
    const identity = fileIdentity(path);
    if (identity === null) throw new EngineError('replaced', 'The file went away while it was opened.');
    // Reads the root of every table; a damage further down is found when it is met.
    for (const table of ['sandboxes', 'records', 'packs', 'fingerprints', 'errors', 'error_days', 'peaks']) {
      db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get();
    }
    if (pragmaNumber(db, 'auto_vacuum') === 0)
      throw new EngineError('corrupt', 'The file was not made by this program.');
    return { db, path, identity };
  } catch (error) {
    db.close();
    throw sqliteFailure(error);
  }
};

/**
 * A log whose database somebody removed belongs to nothing, but a new database of the same name would take it for its own, together with
 * any window that has it open still.
 */
const removeOrphans = (folder: string): void => {
  const path = join(folder, databaseName);
  const orphaned = (): boolean =>
    fileIdentity(path) === null && companions.some((tail) => fileIdentity(path + tail) !== null);
  if (!orphaned()) return;
  withLock(folder, () => {
    if (!orphaned()) return;
    for (const tail of companions) rmSync(path + tail, { force: true });
  });
};

/** Opens, waiting for other windows that do the same. */
const openPatiently = (folder: string, steps: readonly Migration[]): OpenDatabase => {
  for (let tries = 1; ; tries += 1) {
    try {
      removeOrphans(folder);
      return openFile(folder, steps);
    } catch (error) {
      const failure = sqliteFailure(error);
      if (tries >= openTries || (failure.trouble !== 'locked' && failure.trouble !== 'replaced')) throw failure;
      pause(20 + 10 * tries * Math.random());
    }
  }
};

/** Runs `action` while no other process does the same. @returns null when another one held the lock all the time. */
const withLock = <T>(folder: string, action: () => T): T | null => {
  const lock = join(folder, 'set-aside.lock');
  for (let tries = 0; tries < 100; tries += 1) {
    let handle: number;
    try {
      handle = openSync(lock, 'wx');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const madeMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (Math.abs(Date.now() - madeMs) > staleLockMs) rmSync(lock, { force: true });
      pause(50);
      continue;
    }
    try {
      return action();
    } finally {
      closeSync(handle);
      rmSync(lock, { force: true });
    }
  }
  return null;
};

/** Whether a file of the folder was put out of the way. */
export const isSetAside = (name: string): boolean => /^history-set-aside-[\dTZ-]+\.sqlite(-wal|-shm)?$/.test(name);

/** The newest few files set aside stay; they are evidence, not an archive. */
const removeOldSetAside = (folder: string): void => {
  const names = readdirSync(folder).filter(isSetAside);
  const stamps = [...new Set(names.map((name) => name.replace(/\.sqlite.*$/, '')))].toSorted();
  for (const stamp of stamps.slice(0, -keptSetAside)) {
    for (const tail of companions) rmSync(join(folder, `${stamp}.sqlite${tail}`), { force: true });
  }
};

/** The database, and the name of the damaged or foreign file that was put out of the way for it, or null. */
export interface OpenedOrRebuilt {
  readonly open: OpenDatabase;
  readonly setAside: string | null;
}

/**
 * Opens the database in `folder`, makes it or brings it up to date. A damaged or foreign file is renamed and a new one made.
 * @param brokenIdentity the file in which damage was met while it was in use: opening it may go well, but it is replaced all the same.
 * @throws EngineError for everything else.
 */
export const openDatabase = (
  folder: string,
  nowMs: number,
  brokenIdentity: string | null = null,
  steps: readonly Migration[] = migrations,
): OpenedOrRebuilt => {
  const attempt = (): OpenDatabase | null => {
    try {
      const open = openPatiently(folder, steps);
      if (brokenIdentity === null || open.identity !== brokenIdentity) return open;
      open.db.close();
    } catch (error) {
      if (sqliteFailure(error).trouble !== 'corrupt') throw error;
    }
    return null;
  };
  const open = attempt();
  if (open !== null) return { open, setAside: null };
  const rebuilt = withLock(folder, (): OpenedOrRebuilt => {
    // Another window may have put it aside already; then the file under the name is a good one.
    const again = attempt();
    if (again !== null) return { open: again, setAside: null };
    const name = `history-set-aside-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}.sqlite`;
    for (const tail of companions) {
      const from = join(folder, databaseName + tail);
      if (fileIdentity(from) !== null) renameSync(from, join(folder, name + tail));
    }
    removeOldSetAside(folder);
    return { open: openPatiently(folder, steps), setAside: name };
  });
  if (rebuilt === null) throw new EngineError('locked', 'Another window is repairing the history.');
  return rebuilt;
};
