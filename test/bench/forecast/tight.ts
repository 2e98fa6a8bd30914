import { replay } from '../../../src/cli/replay.ts';
import { readTrace, type TraceFile } from '../../../src/cli/trace-file.ts';
import type { Model } from '../../../src/forecast/combine.ts';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { alertPolicy, type Sensitivity, sensitivities } from '../../../src/monitor/alert-policy.ts';
import type { Case } from './cases.ts';
import { isAlarm, type MethodReport, reportOf } from './report.ts';

/** How far above the highest use of a day its limit is set. */
export const roomShares = [0.25, 0.1, 0.03] as const;

/** The columns that hold memory in use. */
const usedColumns: ReadonlySet<string> = new Set(['mem_usage_bytes', 'mem_working_set_bytes', 'unreclaimable']);

/** What cannot be reclaimed, in each row, bytes. */
function heldBytes({ id, columns, rows }: TraceFile): readonly number[] {
  const at = (name: string): number => columns.indexOf(name);
  const cell = (row: readonly string[], name: string): number => Number(row[at(name)] || Number.POSITIVE_INFINITY);
  return [...rows].map((row) => {
    const held = Math.min(cell(row, 'mem_working_set_bytes'), cell(row, 'unreclaimable'));
    if (!Number.isFinite(held)) throw new Error(`${id} has a row without memory: it cannot be put under another limit`);
    return held;
  });
}

/** The same run under a limit that is so much above the highest use. Fair for memory that cannot be reclaimed: that is what is followed. */
function underLimit(trace: TraceFile, held: readonly number[], limitBytes: number): TraceFile {
  const rows = [...trace.rows].map((row, i) =>
    row.map((text, column) => {
      const name = trace.columns[column] ?? '';
      if (name === 'mem_limit_bytes') return String(limitBytes);
      return usedColumns.has(name) ? String(held[i] ?? 0) : text;
    }),
  );
  return { ...trace, rows };
}

/**
 * False alarms on quiet days whose limits are just above what they need.
 * @param days runs that do not break
 * @param models one for each family, none of which has seen it
 */
export async function tightReports(
  days: readonly Case[],
  models: ReadonlyMap<string, Model>,
  say: (text: string) => void,
): Promise<readonly { readonly room: number; readonly sensitivity: Sensitivity; readonly report: MethodReport }[]> {
  const found: { room: number; sensitivity: Sensitivity; report: MethodReport }[] = [];
  for (const room of roomShares) {
    say(`${days.length} days with ${100 * room} % of room …`);
    const alarms = new Map<string, Map<Sensitivity, readonly boolean[]>>();
    for (const one of days) {
      const trace = await readTrace(one.csvFile);
      const held = heldBytes(trace);
      const tight = underLimit(trace, held, Math.max(...held) * (1 + room));
      const model = models.get(one.family);
      alarms.set(
        one.csvFile,
        new Map(
          sensitivities.map((sensitivity) => {
            const forecaster = createForecaster(model === undefined ? {} : { model });
            return [sensitivity, [...replay(tight, { policy: alertPolicy(sensitivity), forecaster })].map(isAlarm)];
          }),
        ),
      );
    }
    for (const sensitivity of sensitivities) {
      const report = reportOf(
        `${sensitivity}, ${room}`,
        days,
        (one) => alarms.get(one.csvFile)?.get(sensitivity) ?? [],
      );
      found.push({ room, sensitivity, report });
    }
  }
  return found;
}
