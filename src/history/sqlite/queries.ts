import type { HistoryQuery } from '../../model/history.ts';
import type { PeakRow, RecordRow, SandboxRow } from '../engine.ts';
import { peakCap, type RecordKind } from '../entries.ts';
import { int, packText, type Session, str, strOrNull } from './session.ts';

/** Those seen last first. */
export const findSandboxes = (session: Session, query: HistoryQuery): readonly SandboxRow[] => {
  return session
    .all(
      `SELECT * FROM sandboxes WHERE (?1 IS NULL OR id = ?1) AND last_ms >= ?2 ORDER BY last_ms DESC, no DESC LIMIT ?3`,
      query.sandboxId ?? null,
      query.sinceMs ?? Number.MIN_SAFE_INTEGER,
      query.limit,
    )
    .map((row) => {
      const end = session.get(
        `SELECT ref, at_ms FROM records WHERE sandbox = ? AND kind = 'incident' AND ref IS NOT NULL
           ORDER BY at_ms DESC LIMIT 1`,
        int(row, 'no'),
      );
      return {
        sandboxId: str(row, 'id'),
        firstMs: int(row, 'first_ms'),
        lastMs: int(row, 'last_ms'),
        data: strOrNull(row, 'data'),
        end: end === null ? null : { cause: str(end, 'ref'), atMs: int(end, 'at_ms') },
      };
    });
};

/** Newest first. */
export const findRecords = (session: Session, kind: RecordKind, query: HistoryQuery): readonly RecordRow[] => {
  const where = ['r.kind = ?'];
  const values: (string | number)[] = [kind];
  if (query.sandboxId !== undefined) {
    where.push('r.sandbox = (SELECT no FROM sandboxes WHERE id = ?)');
    values.push(query.sandboxId);
  }
  if (query.fingerprint !== undefined && kind === 'fix') {
    where.push('r.ref = ?');
    values.push(query.fingerprint);
  }
  if (query.sinceMs !== undefined) {
    where.push('r.at_ms >= ?');
    values.push(query.sinceMs);
  }
  return session
    .all(
      `SELECT s.id AS sandbox, r.id AS id, r.at_ms AS at_ms, r.data AS data
         FROM records r JOIN sandboxes s ON s.no = r.sandbox
         WHERE ${where.join(' AND ')} ORDER BY r.at_ms DESC, r.no DESC LIMIT ?`,
      ...values,
      query.limit,
    )
    .map((row) => ({
      sandboxId: str(row, 'sandbox'),
      id: strOrNull(row, 'id'),
      atMs: int(row, 'at_ms'),
      data: str(row, 'data'),
    }));
};

/** Packs of the black box and of incidents that overlap the time, oldest first. */
export const findPacks = (session: Session, sandboxId: string, fromMs: number, toMs: number): readonly string[] => {
  return session
    .all(
      `SELECT data FROM packs WHERE sandbox = (SELECT no FROM sandboxes WHERE id = ?)
         AND to_ms >= ? AND from_ms <= ? ORDER BY to_ms`,
      sandboxId,
      fromMs,
      toMs,
    )
    .map((row) => packText(row['data']));
};

/** Oldest first. */
export const findIncidentPacks = (session: Session, sandboxId: string, incidentId: string): readonly string[] => {
  return session
    .all(
      `SELECT data FROM packs WHERE incident = ? AND sandbox = (SELECT no FROM sandboxes WHERE id = ?)
         ORDER BY to_ms, no`,
      incidentId,
      sandboxId,
    )
    .map((row) => packText(row['data']));
};

/** Of the commands run last. */
export const findPeaks = (session: Session): readonly PeakRow[] => {
  return session
    .all('SELECT command, data FROM peaks ORDER BY at_ms DESC LIMIT ?', peakCap)
    .map((row) => ({ key: str(row, 'command'), data: str(row, 'data') }));
};
