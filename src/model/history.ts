import type { RecognisedError } from './error-event.ts';
import type { AnyFixId, FixOutcome } from './fix.ts';
import type { Incident, IncidentCause, LifecycleTransition } from './incident.ts';
import type { Sample } from './sample.ts';
import type { Phase, Sandbox } from './sandbox.ts';
import type { Warning } from './warning.ts';

/** A sandbox as it is remembered after it is gone. */
export interface RememberedSandbox {
  readonly provider: string;
  /** Which server it is on and what part of it was seen, as `SandboxProvider.realm` says; null when it was not kept. */
  readonly place: string | null;
  readonly sandboxId: string;
  readonly name: string;
  readonly image: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** The workspace it was used in last, as far as a window knew; null when none did. */
  readonly workspace: string | null;
  readonly createdAtMs: number | null;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  /** The deadline known last, epoch milliseconds, or null. */
  readonly expiresAtMs: number | null;
  readonly phase: Phase;
  readonly rawState: string;
  readonly reason: string | null;
  /** When it ended, or null while it is not known to have. */
  readonly endedAtMs: number | null;
  readonly endCause: IncidentCause | null;
}

/** One run of a command. */
export interface CommandRun {
  /** Unique within its sandbox. */
  readonly commandId: string;
  readonly sandboxId: string;
  /** The normalised command (program, subcommand, what decides its size), without values that may be secret. */
  readonly commandKey: string;
  readonly startedAtMs: number;
  /** Null while it runs, or when its end was not seen; `ranUntilMs` tells them apart. */
  readonly endedAtMs: number | null;
  /** When it was known to run last, where no end was seen (yet). Absent in what was written before this was told. */
  readonly lastSeenAtMs?: number;
  readonly exitCode: number | null;
  /** Counts runs of the same command in the same sandbox from 1. */
  readonly attempt: number;
  /** Highest use of memory during the run above the use at its start, in bytes; null when not measured. */
  readonly peakBytes: number | null;
}

/** How often one error happened. */
export interface ErrorCount {
  readonly fingerprint: string;
  readonly pattern: string | null;
  readonly title: string;
  readonly count: number;
  /** The count with a half-life of one week, as of the moment asked for. */
  readonly decayedCount: number;
  readonly sandboxes: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** How often one error happened on one calendar day in one sandbox, in one workspace and by one command. */
export interface ErrorDay {
  readonly sandboxId: string;
  readonly fingerprint: string;
  /** By `dayOf` of model/day.ts. */
  readonly day: number;
  /** Null when it is not known. */
  readonly workspace: string | null;
  /** The normalised command it came from; null when it is not known. */
  readonly commandKey: string | null;
  readonly count: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** How often a fix was tried against one cause or error, and how it went. */
export interface FixRecord {
  readonly fixId: AnyFixId;
  /** What it was called last, for fixes that are no action of the extension. */
  readonly title?: string;
  readonly tried: number;
  readonly worked: number;
  readonly didNotWork: number;
  readonly lastTriedAtMs: number;
}

/** Diagnostics text of a sandbox, taken while it could still be had. */
export interface DiagnosticsNote {
  readonly sandboxId: string;
  readonly atMs: number;
  readonly text: string;
}

/** Which entries are wanted; every field narrows. */
export interface HistoryQuery {
  readonly sandboxId?: string;
  /** Narrows errors, their days, and fixes; other entries have none and are not narrowed by it. */
  readonly fingerprint?: string;
  /** Narrows fixes and the days of errors to what is known to have happened in this workspace; nothing else is narrowed by it. */
  readonly workspace?: string;
  /** Epoch milliseconds, inclusive: last seen of sandboxes, errors and their days, start of warnings, fixes and commands. */
  readonly sinceMs?: number;
  /** At most this many, newest first. */
  readonly limit: number;
}

/** How the store itself is. */
export interface HistoryStatus {
  readonly engine: 'sqlite' | 'json-lines' | 'memory';
  /** What is on disk (in memory, where nothing can be written), as of the last write. */
  readonly sizeBytes: number;
  /** What does not work ("the disk is full: nothing new is kept"), with the next step, or null. */
  readonly problem: string | null;
}

/**
 * What came of forgetting: `done`; `later`, as soon as what is kept can be written, if the window is still open then; `not-here`: only what this
 * window knows was forgotten, because what is kept elsewhere cannot be written from here.
 */
export type ForgetOutcome = 'done' | 'later' | 'not-here';

/** How much is kept. */
export interface HistoryBounds {
  readonly maximumAgeMs: number;
  readonly maximumBytes: number;
}

/**
 * What is remembered across sandboxes and sessions. Several windows use one store at once.
 * The record methods return at once, never throw and never block: what they are given is written in the background,
 * within a second. Everything written is redacted before. The asking methods see what was recorded before them; they never
 * fail: what cannot be read is missing from the answer and named in `status().problem`.
 */
export interface HistoryStore {
  /**
   * The sandbox was seen in this state; call it when something of it changed.
   * @param place the realm of the provider that told of it; null keeps what was known
   * @param workspace in which it is used; null keeps what was known
   */
  recordSandbox(sandbox: Sandbox, atMs: number, place?: string | null, workspace?: string | null): void;
  recordTransition(sandbox: Sandbox, transition: LifecycleTransition): void;
  /** A warning with the same id replaces the earlier one. */
  recordWarning(warning: Warning): void;
  /** An incident with the same id replaces the earlier one; its samples are kept whole. */
  recordIncident(incident: Incident): void;
  /** The incident never happened: the sandbox came back. */
  withdrawIncident(incidentId: string): void;
  /** @param workspace where it was tried; null when that is not known */
  recordFix(outcome: FixOutcome, fingerprint: string | null, workspace?: string | null): void;
  /**
   * One more occurrence of an error.
   * @param workspace where it came; null when that is not known
   */
  recordError(sandboxId: string, error: RecognisedError, workspace?: string | null): void;
  /** A run with the same sandbox and id replaces the earlier one. */
  recordCommand(run: CommandRun): void;
  /** The black box: all of the last ten minutes of each sandbox, thinned after that. */
  recordSample(sample: Sample): void;
  /** Keeps diagnostics text, its end if it is long. */
  recordDiagnostics(note: DiagnosticsNote): void;

