import type { FixId, FixRisk } from '../../model/fix.ts';

/** A text that points to a pattern. */
interface PatternSignal {
  /**
   * Linear time: no repetition inside a repetition, every repetition of a broad class has an upper bound. It is tried on
   * one line at a time, after escape sequences and tool prefixes were removed.
   */
  readonly text: RegExp;
  /** How much it proves; a pattern is recognised from `recognisedFrom` on. */
  readonly weight: 1 | 2 | 3 | 4;
}

/** The sum of weights from which a pattern counts as recognised. A fitting exit code adds one. */
export const recognisedFrom = 3;

/** One way to repair it, best first in its pattern. */
export interface PatternFix {
  readonly title: string;
  readonly kind: 'shell' | 'editor' | 'api' | 'manual';
  readonly risk: FixRisk;
  /** The action of the extension that does it, or null. */
  readonly action: FixId | null;
  /** The command or setting in words; `{command}` is the failed command. Never run from here. */
  readonly how: string;
  /** How to see afterwards that it worked, or null when there is nothing to see. */
  readonly check: string | null;
}

/** How bad it is: `blocker` ends all work, `info` is a state and no failure. */
type PatternSeverity = 'blocker' | 'high' | 'medium' | 'low' | 'info';

/** One known recurring failure. Adding one means adding one record to the file of its category, and samples beside it. */
export interface ErrorPattern {
  /** Stable name; history and settings rely on it. */
  readonly slug: string;
  readonly category: string;
  /** One line for people. */
  readonly title: string;
  readonly severity: PatternSeverity;
  /** Cause over symptom over wrapper: 9–10 what the sandbox itself did, 4–8 one family of errors, 0–3 wrappers and bare exit codes. */
  readonly priority: number;
  readonly signals: readonly PatternSignal[];
  /** Exit codes that fit; they never recognise a pattern alone unless `byExitCodeAlone`. */
  readonly exitCodes: readonly number[];
  /** The exit code says it even without any text. */
  readonly byExitCodeAlone: boolean;
  /** Lines that show that it is something else. */
  readonly vetoes: readonly RegExp[];
  /** May be recognised although the command ended well. */
  readonly atExitZero: boolean;
  /** Why it happens in a sandbox. */
  readonly cause: string;
  readonly fixes: readonly PatternFix[];
  readonly documentation: string;
}
