import type { CommandRun } from './history.ts';
import type { Incident, IncidentCause, LifecycleTransition } from './incident.ts';
import type { SignalName, SignalUnit } from './signal.ts';

/** The course of one signal over the last minutes. Times and values have the same length, oldest first. */
export interface SignalCourse {
  readonly signal: SignalName;
  readonly unit: SignalUnit;
  /** Epoch milliseconds. */
  readonly timesMs: readonly number[];
  /** Use in `unit`; null where a sample did not tell it. */
  readonly used: readonly (number | null)[];
  /** The limit at each time, in `unit`; null where there was none. */
  readonly limit: readonly (number | null)[];
}

/** One thing that happened, on the same axis as the courses. */
export interface PostMortemEvent {
  readonly atMs: number;
  /** When it was over, for what lasts; else null. */
  readonly endedAtMs: number | null;
  readonly kind: 'lifecycle' | 'command' | 'error' | 'warning' | 'fix' | 'break';
  /** What a warning was about; absent otherwise. */
  readonly signal?: SignalName;
  /** One line for people, redacted. */
  readonly text: string;
}

/** How often and when something happened. */
export interface RecurrenceCounts {
  readonly count: number;
  readonly sandboxes: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Occurrences per calendar day, oldest first, the last one is the day of the incident; at most 30. */
  readonly perDay: readonly number[];
}

/** How often a fix was tried and worked. */
export interface TriedFix {
  readonly tried: number;
  readonly worked: number;
}

/** A name with how often it was met. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** How often the same end or the same error happened before, in this history; the counts are over all workspaces. */
export interface Recurrence extends RecurrenceCounts {
  /** "out of memory" or the title of the error. */
  readonly title: string;
  readonly kind: 'cause' | 'fingerprint';
  /** The same in the workspace of the incident, over the same days; null where nobody knows its workspace. */
  readonly here: (RecurrenceCounts & { readonly workspace: string }) | null;
  /** Of `count`, those of which nobody knows the workspace. */
  readonly unplaced: number;
  /** Whose sandboxes met it, and by which commands; most often first, at most five. Empty for a kind of end. */
  readonly users: readonly NamedCount[];
  readonly commands: readonly NamedCount[];
  /** Fixes that were tried against it and how often they worked, best first; `here`: of these, in the workspace of the incident. */
  readonly helped: readonly (TriedFix & { readonly title: string; readonly here: TriedFix | null })[];
}

/** One error that was met in the last minutes, counted in this sandbox. */
export interface PostMortemError {
  readonly fingerprint: string;
  readonly title: string;
  /** Why it happens in a sandbox, or null when unknown. */
  readonly cause: string | null;
  /** The command it came from last, else the one that ran when it was seen last; missing when neither is known. */
  readonly commandKey?: string;
  readonly count: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** Everything that is told of one break or end. Holds no secrets: all texts are redacted. */
export interface PostMortem {
  /** Without its samples: the courses hold what is shown of them. With its workspace, where that is known from anywhere. */
  readonly incident: Incident;
  readonly cause: IncidentCause;
  /** What ended it and how sure we are, one or two sentences. */
  readonly verdict: string;
  /** The warning and its lead time, or why there was none; one sentence. */
  readonly warningText: string;
  readonly courses: readonly SignalCourse[];
  /** Its own limit of memory at the end, bytes; null where none is known but that of the machine below it, by which nothing may be sized. */
  readonly ownLimitBytes: number | null;
  readonly events: readonly PostMortemEvent[];
  readonly commands: readonly CommandRun[];
  readonly timeline: readonly LifecycleTransition[];
  /** What would have helped, best first, each one sentence. */
  readonly advice: readonly string[];
  readonly recurrences: readonly Recurrence[];
  /** The one nearest to the end first. */
  readonly errors?: readonly PostMortemError[];
  /** Diagnostics text taken while it could still be had, or null. */
  readonly diagnostics: string | null;
}
