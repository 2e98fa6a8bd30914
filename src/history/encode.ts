import type { RecognisedError } from '../model/error-event.ts';
import type { FixOutcome } from '../model/fix.ts';
import type { CommandRun, DiagnosticsNote } from '../model/history.ts';
import type { Incident, LifecycleTransition } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Warning } from '../model/warning.ts';
import type { Entry, ErrorEntry, PackEntry, RecordEntry, RecordKind } from './entries.ts';
import { keptDiagnostics } from './kept-diagnostics.ts';
import { maximumDiagnostics, type Redactor } from './redactor.ts';
import { packsOf } from './sample-pack.ts';
import type { StoredSandbox } from './stored.ts';

/*
 * From what the application tells to entries, redacted. Things that may be long are generators: the caller takes one entry at a time and
 * lets the editor breathe in between.
 */

/** Times are kept in whole milliseconds; one that is no number at all becomes 0 and is the first to be pruned. */
const whole = (ms: number): number => (Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : 0);

const record = (
  redactor: Redactor,
  kind: RecordKind,
  ids: { readonly sandboxId: string; readonly id?: string; readonly ref?: string | null },
  atMs: number,
  value: unknown,
): RecordEntry => ({
  k: 'record',
  kind,
  sandboxId: redactor.id(ids.sandboxId),
  id: ids.id === undefined ? null : redactor.id(ids.id),
  ref: ids.ref === undefined || ids.ref === null ? null : redactor.id(ids.ref),
  atMs: whole(atMs),
  data: JSON.stringify(redactor.value(value)),
});

/** Where a sandbox was seen. */
interface SeenIn {
  readonly place: string | null;
  readonly workspace: string | null;
}

export const encodeSandbox = (redactor: Redactor, sandbox: Sandbox, atMs: number, seenIn: SeenIn): Entry => {
  const stored: StoredSandbox = {
    provider: sandbox.provider,
    ...seenIn,
    name: sandbox.name,
    image: sandbox.image,
    metadata: sandbox.metadata,
    createdAtMs: sandbox.createdAtMs,
    expiresAtMs: sandbox.expiry?.expiresAtMs ?? null,
    phase: sandbox.phase,
    rawState: sandbox.rawState,
    reason: sandbox.reason,
    endedAtMs: null,
  };
  return {
    k: 'sandbox',
    sandboxId: redactor.id(sandbox.id),
    atMs: whole(atMs),
    data: JSON.stringify(redactor.value(stored)),
  };
};

export const encodeTransition = (redactor: Redactor, sandboxId: string, transition: LifecycleTransition): Entry => {
  const { atMs, phase, rawState, reason } = transition;
  return record(redactor, 'transition', { sandboxId }, atMs, { phase, rawState, reason });
};

export const encodeWarning = (redactor: Redactor, warning: Warning): Entry =>
  record(redactor, 'warning', { sandboxId: warning.sandboxId, id: warning.id }, warning.startedAtMs, warning);

export const encodeFix = (
  redactor: Redactor,
  outcome: FixOutcome,
  fingerprint: string | null,
  workspace: string | null,
): Entry => {
  const told = workspace === null ? outcome : { ...outcome, workspace };
  return record(redactor, 'fix', { sandboxId: outcome.sandboxId, ref: fingerprint }, outcome.startedAtMs, told);
};

export const encodeCommand = (redactor: Redactor, run: CommandRun): Entry =>
  record(redactor, 'command', { sandboxId: run.sandboxId, id: run.commandId }, run.startedAtMs, run);

export const encodeDiagnostics = (redactor: Redactor, note: DiagnosticsNote): Entry => {
  const { sandboxId, atMs, text } = note;
  const entry = record(redactor, 'diagnostics', { sandboxId }, atMs, {});
  const kept = {
    sandboxId: redactor.id(sandboxId),
    atMs,
    text: redactor.ending(keptDiagnostics(text), maximumDiagnostics),
  };
  return { ...entry, data: JSON.stringify(kept) };
};

/** Some occurrences of one error on one day. */
export interface CountedError {
  readonly sandboxId: string;
  readonly workspace: string | null;
  readonly error: RecognisedError;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a system tells of, to every window that watches; all else is a command of this window. */
const seenByAll: readonly string[] = ['kernel', 'diagnostics'];

/** @param window tells this window from all others. */
export const encodeError = (redactor: Redactor, counted: CountedError, window: string): ErrorEntry => {
  const { sandboxId, workspace, error, count, firstMs, lastMs } = counted;
  return {
    k: 'error',
    sandboxId: redactor.id(sandboxId),
    fingerprint: redactor.id(error.fingerprint),
    workspace: workspace === null ? null : redactor.name(workspace),
    command: error.commandKey === undefined ? null : redactor.name(error.commandKey),
    ...(seenByAll.includes(error.source) ? { window } : {}),
    count,
    firstMs: whole(firstMs),
    lastMs: whole(lastMs),
    data: JSON.stringify({
      pattern: error.pattern === null ? null : redactor.text(error.pattern),
      title: redactor.text(error.title).slice(0, 500),
    }),
  };
};

/** Samples of one sandbox for the black box, or of an incident. */
export function* encodeSamples(
  redactor: Redactor,
  sandboxId: string,
  incidentId: string | null,
  samples: readonly Sample[],
): Generator<PackEntry> {
  for (const { fromMs, toMs, data } of packsOf(samples, redactor.text)) {
    yield {
      k: 'pack',
      sandboxId: redactor.id(sandboxId),
      incidentId: incidentId === null ? null : redactor.id(incidentId),
      fromMs: whole(fromMs),
      toMs: whole(toMs),
      stepMs: 0,
      data,
    };
  }
}

/** The incident, then its samples. */
export function* encodeIncident(redactor: Redactor, incident: Incident): Generator<Entry> {
  const { samples, ...rest } = incident;
  const { id, sandboxId, cause, atMs, endsSandbox } = incident;
  yield record(redactor, 'incident', { sandboxId, id, ref: endsSandbox ? cause : null }, atMs, rest);
  yield* encodeSamples(redactor, sandboxId, id, samples);
}
