import { recordKinds } from './entries.ts';
import { errorDayLine, errorLine, peakLine, recordLine, sandboxLine } from './export-lines.ts';
import type { Tables } from './tables.ts';

/** The lines of the export for all that is in the tables. */
export function* tableLines(tables: Tables): Generator<string> {
  const all = { limit: Number.POSITIVE_INFINITY };
  for (const row of tables.sandboxes(all)) {
    const { end: _, ...rest } = row;
    yield sandboxLine(rest);
  }
  for (const kind of recordKinds) {
    for (const row of tables.records(kind, all)) yield recordLine(kind, row, row.ref);
  }
  for (const row of tables.errors.bySandbox()) yield errorLine(row);
  for (const row of tables.errors.days(all)) yield errorDayLine(row);
  for (const row of tables.peaks()) {
    const line = peakLine(row);
    if (line !== null) yield line;
  }
}
