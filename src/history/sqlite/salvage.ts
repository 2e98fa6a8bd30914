import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { datesOldErrors } from './old-errors.ts';
import type { Session, SqlRow } from './session.ts';

/** The columns taken over, by table; samples of the black box stay behind, they are many and worth little without order. */
const tables: readonly { readonly name: string; readonly columns: readonly string[]; readonly where: string }[] = [
  { name: 'sandboxes', columns: ['no', 'id', 'first_ms', 'last_ms', 'data'], where: '' },
  { name: 'records', columns: ['no', 'kind', 'sandbox', 'id', 'ref', 'at_ms', 'data'], where: '' },
  { name: 'fingerprints', columns: ['no', 'fingerprint', 'data'], where: '' },
  {
    name: 'errors',
    columns: ['sandbox', 'fingerprint', 'count', 'value', 'value_ms', 'first_ms', 'last_ms'],
    where: '',
  },
  {
    name: 'error_days',
    columns: ['sandbox', 'fingerprint', 'day', 'workspace', 'command', 'teller', 'count', 'first_ms', 'last_ms'],
    where: '',
  },
  { name: 'peaks', columns: ['command', 'at_ms', 'data'], where: '' },
  {
    name: 'packs',
    columns: ['no', 'sandbox', 'incident', 'step_ms', 'from_ms', 'to_ms', 'data'],
    where: 'WHERE incident IS NOT NULL',
  },
];

/** Reads a table from one end until the damage. */
function* readable(db: DatabaseSync, sql: string): Generator<SqlRow> {
  try {
    yield* db.prepare(sql).iterate();
  } catch {
    // This is where the damage begins, which is already told to the person; what lies before it was yielded.
  }
}

/**
 * Copies what can still be read of a damaged file into a new, empty one: each table from both ends, up to the damage. Errors without
 * days get those that are certain.
 * @returns how many rows were saved; 0 when the file is no database at all.
 */
export const salvage = (folder: string, name: string, into: Session): number => {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined) return 0;
  let db: DatabaseSync;
  try {
    db = new sqlite.DatabaseSync(join(folder, name));
  } catch {
    // Not a database: there is nothing to save, and the file was set aside for the person.
    return 0;
  }
  let saved = 0;
  try {
    for (const { name: table, columns, where } of tables) {
      const select = `SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED ${where}`;
      const insert = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
      const key = columns[0] ?? 'no';
      into.transaction(() => {
        for (const order of ['ASC', 'DESC']) {
          for (const row of readable(db, `${select} ORDER BY ${key} ${order}`)) {
            const changes = into.run(insert, ...columns.map((column) => row[column] ?? null));
            saved += changes;
            // From the other end everything is known already: the table was readable as a whole.
            if (order === 'DESC' && changes === 0) break;
          }
        }
      });
    }
    // A file of version 1 has no days, and of a later one they may lie in the damage.
    into.transaction(() => datesOldErrors(into.db));
  } finally {
    db.close();
  }
  return saved;
};
