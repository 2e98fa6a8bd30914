/** One failed command or one error text from outside, before it is recognised. */
export interface ErrorEvent {
  readonly sandboxId: string;
  /** The command it belongs to, or null. */
  readonly commandId: string | null;
  readonly commandLine: string | null;
  /** The folder it came from, where the source knows it; missing: that of its command. */
  readonly cwd?: string | null;
  /** Which source saw it, e.g. `terminal`, `execd`, `diagnostics`. */
  readonly source: string;
  /** The last part of the output, capped; never stored as it is. */
  readonly text: string;
  readonly exitCode: number | null;
  readonly atMs: number;
}

/** A position in a file, as an error names it. */
export interface SourcePlace {
  /** As it stands in the text: absolute, or relative to a folder that is not said. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, or null. */
  readonly column: number | null;
}

/** How often one error came, over all that is remembered. */
export interface Recurrence {
  /** Over all sandboxes, this occurrence included. */
  readonly count: number;
  /** The count with a half-life of one week. */
  readonly decayedCount: number;
  /** Of these, today, in whatever window. */
  readonly today: number;
  /** Of these, in the workspace of the sandbox it stands beside; missing when that is not known. */
  readonly here?: number;
  readonly sandboxes: number;
  readonly firstSeenAtMs: number;
  /** What ran before it came the first time (`npm ci`), or null when that is not known. */
  readonly firstAfter: string | null;
}

/** An error after normalisation, counted over its recurrences. */
export interface RecognisedError {
  /** The identity that stays the same across paths, ids, ports and times. */
  readonly fingerprint: string;
  /** The catalogue's slug, or null for an unknown error. */
  readonly pattern: string | null;
  /** One line for people. */
  readonly title: string;
  /** Why it happens in a sandbox, or null when unknown. */
  readonly cause: string | null;
  readonly source: string;
  readonly exitCode: number | null;
  /** The normalised command it came from last (command-key.ts); missing when that is not known. */
  readonly commandKey?: string;
  readonly count: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  /** The line of the output that says it, without secrets, cut; missing when there is none. */
  readonly line?: string;
  /** Places in files it names, the most telling first; at most three. */
  readonly places?: readonly SourcePlace[];
  /** When the command it came from ended well, or a fix was seen to work, after it was seen last; missing while it stands. */
  readonly solvedAtMs?: number;
  /** What the history knows of it; missing until it was asked. */
  readonly recurrence?: Recurrence;
}
