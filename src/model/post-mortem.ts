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
  /** One line for people, redacted. */
  readonly text: string;
}

/** How often the same end or the same error happened before, in this history. */
export interface Recurrence {
  /** "out of memory" or the title of the error. */
  readonly title: string;
  readonly kind: 'cause' | 'fingerprint';
  readonly count: number;
  readonly sandboxes: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Occurrences per day, oldest first, the last one is the day of the incident; at most 30. */
  readonly perDay: readonly number[];
  /** Fixes that were tried against it and how often they worked, best first. */
  readonly helped: readonly { readonly title: string; readonly tried: number; readonly worked: number }[];
}

/** One error that was met in the last minutes, counted in this sandbox. */
export interface PostMortemError {
  readonly fingerprint: string;
  readonly title: string;
  /** Why it happens in a sandbox, or null when unknown. */
  readonly cause: string | null;
  readonly count: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** Everything that is told of one break or end. Holds no secrets: all texts are redacted. */
export interface PostMortem {
  /** Without its samples: the courses hold what is shown of them. */
  readonly incident: Incident;
  readonly cause: IncidentCause;
  /** What ended it and how sure we are, one or two sentences. */
  readonly verdict: string;
  /** The warning and its lead time, or why there was none; one sentence. */
  readonly warningText: string;
  readonly courses: readonly SignalCourse[];
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
