/** Quantiles of a duration over some sandboxes or runs, milliseconds. */
export interface DurationStats {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** How one command went over all sandboxes of the last hours. */
export interface CommandStats {
  /** The normalised command. */
  readonly commandKey: string;
  readonly runs: number;
  readonly failed: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  /** The most runs in one sandbox within five minutes: somebody, or an agent, tries again and again. */
  readonly attemptsPer5Min: number;
}

/** How often one failure pattern happened, and to whom. */
export interface PatternStats {
  readonly fingerprint: string;
  readonly title: string;
  readonly count: number;
  readonly sandboxes: number;
  /** Owners (metadata `user`, `owner` …) that met it; at most 10, most often first. */
  readonly users: readonly string[];
  /** Commands during which it happened; at most 10, most often first. */
  readonly commands: readonly string[];
  readonly byEnvironment: boolean | null;
}

/** Numbers over all sandboxes that are remembered, for the fleet page. */
export interface FleetStats {
  /** What the numbers cover, epoch milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** From creation to the first running state; null when none was seen. The target is 10 s. */
  readonly spinUp: DurationStats | null;
  /** P50 per hour, oldest first, null for hours without a start; the trend. */
  readonly spinUpPerHourMs: readonly (number | null)[];
  /** Sandboxes started in each five minutes, oldest first; at most 288 (a day). */
  readonly startsPer5Min: readonly number[];
  readonly commands: readonly CommandStats[];
  /** Median time from a saved edit to the end of the command that followed it; null when not seen. */
  readonly editToResult: DurationStats | null;
  /** Shares of failures, 0..1: of the environment (memory, disk, network, limits, lifecycle), of the code, and not known. */
  readonly failureShares: {
    readonly environment: number;
    readonly code: number;
    readonly unknown: number;
    readonly count: number;
  };
  readonly patterns: readonly PatternStats[];
}
