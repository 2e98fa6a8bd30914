/** How early the person wants to hear of a coming break, and how many false alarms that may cost. */
export const sensitivities = ['calm', 'balanced', 'eager'] as const;

export type Sensitivity = (typeof sensitivities)[number];

/** Time left at which the expiry clock reaches a level, whichever of the two is less. */
export interface ExpiryStep {
  readonly leftMs: number;
  /** Share of the lifetime that was granted, 0..1: a sandbox of ten minutes does not warn at once. */
  readonly lifetimeShare: number;
}

/** Every constant of the alarm policy. What each is for and why it has its value: docs/alert-policy.md. */
export interface AlertPolicy {
  readonly sensitivity: Sensitivity;
  /** P(break within 120 s) from which a signal is watched. */
  readonly watchProbability: number;
  /**
   * P(break within 120 s) from which a warning is given, once it has held for `warnHoldMs`. While much time is left, waiting costs
   * nothing and shows whether the climb stops, so more is asked for: `nearProbability` while the median time to the limit is at most
   * `nearTimeMs` or the source reports seldom, `warnProbability` up to `fairTimeMs` or where no time is known, `farProbability` beyond.
   */
  readonly nearProbability: number;
  readonly nearTimeMs: number;
  readonly warnProbability: number;
  readonly fairTimeMs: number;
  readonly farProbability: number;
  /**
   * P(break within 300 s) from which it is done with more time left, if P(break within 120 s) is at least `watchProbability` and the median
   * time to the limit is at most `longShare` of the time that the climb has lasted: one that took many minutes is known well before its last.
   */
  readonly longProbability300: number;
  readonly longShare: number;
  /** P(break within 60 s) from which the same is done whatever time is told: a command that is known for it has none. */
  readonly sureProbability60: number;
  readonly warnHoldMs: number;
  /**
   * A forecast that leaves less time than this raises no warning any more: nobody can act on it, and most of what gets so far in
   * silence is a short climb that stops. Hard signs still speak, and so do sources that report too seldom to see it earlier.
   */
  readonly leastNoticeMs: number;
  /** Where the time is in doubt, so little in the middle will do, if the 90 % quantile is at least the second. */
  readonly doubtfulNoticeMs: number;
  readonly doubtfulTimeMs: number;
  /** Sources that report less often than this are heard with any notice. */
  readonly noticeCadenceMs: number;
  /** Of sources that report less often than this, the probability within 300 s stands in for that within 120 s. */
  readonly seldomCadenceMs: number;
  /** P(break within 60 s) from which a warning becomes critical where no time to the limit is known. */
  readonly criticalProbability: number;
  /** Median time to the limit under which it becomes critical where one is known, if P(break within 60 s) is at least `soonProbability`. */
  readonly criticalTimeMs: number;
  readonly soonProbability: number;
  /** An episode is over when P(break within 120 s) stayed below this for `clearHoldMs`. */
  readonly clearProbability: number;
  readonly clearHoldMs: number;
  /** What comes back sooner than this after a recovery is still the same episode. */
  readonly mergeGapMs: number;
  /** After a break no new warning of the same signal is given for this long. */
  readonly cooldownMs: number;
  /** Readings further apart than this, and than three cadences, prove nothing about the time between them. */
  readonly maxGapMs: number;
  /** An episode without any new reading for this long ends: its forecast has run out. */
  readonly abandonMs: number;
  /** Pressure above which repeated limit hits count as a hard sign. */
  readonly limitHitPressure: number;
  /** Pressure above which stalling counts as a hard sign. */
  readonly stallPressure: number;
  /** Share of time all tasks waited for memory, in percent, from which stalling is a hard sign. */
  readonly stalledPercent: number;
  readonly expiry: {
    readonly watch: ExpiryStep;
    readonly warn: ExpiryStep;
    readonly critical: ExpiryStep;
    /** The warning never comes later than this before the end, however short the life. */
    readonly warnFloorMs: number;
    /** Extensions in a row after which they are taken for a habit, and their share that is waited for before warning. */
    readonly habitCount: number;
    readonly habitShare: number;
  };
}

const minutes = (count: number): number => count * 60_000;

type Lines = Pick<
  AlertPolicy,
  | 'nearProbability'
  | 'nearTimeMs'
  | 'warnProbability'
  | 'farProbability'
  | 'longProbability300'
  | 'longShare'
  | 'sureProbability60'
>;

const base: Omit<AlertPolicy, 'sensitivity' | 'clearProbability' | 'expiry' | keyof Lines> = {
  watchProbability: 0.3,
  fairTimeMs: 60_000,
  warnHoldMs: 1_000,
  leastNoticeMs: 30_000,
  doubtfulNoticeMs: 24_000,
  doubtfulTimeMs: 45_000,
  noticeCadenceMs: 5_000,
  seldomCadenceMs: 20_000,
  criticalProbability: 0.8,
  criticalTimeMs: 30_000,
  soonProbability: 0.5,
  clearHoldMs: 15_000,
  mergeGapMs: 60_000,
  cooldownMs: 60_000,
  maxGapMs: 10_000,
  abandonMs: minutes(5),
  limitHitPressure: 0.95,
  stallPressure: 0.8,
  stalledPercent: 10,
};

const linesOf: Record<Sensitivity, Lines> = {
  calm: {
    nearProbability: 0.7,
    nearTimeMs: 50_000,
    warnProbability: 0.9,
    farProbability: 0.98,
    longProbability300: 0.9,
    longShare: 0.18,
    sureProbability60: 0.8,
  },
  balanced: {
    nearProbability: 0.68,
    nearTimeMs: 55_000,
    warnProbability: 0.85,
    farProbability: 0.98,
    longProbability300: 0.86,
    longShare: 0.2,
    sureProbability60: 0.75,
  },
  eager: {
    nearProbability: 0.45,
    nearTimeMs: 50_000,
    warnProbability: 0.6,
    farProbability: 0.88,
    longProbability300: 0.88,
    longShare: 0.4,
    sureProbability60: 0.65,
  },
};

const expiryMinutes: Record<Sensitivity, { watch: number; warn: number; critical: number }> = {
  calm: { watch: 5, warn: 2, critical: 1 },
  balanced: { watch: 10, warn: 5, critical: 1 },
  eager: { watch: 20, warn: 10, critical: 2 },
};

/** @returns the alarm policy for one sensitivity. */
export const alertPolicy = (sensitivity: Sensitivity): AlertPolicy => {
  const left = expiryMinutes[sensitivity];
  const lines = linesOf[sensitivity];
  return {
    ...base,
    sensitivity,
    ...lines,
    clearProbability: lines.nearProbability / 3,
    expiry: {
      watch: { leftMs: minutes(left.watch), lifetimeShare: 0.5 },
      warn: { leftMs: minutes(left.warn), lifetimeShare: 0.25 },
      critical: { leftMs: minutes(left.critical), lifetimeShare: 0.1 },
      warnFloorMs: 30_000,
      habitCount: 2,
      habitShare: 0.5,
    },
  };
};
