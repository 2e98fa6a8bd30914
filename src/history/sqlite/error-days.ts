import { dayOf } from '../../model/day.ts';
import type { HistoryQuery } from '../../model/history.ts';
import type { ErrorDayRow } from '../engine.ts';
import type { ErrorEntry } from '../entries.ts';
import { isToldBefore, type KeptDay, mostPairsPerDay } from '../error-days.ts';
import { workspaceOfData } from '../sandbox-workspace.ts';
import { int, type Session, type SqlRow, str, strOrNull, strOrUnknown } from './session.ts';

/** A key has no NULL; nothing that is known has an empty name. */
const unknown = '';

const dayFrom = (row: SqlRow): KeptDay => ({
  day: int(row, 'day'),
  workspace: strOrUnknown(row, 'workspace'),
  command: strOrUnknown(row, 'command'),
  window: strOrUnknown(row, 'teller'),
  count: int(row, 'count'),
  firstMs: int(row, 'first_ms'),
  lastMs: int(row, 'last_ms'),
});

/** @returns the days of one error in one sandbox. */
export const daysOf = (session: Session, sandboxNo: number, fingerprintNo: number): readonly KeptDay[] =>
  session.all('SELECT * FROM error_days WHERE sandbox = ? AND fingerprint = ?', sandboxNo, fingerprintNo).map(dayFrom);

/** The days on which errors came, by sandbox, fingerprint, workspace and command. */
export class SqliteErrorDays {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  add(sandboxNo: number, fingerprintNo: number, entry: ErrorEntry): void {
    const { count, firstMs, lastMs, command = null, window = null } = entry;
    const workspace = entry.workspace === undefined ? this.#workspaceOf(sandboxNo) : entry.workspace;
    this.#add(sandboxNo, fingerprintNo, { day: dayOf(lastMs), workspace, command, window, count, firstMs, lastMs });
  }

  /** Whether another window has told of it. */
  isToldBefore(sandboxNo: number, fingerprintNo: number, { window, lastMs }: ErrorEntry): boolean {
    return window !== undefined && isToldBefore(daysOf(this.#session, sandboxNo, fingerprintNo), window, lastMs);
  }

  /** Moves the days of one error of one sandbox to another one. */
  move(sandboxNo: number, fromNo: number, toNo: number): void {
    const days = daysOf(this.#session, sandboxNo, fromNo);
    this.#session.run('DELETE FROM error_days WHERE sandbox = ? AND fingerprint = ?', sandboxNo, fromNo);
    for (const each of days) this.#add(sandboxNo, toNo, each);
  }

  /** Seen last first. */
  find(query: HistoryQuery, sandboxNo: number | null): readonly ErrorDayRow[] {
    const where = ['1'];
    const values: (number | string)[] = [];
    if (sandboxNo !== null) {
      where.push('d.sandbox = ?');
      values.push(sandboxNo);
    }
    if (query.fingerprint !== undefined) {
      where.push('d.fingerprint = (SELECT no FROM fingerprints WHERE fingerprint = ?)');
      values.push(query.fingerprint);
    }
    if (query.workspace !== undefined) {
      where.push('d.workspace = ?');
      values.push(query.workspace);
    }
    if (query.sinceMs !== undefined) {
      where.push('d.last_ms >= ?');
      values.push(query.sinceMs);
    }
    return this.#session
      .all(
        `SELECT s.id AS sandbox, f.fingerprint AS fingerprint, d.day AS day, d.workspace AS workspace,
           d.command AS command, d.count AS count, d.first_ms AS first_ms, d.last_ms AS last_ms
         FROM error_days d JOIN sandboxes s ON s.no = d.sandbox JOIN fingerprints f ON f.no = d.fingerprint
         WHERE ${where.join(' AND ')} ORDER BY d.last_ms DESC LIMIT ?`,
        ...values,
        query.limit,
      )
      .map((row) => {
        const { window: _, ...day } = dayFrom(row);
        return { sandboxId: str(row, 'sandbox'), fingerprint: str(row, 'fingerprint'), ...day };
      });
  }

  #workspaceOf(sandboxNo: number): string | null {
    const row = this.#session.get('SELECT data FROM sandboxes WHERE no = ?', sandboxNo);
    return workspaceOfData(row === null ? null : strOrNull(row, 'data'));
  }

  #add(sandboxNo: number, fingerprintNo: number, more: KeptDay): void {
    if (this.#raise(sandboxNo, fingerprintNo, more)) return;
    const pairs = this.#session.get(
      'SELECT count(*) AS n FROM error_days WHERE sandbox = ? AND fingerprint = ? AND day = ?',
      sandboxNo,
      fingerprintNo,
      more.day,
    );
    const isCrowded = int(pairs ?? {}, 'n') >= mostPairsPerDay;
    const told = isCrowded ? { ...more, workspace: null, command: null } : more;
    if (isCrowded && this.#raise(sandboxNo, fingerprintNo, told)) return;
    this.#session.run(
      `INSERT INTO error_days (sandbox, fingerprint, day, workspace, command, teller, count, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      sandboxNo,
      fingerprintNo,
      told.day,
      told.workspace ?? unknown,
      told.command ?? unknown,
      told.window ?? unknown,
      told.count,
      told.firstMs,
      told.lastMs,
    );
  }

  /** @returns whether there is such a day. */
  #raise(sandboxNo: number, fingerprintNo: number, more: KeptDay): boolean {
    const changed = this.#session.run(
      `UPDATE error_days SET count = count + ?, first_ms = min(first_ms, ?), last_ms = max(last_ms, ?),
         teller = coalesce(nullif(?, ''), teller)
       WHERE sandbox = ? AND fingerprint = ? AND day = ? AND workspace = ? AND command = ?`,
      more.count,
      more.firstMs,
      more.lastMs,
      more.window ?? unknown,
      sandboxNo,
      fingerprintNo,
      more.day,
      more.workspace ?? unknown,
      more.command ?? unknown,
    );
    return changed > 0;
  }
}
