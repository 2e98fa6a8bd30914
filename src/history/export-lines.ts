import { dayText } from '../model/day.ts';
import type { ErrorDayRow, PeakRow, RecordRow, SandboxRow } from './engine.ts';
import type { RecordKind } from './entries.ts';
import { parseJson } from './json.ts';
import { parseHistogram, peakOfHistogram } from './peak-histogram.ts';
import { unpackSamples } from './sample-pack.ts';

/*
 * The lines of the export. What is stored is shown as it is, unknown fields included: an export must not lose what a later version
 * could read.
 */

const fields = (data: string | null): object => {
  const value = data === null ? null : parseJson(data);
  return typeof value === 'object' && value !== null ? value : {};
};

export const sandboxLine = (row: Omit<SandboxRow, 'end'>): string =>
  JSON.stringify({
    kind: 'sandbox',
    sandboxId: row.sandboxId,
    firstSeenAtMs: row.firstMs,
    lastSeenAtMs: row.lastMs,
    ...fields(row.data),
  });

export const recordLine = (kind: RecordKind, row: RecordRow, ref: string | null): string =>
  JSON.stringify({
    kind,
    sandboxId: row.sandboxId,
    atMs: row.atMs,
    ...fields(row.data),
    ...(kind === 'fix' && { fingerprint: ref }),
  });

/** Counts of one error in one sandbox. */
export interface ExportedError {
  readonly sandboxId: string;
  readonly fingerprint: string;
  readonly data: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export const errorLine = (row: ExportedError): string =>
  JSON.stringify({
    kind: 'error',
    sandboxId: row.sandboxId,
    fingerprint: row.fingerprint,
    ...fields(row.data),
    count: row.count,
    firstSeenAtMs: row.firstMs,
    lastSeenAtMs: row.lastMs,
  });

export const errorDayLine = (row: ErrorDayRow): string =>
  JSON.stringify({
    kind: 'error-day',
    sandboxId: row.sandboxId,
    fingerprint: row.fingerprint,
    day: dayText(row.day),
    workspace: row.workspace,
    commandKey: row.command,
    count: row.count,
    firstSeenAtMs: row.firstMs,
    lastSeenAtMs: row.lastMs,
  });

export const peakLine = (row: PeakRow): string | null => {
  const histogram = parseHistogram(row.data);
  const peak = histogram === null ? null : peakOfHistogram(histogram);
  return peak === null ? null : JSON.stringify({ kind: 'command-peak', commandKey: row.key, ...peak });
};

/** One line for each sample; those of an incident name it. */
export const packLines = (packed: string, incidentId: string | null): readonly string[] =>
  unpackSamples(packed).map((sample) => JSON.stringify(incidentId === null ? sample : { ...sample, incidentId }));
