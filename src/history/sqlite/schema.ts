import type { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../engine.ts';
import { datesOldErrors } from './old-errors.ts';

/** Marks the file as ours ("SFOR"); a database without it belongs to someone else. */
export const applicationId = 0x53464f52;

/** Brings a database from the version before to the next one. Never changed once it was shipped; a new one is added instead. */
export type Migration = (db: DatabaseSync) => void;

const toVersion1: Migration = (db) => {
  db.exec(`
    CREATE TABLE sandboxes (
      no INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      first_ms INTEGER NOT NULL,
      last_ms INTEGER NOT NULL,
      data TEXT
    ) STRICT;
    CREATE INDEX sandboxes_time ON sandboxes (last_ms);

    CREATE TABLE records (
      no INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      sandbox INTEGER NOT NULL,
      id TEXT,
      ref TEXT,
      at_ms INTEGER NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX records_id ON records (kind, id, sandbox) WHERE id IS NOT NULL;
    CREATE INDEX records_time ON records (kind, at_ms);
    CREATE INDEX records_sandbox ON records (sandbox, kind, at_ms);
    CREATE INDEX records_ref ON records (kind, ref, at_ms) WHERE ref IS NOT NULL;

    CREATE TABLE packs (
      no INTEGER PRIMARY KEY,
      sandbox INTEGER NOT NULL,
      incident TEXT,
      step_ms INTEGER NOT NULL,
      from_ms INTEGER NOT NULL,
      to_ms INTEGER NOT NULL,
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX packs_sandbox ON packs (sandbox, to_ms);
    CREATE INDEX packs_step ON packs (step_ms, to_ms) WHERE incident IS NULL;
    CREATE INDEX packs_incident ON packs (incident, to_ms) WHERE incident IS NOT NULL;

    CREATE TABLE fingerprints (
      no INTEGER PRIMARY KEY,
      fingerprint TEXT NOT NULL UNIQUE,
      data TEXT NOT NULL
    ) STRICT;

    CREATE TABLE errors (
      sandbox INTEGER NOT NULL,
      fingerprint INTEGER NOT NULL,
      count INTEGER NOT NULL,
      value REAL NOT NULL,
      value_ms INTEGER NOT NULL,
      first_ms INTEGER NOT NULL,
      last_ms INTEGER NOT NULL,
      PRIMARY KEY (sandbox, fingerprint)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX errors_fingerprint ON errors (fingerprint);
    CREATE INDEX errors_time ON errors (last_ms);

    CREATE TABLE peaks (
      command TEXT PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      data TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX peaks_time ON peaks (at_ms);
  `);
};

/** Errors by day, workspace and command; what was counted before gets its first and its last day. */
const toVersion2: Migration = (db) => {
  db.exec(`
    CREATE TABLE error_days (
      sandbox INTEGER NOT NULL,
      fingerprint INTEGER NOT NULL,
      day INTEGER NOT NULL,
      workspace TEXT NOT NULL,
      command TEXT NOT NULL,
      teller TEXT NOT NULL,
      count INTEGER NOT NULL,
      first_ms INTEGER NOT NULL,
      last_ms INTEGER NOT NULL,
      PRIMARY KEY (sandbox, fingerprint, day, workspace, command)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX error_days_fingerprint ON error_days (fingerprint, last_ms);
    CREATE INDEX error_days_time ON error_days (last_ms);
  `);
  datesOldErrors(db);
};

/** From an empty file onwards, in order; the version of a file is how many of these it went through. */
export const migrations: readonly Migration[] = [toVersion1, toVersion2];

/** @returns the value of a one-number pragma. */
export const pragmaNumber = (db: DatabaseSync, name: string): number => {
  const row = db.prepare(`PRAGMA ${name}`).get();
  const value = row === undefined ? undefined : Object.values(row)[0];
  return typeof value === 'number' ? value : 0;
};

/** Ends a transaction that failed. */
export const rollBack = (db: DatabaseSync): void => {
  try {
    db.exec('ROLLBACK');
  } catch {
    // Some failures (a full disk) have rolled back already; then there is nothing left to end.
  }
};

const isEmpty = (db: DatabaseSync): boolean => db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0;

const isOurs = (db: DatabaseSync): boolean => pragmaNumber(db, 'application_id') === applicationId;

/**
 * Looks whether the database may be written, without changing it.
 * @returns its version; 0 for an empty one.
 * @throws EngineError `corrupt` for a database of another program, `newer` for one of a later version of this one.
 */
export const checkVersion = (db: DatabaseSync, steps: readonly Migration[] = migrations): number => {
  if (!isOurs(db)) {
    if (isEmpty(db)) return 0;
    throw new EngineError('corrupt', 'The file is a database of another program.');
  }
  const version = pragmaNumber(db, 'user_version');
  if (version <= steps.length) return version;
  throw new EngineError('newer', `The file has version ${version}; this program knows ${steps.length}.`);
};

/**
 * Brings the database to the newest version, in one transaction: a kill or a full disk in between leaves it as it was.
 * @throws EngineError as {@link checkVersion}.
 */
export const migrate = (db: DatabaseSync, steps: readonly Migration[] = migrations): void => {
  if (checkVersion(db, steps) === steps.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another window may have been faster.
    for (const step of steps.slice(checkVersion(db, steps))) step(db);
    db.exec(`PRAGMA application_id = ${applicationId}`);
    db.exec(`PRAGMA user_version = ${steps.length}`);
    db.exec('COMMIT');
  } catch (error) {
    rollBack(db);
    throw error;
  }
};
