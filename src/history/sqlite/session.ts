import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { deflateSync, inflateSync } from 'node:zlib';
import { sqliteFailure } from './failure.ts';
import { pragmaNumber, rollBack } from './schema.ts';

/** One row as SQLite gives it. */
export type SqlRow = Record<string, SQLOutputValue>;

/** An open database with its prepared statements. Everything thrown is an EngineError. */
export class Session {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  all(sql: string, ...values: SQLInputValue[]): readonly SqlRow[] {
    return this.#guard(() => this.#statement(sql).all(...values));
  }

  get(sql: string, ...values: SQLInputValue[]): SqlRow | null {
    return this.#guard(() => this.#statement(sql).get(...values) ?? null);
  }

  /** @returns how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** Runs an INSERT. @returns the number of the new row. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.#statement(sql).run(...values).lastInsertRowid));
  }

  exec(sql: string): void {
    this.#guard(() => this.db.exec(sql));
  }

  /** A pragma whose answer is one number. */
  pragma(name: string): number {
    return this.#guard(() => pragmaNumber(this.db, name));
  }

  /** All or nothing of what `action` does. Takes the right to write at once, so that it cannot fail half way for lack of it. */
  transaction<T>(action: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = action();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.db);
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.db.close();
  }

  /** Few texts, all from this program: the number of statements is bounded by the source. */
  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw sqliteFailure(error);
    }
  }
}

/** A number of a row; 0 for anything else, which STRICT tables do not hold. */
export const int = (row: SqlRow, name: string): number => {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
};

/** A text of a row; empty for anything else. */
export const str = (row: SqlRow, name: string): string => {
  const value = row[name];
  return typeof value === 'string' ? value : '';
};

/** A text of a row, or null. */
export const strOrNull = (row: SqlRow, name: string): string | null => {
  const value = row[name];
  return typeof value === 'string' ? value : null;
};

/** A text of a row, or null for an empty one, which stands for what is not known. */
export const strOrUnknown = (row: SqlRow, name: string): string | null => str(row, name) || null;

/** Texts shorter than this do not become smaller. */
const worthDeflating = 400;
/** The first byte of every zlib stream with the usual window; no JSON text begins with it. */
const zlibMark = 0x78;
const maximumPackBytes = 16 * 1024 * 1024;

/** @returns a pack as it is stored. */
export const packBlob = (text: string): Uint8Array => {
  const bytes = Buffer.from(text);
  return bytes.length < worthDeflating ? bytes : deflateSync(bytes, { level: 6 });
};

/** @returns the text of a stored pack; empty if it is damaged. */
export const packText = (value: SQLOutputValue | undefined): string => {
  if (!(value instanceof Uint8Array)) return '';
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes[0] !== zlibMark) return bytes.toString();
  try {
    return inflateSync(bytes, { maxOutputLength: maximumPackBytes }).toString();
  } catch {
    // One damaged pack must not hide the others; an empty text is no pack and is skipped by the reader.
    return '';
  }
};