  sandboxes(query: HistoryQuery): Promise<readonly RememberedSandbox[]>;
  transitions(query: HistoryQuery): Promise<readonly (LifecycleTransition & { readonly sandboxId: string })[]>;
  warnings(query: HistoryQuery): Promise<readonly Warning[]>;
  /** `withoutSamples`: their `samples` are left empty, which makes lists of many cheap. */
  incidents(query: HistoryQuery & { readonly withoutSamples?: boolean }): Promise<readonly Incident[]>;
  errors(query: HistoryQuery, nowMs: number): Promise<readonly ErrorCount[]>;
  /** Seen last first. What an earlier version counted has only its first and its last day, so that less may be told here than counted. */
  errorDays(query: HistoryQuery): Promise<readonly ErrorDay[]>;
  fixes(query: HistoryQuery): Promise<readonly FixRecord[]>;
  commands(query: HistoryQuery): Promise<readonly CommandRun[]>;
  diagnostics(query: HistoryQuery): Promise<readonly DiagnosticsNote[]>;
  /** Oldest first; both ends inclusive. Around incidents all there were, else the thinned ones. */
  samples(sandboxId: string, fromMs: number, toMs: number): Promise<readonly Sample[]>;

  /** Removes everything known of one sandbox. Answers within some seconds, whatever the disk does. */
  forgetSandbox(sandboxId: string): Promise<ForgetOutcome>;
  forgetEverything(): Promise<ForgetOutcome>;
  /** Everything, as JSON Lines: one object with a `kind` a line, without the line break. */
  export(): AsyncIterable<string>;
  /** Changes how much is kept; what is over it is pruned in the background. */
  setBounds(bounds: HistoryBounds): void;
  status(): HistoryStatus;
  /** Told when `status().problem` changed. @returns ends the subscription. */
  onProblem(listener: (problem: string | null) => void): () => void;
  /** Writes what is pending. */
  flush(): Promise<void>;
  /** Writes what is pending and frees resources. */
  dispose(): Promise<void>;
}

/** The remembered peak of one command. */
export interface CommandPeak {
  /** The 90th percentile of its peaks above the use at its start, weighted towards the newest; bytes. */
  readonly peakBytes: number;
  readonly runs: number;
  readonly lastRunAtMs: number;
  /** Each peak with its weight, the newest having one; to within 2.5 %, half a bucket of a histogram. */
  readonly peaks: readonly { readonly peakBytes: number; readonly weight: number }[];
  /** How long it usually took to get there, or to the kill, milliseconds, the newest counting most; null when nobody measured. */
  readonly tookMs: number | null;
  /** Standard deviation of the logarithm of that time from run to run; absent before two were measured. */
  readonly tookSpread?: number;
}

/**
 * What commands took before, known when one starts again; and under the keys of life.ts, how far sandboxes filled in their lives. Answers at
 * once, from memory; all windows learn together.
 */
export interface CommandPeaks {
  /** @returns null for a command that has not run yet. */
  peakOf(commandKey: string, nowMs: number): CommandPeak | null;
  /** A run ended with this peak. @param tookMs from its start to the peak, or to its kill, where that was measured. */
  record(commandKey: string, peakBytes: number, atMs: number, tookMs?: number | null): void;
}
