import type { FixId, FixRisk } from '../../model/fix.ts';
import type { Errno } from '../errno.ts';
import type { Tool } from '../tools.ts';

/** Something in the text that points to a pattern. Exactly one of `text` and `errno` is what is looked for. */
export interface PatternSignal {
  /**
   * Linear time: no repetition inside a repetition, every repetition has an upper bound. It is tried on one line at a time,
   * after escape sequences and tool prefixes were removed. Named groups become parameters.
   */
  readonly text: RegExp | null;
  /** The system's own errors, in whatever form and language a tool prints them. */
  readonly errno: readonly Errno[];
  /** How much it proves; a pattern is recognised from `recognisedFrom` on. */
  readonly weight: 1 | 2 | 3 | 4;
  /** Some heard line must also fit this, or null. */
  readonly near: RegExp | null;
  /** Counts although the command ended well. */
  readonly atExitZero: boolean;
}

/** The weight from which a pattern counts as recognised. Every further signal and a fitting exit code add one. */
export const recognisedFrom = 3;

/** What a fix does: a command line, something in the editor, a call to the provider, or words. */
export type PatternFixKind = 'shell' | 'editor' | 'api' | 'manual';

/** One way to repair it, best first in its pattern. */
export interface PatternFix {
  /** Stable within its pattern: outcomes are remembered under it. */
  readonly id: string;
  /** A verb first. `[ on port {port}]` is left out when the parameter is not known. */
  readonly title: string;
  readonly kind: PatternFixKind;
  readonly risk: FixRisk;
  /** The action of the extension that does it, or null. */
  readonly action: FixId | null;
  /**
   * For `shell` a POSIX command line, else what is done, in words. `{command}` is the failed command; `{command_line}` is the same as one
   * argument, for a program that runs command lines itself (`su -c`); other `{names}` are parameters. All of them stand outside of
   * quotes, because they are handed over as arguments (see `plan-fix.ts`). It may be put into a terminal, so it never says `exit`.
   */
  readonly how: string;
  /** The command lines that differ by the tool that failed; `how` is then for when nothing says which one it was. See `by-tool.ts`. */
  readonly byTool?: Readonly<Partial<Record<Tool, string>>>;
  /** How to see afterwards that it worked, or null when it only shows something. */
  readonly check: string | null;
}

/** What is said of an error, and done against it, where more is known of it than that it is of its pattern. */
export interface PatternVariant {
  /** It holds where the line of the error fits this, as it was printed or without its prefixes. */
  readonly line: RegExp;
  /** It holds as well where the failed command fits this; null: only the line counts. */
  readonly command: RegExp | null;
  /** Lines for which it never holds, or null. */
  readonly unless: RegExp | null;
  readonly instead: Partial<Pick<ErrorPattern, 'title' | 'cause' | 'fixes' | 'documentation'>>;
}

/** How bad it is: `blocker` ends all work, `info` is a state and no failure. */
export type PatternSeverity = 'blocker' | 'high' | 'medium' | 'low' | 'info';

/** One known recurring failure. Adding one means adding one record to the file of its category, and a sample. */
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
  /** Exit codes that fit; they never recognise a pattern alone (see `exit-codes.ts`). */
  readonly exitCodes: readonly number[];
  /** Lines that show that it is something else. */
  readonly vetoes: readonly RegExp[];
  /** Why it happens in a sandbox. */
  readonly cause: string;
  readonly fixes: readonly PatternFix[];
  /** The first that holds replaces what is said above (see `variants.ts`). What stands above is true of every error of the pattern. */
  readonly variants: readonly PatternVariant[];
  readonly documentation: string;
}
