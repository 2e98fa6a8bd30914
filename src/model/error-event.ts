/** One failed command or one error text from outside, before it is recognised. */
export interface ErrorEvent {
  readonly sandboxId: string;
  /** The command it belongs to, or null. */
  readonly commandId: string | null;
  readonly commandLine: string | null;
  /** Which source saw it, e.g. `terminal`, `execd`, `diagnostics`. */
  readonly source: string;
  /** The last part of the output, capped; never stored as it is. */
  readonly text: string;
  readonly exitCode: number | null;
  readonly atMs: number;
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
  readonly count: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}
