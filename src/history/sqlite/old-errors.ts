import type { DatabaseSync } from 'node:sqlite';
import { dayOf } from '../../model/day.ts';
import { workspaceOfData } from '../sandbox-workspace.ts';

/**
 * Gives what version 1 counted the days that are certain: all of it where the first and the last time fall on one day, else one on each
 * of the two. The workspace is that of the sandbox's metadata; the command is not known. What has days keeps them as they are.
 */
export const datesOldErrors = (db: DatabaseSync): void => {
  const insert = db.prepare(
    `INSERT INTO error_days (sandbox, fingerprint, day, workspace, command, teller, count, first_ms, last_ms)
     VALUES (?, ?, ?, ?, '', '', ?, ?, ?)`,
  );
  const errors = db.prepare(
    `SELECT fingerprint, count, first_ms, last_ms FROM errors WHERE sandbox = ?
     AND NOT EXISTS (SELECT 1 FROM error_days AS d WHERE d.sandbox = errors.sandbox AND d.fingerprint = errors.fingerprint)`,
  );
  for (const { no, data } of db.prepare('SELECT no, data FROM sandboxes').all()) {
    if (typeof no !== 'number') continue;
    const workspace = workspaceOfData(typeof data === 'string' ? data : null) ?? '';
    for (const row of errors.all(no)) {
      const [fingerprint, count, firstMs, lastMs] = [row['fingerprint'], row['count'], row['first_ms'], row['last_ms']];
      if (typeof fingerprint !== 'number' || typeof count !== 'number') continue;
      if (typeof firstMs !== 'number' || typeof lastMs !== 'number') continue;
      const add = (times: number, fromMs: number, toMs: number): void => {
        insert.run(no, fingerprint, dayOf(toMs), workspace, times, fromMs, toMs);
      };
      if (dayOf(firstMs) === dayOf(lastMs)) add(count, firstMs, lastMs);
      else {
        if (count > 1) add(1, firstMs, firstMs);
        add(1, lastMs, lastMs);
      }
    }
  }
};
