import { statSync } from 'node:fs';
import type { HistoryBounds, HistoryQuery } from '../../model/history.ts';
import {
  type Engine,
  EngineError,
  type ErrorDayRow,
  type ErrorRow,
  type PeakRow,
  type RecordRow,
  type SandboxRow,
} from '../engine.ts';
import {
  type Entry,
  type PackEntry,
  type PeakEntry,
  type RecordEntry,
  type RecordKind,
  type SandboxEntry,
  sameChangeMs,
  seenEveryMs,
} from '../entries.ts';
import { countPeak, emptyHistogram, histogramText, parseHistogram } from '../peak-histogram.ts';
import { joinSandboxData } from '../sandbox-data.ts';
import { SqliteErrors } from './errors.ts';
import { exportPage } from './export.ts';
import { removeOwnPeaks } from './forget.ts';
import { fileIdentity, type OpenDatabase } from './open.ts';
import { createPruner, removeSandbox } from './prune.ts';
import { findIncidentPacks, findPacks, findPeaks, findRecords, findSandboxes } from './queries.ts';
import { migrations } from './schema.ts';
import { int, packBlob, Session, str, strOrNull } from './session.ts';

/** The log of the last writes may be this long after pruning. */
const logBytes = 1024 * 1024;
/** Numbers of sandboxes that are remembered between writes. */
const knownSandboxes = 2_000;

/** The history in one SQLite file that all windows share. */
export class SqliteEngine implements Engine {
  readonly name = 'sqlite';
  readonly identity: string;
  readonly #path: string;
  readonly #session: Session;
  readonly #errors: SqliteErrors;
  readonly #numbers = new Map<string, number>();
  readonly #prune: Engine['pruneStep'];
  #numbersVersion = -1;
  #askedVersion = -1;

  constructor(open: OpenDatabase) {
    this.#path = open.path;
    this.identity = open.identity;
    this.#session = new Session(open.db);
    this.#errors = new SqliteErrors(this.#session);
    this.#prune = createPruner(this.#session, this.#errors);
  }

