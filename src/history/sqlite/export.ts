import type { ExportPage } from '../engine.ts';
import { recordKinds } from '../entries.ts';
import { errorDayLine, errorLine, packLines, peakLine, recordLine, sandboxLine } from '../export-lines.ts';
import { daysOf } from './error-days.ts';
import { int, packText, type Session, type SqlRow, str, strOrNull } from './session.ts';

const rowsPerPage = 200;
const packsPerPage = 20;

/** One part of the export; each ends where its query finds nothing more. */
interface Section {
  readonly name: string;
  /** @param after the last row of the page before, or null. */
  page(session: Session, after: string | null): { readonly lines: readonly string[]; readonly last: string | null };
}

const pageOf = (
  rows: readonly SqlRow[],
  lines: (row: SqlRow) => readonly string[],
  place: (row: SqlRow) => string,
): { readonly lines: readonly string[]; readonly last: string | null } => {
  const last = rows.at(-1);
  return { lines: rows.flatMap(lines), last: last === undefined ? null : place(last) };
};

const no = (row: SqlRow): string => String(int(row, 'no'));

const sections: readonly Section[] = [
  {
    name: 'sandboxes',
    page: (session, after) =>
      pageOf(
        session.all('SELECT * FROM sandboxes WHERE no > ? ORDER BY no LIMIT ?', Number(after ?? 0), rowsPerPage),
        (row) => [
          sandboxLine({
            sandboxId: str(row, 'id'),
            firstMs: int(row, 'first_ms'),
            lastMs: int(row, 'last_ms'),
            data: strOrNull(row, 'data'),
          }),
        ],
        no,
      ),
  },
  {
    name: 'records',
    page: (session, after) =>
      pageOf(
        session.all(
          `SELECT r.no AS no, r.kind AS kind, s.id AS sandbox, r.id AS id, r.ref AS ref, r.at_ms AS at_ms, r.data AS data
           FROM records r JOIN sandboxes s ON s.no = r.sandbox WHERE r.no > ? ORDER BY r.no LIMIT ?`,
          Number(after ?? 0),
          rowsPerPage,
        ),
        (row) => {
          const kind = recordKinds.find((each) => each === str(row, 'kind'));
          if (kind === undefined) return [];
          const record = {
            sandboxId: str(row, 'sandbox'),
            id: strOrNull(row, 'id'),
            atMs: int(row, 'at_ms'),
            data: str(row, 'data'),
          };
          return [recordLine(kind, record, strOrNull(row, 'ref'))];
        },
        no,
      ),
  },
  {
    name: 'errors',
    page: (session, after) => {
      const [sandboxNo = 0, fingerprintNo = 0] = (after ?? '0/0').split('/').map(Number);
      return pageOf(
        session.all(
          `SELECT e.sandbox AS sandbox_no, e.fingerprint AS fingerprint_no, s.id AS sandbox, f.fingerprint AS fingerprint,
             f.data AS data, count, e.first_ms AS first_ms, e.last_ms AS last_ms
           FROM errors e JOIN sandboxes s ON s.no = e.sandbox JOIN fingerprints f ON f.no = e.fingerprint
           WHERE (e.sandbox, e.fingerprint) > (?, ?) ORDER BY e.sandbox, e.fingerprint LIMIT ?`,
          sandboxNo,
          fingerprintNo,
          rowsPerPage,
        ),
        (row) => {
          const place = { sandboxId: str(row, 'sandbox'), fingerprint: str(row, 'fingerprint') };
          const days = daysOf(session, int(row, 'sandbox_no'), int(row, 'fingerprint_no'));
          const data = str(row, 'data');
          const counts = { count: int(row, 'count'), firstMs: int(row, 'first_ms'), lastMs: int(row, 'last_ms') };
          return [errorLine({ ...place, data, ...counts }), ...days.map((each) => errorDayLine({ ...place, ...each }))];
        },
        (row) => `${int(row, 'sandbox_no')}/${int(row, 'fingerprint_no')}`,
      );
    },
  },
  {
    name: 'peaks',
    page: (session, after) =>
      pageOf(
        session.all('SELECT * FROM peaks WHERE command > ? ORDER BY command LIMIT ?', after ?? '', rowsPerPage),
        (row) => {
          const line = peakLine({ key: str(row, 'command'), data: str(row, 'data') });
          return line === null ? [] : [line];
        },
        (row) => str(row, 'command'),
      ),
  },
  {
    name: 'packs',
    page: (session, after) =>
      pageOf(
        session.all('SELECT * FROM packs WHERE no > ? ORDER BY no LIMIT ?', Number(after ?? 0), packsPerPage),
        (row) => packLines(packText(row['data']), strOrNull(row, 'incident')),
        no,
      ),
  },
];

/** @param cursor `<section> <place>`, or null for the first page. */
export const exportPage = (session: Session, cursor: string | null): ExportPage => {
  const space = cursor?.indexOf(' ') ?? -1;
  const name = cursor === null ? null : cursor.slice(0, space);
  const index = name === null ? 0 : sections.findIndex((each) => each.name === name);
  const section = sections[index];
  if (section === undefined) return { lines: [], next: null };
  const after = cursor === null || space === cursor.length - 1 ? null : cursor.slice(space + 1);
  const { lines, last } = section.page(session, after);
  if (last !== null) return { lines, next: `${section.name} ${last}` };
  const following = sections[index + 1];
  return { lines, next: following === undefined ? null : `${following.name} ` };
};
