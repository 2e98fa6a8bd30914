import type { HistoryQuery } from '../../model/history.ts';
import { addDecayed, decayedAt } from '../decay.ts';
import type { ErrorRow } from '../engine.ts';
import { type ErrorEntry, errorCaps, otherErrors, otherErrorsData } from '../entries.ts';
import { type ErrorCounts, ErrorSums } from '../error-sums.ts';
import { SqliteErrorDays } from './error-days.ts';
import { int, type Session, type SqlRow, str } from './session.ts';

const countsOf = (row: SqlRow): ErrorCounts => ({
  count: int(row, 'count'),
  decayed: { value: int(row, 'value'), atMs: int(row, 'value_ms') },
  firstMs: int(row, 'first_ms'),
  lastMs: int(row, 'last_ms'),
});

/** Counts of errors by sandbox and fingerprint. A flood of different fingerprints ends in one that stands for all others. */
export class SqliteErrors {
  readonly days: SqliteErrorDays;
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    this.days = new SqliteErrorDays(session);
  }

  /** Adds to a count. @returns whether this fingerprint is new in this sandbox. */
  add(sandboxNo: number, entry: ErrorEntry): boolean {
    const fingerprintNo = this.#fingerprintNo(entry.fingerprint, entry.data);
    const { count, firstMs, lastMs } = entry;
    if (this.days.isToldBefore(sandboxNo, fingerprintNo, entry)) return false;
    this.days.add(sandboxNo, fingerprintNo, entry);
    return this.#add(sandboxNo, fingerprintNo, {
      count,
      decayed: { value: count, atMs: lastMs },
      firstMs,
      lastMs,
    });
  }

  /** Folds what is over the cap of one sandbox, the least and oldest first. */
  foldSandbox(sandboxNo: number): void {
    const rows = this.#rows('e.sandbox = ?', [sandboxNo]);
    if (rows.length <= errorCaps.perSandbox) return;
    const nowMs = rows.reduce((latest, row) => Math.max(latest, int(row, 'last_ms')), 0);
    const ranked = rows
      .filter((row) => str(row, 'name') !== otherErrors)
      .map((row) => ({ no: int(row, 'no'), weight: decayedAt(countsOf(row).decayed, nowMs) }))
      .toSorted((a, b) => a.weight - b.weight);
    for (const { no } of ranked.slice(0, rows.length - errorCaps.perSandbox + 1)) this.#fold(sandboxNo, no);
  }

  /** Folds a part of what is over the overall cap, the least and oldest first. @returns whether more is. */
  foldOverall(most: number): boolean {
    const total = int(this.#session.get('SELECT count(*) AS n FROM fingerprints') ?? {}, 'n');
    const surplus = total - errorCaps.overall;
    if (surplus <= 0) return false;
    const rows = this.#rows('1', []);
    const nowMs = rows.reduce((latest, row) => Math.max(latest, int(row, 'last_ms')), 0);
    const sums = new ErrorSums(nowMs);
    const numbers = new Map<string, number>();
    for (const row of rows) {
      const name = str(row, 'name');
      sums.add(name, '', countsOf(row));
      numbers.set(name, int(row, 'no'));
    }
    const least = sums
      .rows(rows.length)
      .filter((row) => row.fingerprint !== otherErrors)
      .toSorted((a, b) => a.decayedCount - b.decayedCount)
      .slice(0, Math.min(surplus, most));
    this.#session.transaction(() => {
      for (const { fingerprint } of least) {
        const no = numbers.get(fingerprint) ?? 0;
        const sandboxes = this.#session.all('SELECT sandbox FROM errors WHERE fingerprint = ?', no);
        for (const each of sandboxes) this.#fold(int(each, 'sandbox'), no);
      }
    });
    return surplus > most && least.length > 0;
  }

  /** Removes fingerprints that no sandbox has any more. */
  removeUnused(): void {
    this.#session.run('DELETE FROM fingerprints WHERE no NOT IN (SELECT fingerprint FROM errors)');
  }

  find(query: HistoryQuery, sandboxNo: number | null, nowMs: number): readonly ErrorRow[] {
    const where = ['1'];
    const values: (number | string)[] = [];
    if (sandboxNo !== null) {
      where.push('e.sandbox = ?');
      values.push(sandboxNo);
    }
    if (query.fingerprint !== undefined) {
      where.push('e.fingerprint = (SELECT no FROM fingerprints WHERE fingerprint = ?)');
      values.push(query.fingerprint);
    }
    if (query.sinceMs !== undefined) {
      where.push('e.last_ms >= ?');
      values.push(query.sinceMs);
    }
    const sums = new ErrorSums(nowMs);
    for (const row of this.#rows(where.join(' AND '), values)) {
      sums.add(str(row, 'name'), str(row, 'data'), countsOf(row));
    }
    return sums.rows(query.limit);
  }

  #rows(where: string, values: readonly (number | string)[]): readonly SqlRow[] {
    return this.#session.all(
      `SELECT f.no AS no, f.fingerprint AS name, f.data AS data, count, value, value_ms, first_ms, last_ms
       FROM errors e JOIN fingerprints f ON f.no = e.fingerprint WHERE ${where}`,
      ...values,
    );
  }

  #fingerprintNo(fingerprint: string, data: string): number {
    const known = this.#session.get('SELECT no, data FROM fingerprints WHERE fingerprint = ?', fingerprint);
    if (known === null) {
      return this.#session.insert('INSERT INTO fingerprints (fingerprint, data) VALUES (?, ?)', fingerprint, data);
    }
    const no = int(known, 'no');
    if (str(known, 'data') !== data) this.#session.run('UPDATE fingerprints SET data = ? WHERE no = ?', data, no);
    return no;
  }

  #add(sandboxNo: number, fingerprintNo: number, more: ErrorCounts): boolean {
    const row = this.#session.get(
      'SELECT count, value, value_ms, first_ms, last_ms FROM errors WHERE sandbox = ? AND fingerprint = ?',
      sandboxNo,
      fingerprintNo,
    );
    const before = row === null ? null : countsOf(row);
    const decayed = before === null ? more.decayed : addDecayed(before.decayed, more.decayed.value, more.decayed.atMs);
    this.#session.run(
      `INSERT OR REPLACE INTO errors (sandbox, fingerprint, count, value, value_ms, first_ms, last_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      sandboxNo,
      fingerprintNo,
      more.count + (before?.count ?? 0),
      decayed.value,
      decayed.atMs,
      Math.min(more.firstMs, before?.firstMs ?? more.firstMs),
      Math.max(more.lastMs, before?.lastMs ?? more.lastMs),
    );
    return before === null;
  }

  /** Moves the counts of one fingerprint of one sandbox to those of all others. */
  #fold(sandboxNo: number, fingerprintNo: number): void {
    const row = this.#session.get(
      'SELECT count, value, value_ms, first_ms, last_ms FROM errors WHERE sandbox = ? AND fingerprint = ?',
      sandboxNo,
      fingerprintNo,
    );
    if (row === null) return;
    const otherNo = this.#fingerprintNo(otherErrors, otherErrorsData);
    this.#session.run('DELETE FROM errors WHERE sandbox = ? AND fingerprint = ?', sandboxNo, fingerprintNo);
    // Before the number is given up, which may be given again.
    this.days.move(sandboxNo, fingerprintNo, otherNo);
    this.#session.run(
      'DELETE FROM fingerprints WHERE no = ? AND NOT EXISTS (SELECT 1 FROM errors WHERE fingerprint = no)',
      fingerprintNo,
    );
    this.#add(sandboxNo, otherNo, countsOf(row));
  }
}