  write(entries: readonly Entry[]): void {
    this.checkPlace();
    try {
      this.#session.transaction(() => {
        if (this.#session.pragma('user_version') > migrations.length) {
          throw new EngineError('newer', 'A newer version of the extension has taken over the file.');
        }
        this.#forgetNumbersIfChanged();
        const crowded = new Set<number>();
        for (const entry of entries) this.#writeOne(entry, crowded);
        for (const sandboxNo of crowded) this.#errors.foldSandbox(sandboxNo);
      });
    } catch (error) {
      // Rolled back: the numbers given in between are not there.
      this.#numbers.clear();
      throw error;
    }
  }

  checkPlace(): void {
    // Another window may have put a damaged file aside, or a person removed it: nobody else reads or writes there any more.
    if (fileIdentity(this.#path) !== this.identity) throw new EngineError('replaced', 'The file was replaced.');
  }

  sandboxes(query: HistoryQuery): readonly SandboxRow[] {
    return findSandboxes(this.#session, query);
  }

  records(kind: RecordKind, query: HistoryQuery): readonly RecordRow[] {
    return findRecords(this.#session, kind, query);
  }

  errors(query: HistoryQuery, nowMs: number): readonly ErrorRow[] {
    return this.#errors.find(query, this.#asked(query), nowMs);
  }

  errorDays(query: HistoryQuery): readonly ErrorDayRow[] {
    return this.#errors.days.find(query, this.#asked(query));
  }

  packs(sandboxId: string, fromMs: number, toMs: number): readonly string[] {
    return findPacks(this.#session, sandboxId, fromMs, toMs);
  }

  incidentPacks(sandboxId: string, incidentId: string): readonly string[] {
    return findIncidentPacks(this.#session, sandboxId, incidentId);
  }

  peaks(): readonly PeakRow[] {
    return findPeaks(this.#session);
  }

  changedElsewhere(): boolean {
    this.checkPlace();
    const version = this.#session.pragma('data_version');
    const changed = version !== this.#askedVersion;
    this.#askedVersion = version;
    return changed;
  }

  forgetSandbox(sandboxId: string): void {
    this.#forget(() => {
      const no = this.#find(sandboxId);
      if (no === null) return;
      removeOwnPeaks(this.#session, no);
      removeSandbox(this.#session, no);
      this.#errors.removeUnused();
    });
  }

  forgetEverything(): void {
    this.#forget(() => {
      for (const table of ['packs', 'records', 'errors', 'error_days', 'fingerprints', 'peaks', 'sandboxes']) {
        this.#session.run(`DELETE FROM ${table}`);
      }
    });
  }

  exportPage(cursor: string | null): ReturnType<Engine['exportPage']> {
    return exportPage(this.#session, cursor);
  }

  pruneStep(nowMs: number, bounds: HistoryBounds): boolean {
    if (this.#prune(nowMs, bounds)) {
      // Among what was removed may be a sandbox that comes back.
      this.#numbers.clear();
      return true;
    }
    // Empties the log, which else keeps the size it once had. Not while another window reads; then the next round does it.
    if (this.#sizeOf('-wal') > logBytes) this.#session.all('PRAGMA wal_checkpoint(TRUNCATE)');
    return false;
  }

  sizeBytes(): number {
    return ['', '-wal', '-shm'].reduce((sum, tail) => sum + this.#sizeOf(tail), 0);
  }

  close(): void {
    this.#session.close();
  }

  #sizeOf(tail: string): number {
    return statSync(this.#path + tail, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Removes, and overwrites what was there in the file and in its log. */
  #forget(remove: () => void): void {
    this.checkPlace();
    this.#session.exec('PRAGMA secure_delete = ON');
    try {
      this.#session.transaction(remove);
    } finally {
      this.#numbers.clear();
      this.#session.exec('PRAGMA secure_delete = OFF');
    }
    // Not while another window reads; then the log is emptied by the next one that can.
    this.#session.all('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#session.all('PRAGMA incremental_vacuum');
  }

  #writeOne(entry: Entry, crowded: Set<number>): void {
    switch (entry.k) {
      case 'sandbox':
        this.#writeSandbox(entry);
        return;
      case 'record':
        this.#writeRecord(entry);
        return;
      case 'withdraw':
        this.#withdraw(entry.id);
        return;
      case 'pack':
        this.#writePack(entry);
        return;
      case 'error': {
        const sandboxNo = this.#numberOf(entry.sandboxId, entry.lastMs);
        if (this.#errors.add(sandboxNo, entry)) crowded.add(sandboxNo);
        return;
      }
      case 'peak':
        this.#writePeak(entry);
        return;
    }
  }

  #writeSandbox(entry: SandboxEntry): void {
    const no = this.#numberOf(entry.sandboxId, entry.atMs);
    const before = this.#session.get('SELECT data FROM sandboxes WHERE no = ?', no);
    this.#session.run(
      'UPDATE sandboxes SET data = ?, last_ms = ?, first_ms = min(first_ms, ?) WHERE no = ?',
      joinSandboxData(before === null ? null : strOrNull(before, 'data'), entry.data, entry.atMs),
      entry.atMs,
      entry.atMs,
      no,
    );
  }

  #writeRecord(entry: RecordEntry): void {
    const { kind, id, ref, atMs, data } = entry;
    const no = this.#numberOf(entry.sandboxId, atMs);
    if (kind === 'transition' && this.#isKnownChange(no, atMs, data)) return;
    if (id !== null) {
      this.#session.run('DELETE FROM records WHERE kind = ? AND id = ? AND sandbox = ?', kind, id, no);
      if (kind === 'incident') this.#session.run('DELETE FROM packs WHERE incident = ? AND sandbox = ?', id, no);
    }
    this.#session.run(
      'INSERT INTO records (kind, sandbox, id, ref, at_ms, data) VALUES (?, ?, ?, ?, ?, ?)',
      kind,
      no,
      id,
      ref,
      atMs,
      data,
    );
  }

  /** Whether the state before, or soon after, is the same already: every window sees every change. */
  #isKnownChange(sandboxNo: number, atMs: number, data: string): boolean {
    const around = [
      this.#session.get(
        `SELECT data FROM records WHERE sandbox = ? AND kind = 'transition' AND at_ms <= ?
         ORDER BY at_ms DESC, no DESC LIMIT 1`,
        sandboxNo,
        atMs,
      ),
      this.#session.get(
        `SELECT data FROM records WHERE sandbox = ? AND kind = 'transition' AND at_ms > ? AND at_ms < ?
         ORDER BY at_ms, no LIMIT 1`,
        sandboxNo,
        atMs,
        atMs + sameChangeMs,
      ),
    ];
    return around.some((row) => row !== null && str(row, 'data') === data);
  }

  #withdraw(incidentId: string): void {
    this.#session.run("DELETE FROM records WHERE kind = 'incident' AND id = ?", incidentId);
    this.#session.run('DELETE FROM packs WHERE incident = ?', incidentId);
  }

  #writePack(entry: PackEntry): void {
    const no = this.#numberOf(entry.sandboxId, entry.toMs);
    if (entry.incidentId === null) {
      // A measured sandbox is a seen one; a minute is exact enough.
      this.#session.run(
        'UPDATE sandboxes SET last_ms = ?1 WHERE no = ?2 AND last_ms < ?1 - ?3',
        entry.toMs,
        no,
        seenEveryMs,
      );
    }
    this.#session.run(
      'INSERT INTO packs (sandbox, incident, step_ms, from_ms, to_ms, data) VALUES (?, ?, ?, ?, ?, ?)',
      no,
      entry.incidentId,
      entry.stepMs,
      entry.fromMs,
      entry.toMs,
      packBlob(entry.data),
    );
  }

  #writePeak(entry: PeakEntry): void {
    const row = this.#session.get('SELECT data FROM peaks WHERE command = ?', entry.key);
    const before = row === null ? null : parseHistogram(str(row, 'data'));
    const after = countPeak(before ?? emptyHistogram, entry.key, entry);
    this.#session.run(
      'INSERT OR REPLACE INTO peaks (command, at_ms, data) VALUES (?, ?, ?)',
      entry.key,
      after.lastRunAtMs,
      histogramText(after),
    );
  }

  /** The number of a sandbox, made if it has none; the caller is in a transaction. */
  #numberOf(sandboxId: string, atMs: number): number {
    const known = this.#numbers.get(sandboxId) ?? this.#find(sandboxId);
    const no =
      known ??
      this.#session.insert(
        'INSERT INTO sandboxes (id, first_ms, last_ms, data) VALUES (?, ?, ?, NULL)',
        sandboxId,
        atMs,
        atMs,
      );
    if (this.#numbers.size >= knownSandboxes) this.#numbers.clear();
    this.#numbers.set(sandboxId, no);
    return no;
  }

  /** The number of the sandbox that is asked for; null for all of them, 0 for one that is not known. */
  #asked({ sandboxId }: HistoryQuery): number | null {
    return sandboxId === undefined ? null : (this.#find(sandboxId) ?? 0);
  }

  #find(sandboxId: string): number | null {
    const row = this.#session.get('SELECT no FROM sandboxes WHERE id = ?', sandboxId);
    return row === null ? null : int(row, 'no');
  }

  /** Another window may have forgotten a sandbox; its number is never given again. */
  #forgetNumbersIfChanged(): void {
    const version = this.#session.pragma('data_version');
    if (version !== this.#numbersVersion) this.#numbers.clear();
    this.#numbersVersion = version;
  }
}
