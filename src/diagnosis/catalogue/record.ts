import type { FixId, FixRisk } from '../../model/fix.ts';
import type { Errno } from '../errno.ts';
import type { ToolCommands } from './by-tool.ts';
import type { ErrorPattern, PatternFix, PatternSeverity, PatternSignal, PatternVariant } from './pattern.ts';

type Weight = PatternSignal['weight'];
type Extra = Partial<Pick<PatternSignal, 'near' | 'atExitZero'>>;

/** A text of a line. Weight 4 (the default) belongs to this error alone, 3 is enough alone, 1 and 2 only support others. */
export const says = (text: RegExp, weight: Weight = 4, extra: Extra = {}): PatternSignal => ({
  text,
  errno: [],
  weight,
  near: null,
  atExitZero: false,
  ...extra,
});

/** The same for a text that stands for this error even when the command ended well. */
export const saysAtZero = (text: RegExp, weight: Weight = 4, extra: Extra = {}): PatternSignal =>
  says(text, weight, { ...extra, atExitZero: true });

/** An error of the system, in any of its forms. */
export const system = (...errno: readonly Errno[]): PatternSignal => ({
  text: null,
  errno,
  weight: 3,
  near: null,
  atExitZero: false,
});

/** An error of the system that means this only beside a line that fits `near`. */
export const systemNear = (errno: Errno, near: RegExp): PatternSignal => ({ ...system(errno), weight: 4, near });

/** Runs in the sandbox, as a command line, or as one for each tool. */
export const shell = (
  id: string,
  title: string,
  risk: FixRisk,
  how: string | ToolCommands,
  check: string | null = null,
  action: FixId | null = null,
): PatternFix => ({ id, title, kind: 'shell', risk, action, ...(typeof how === 'string' ? { how } : how), check });

/** Something to open or change in the editor. */
export const editor = (
  id: string,
  title: string,
  risk: FixRisk,
  how: string,
  check: string | null = null,
): PatternFix => ({ id, title, kind: 'editor', risk, action: null, how, check });

/** A call to the system that runs the sandbox. */
export const api = (
  id: string,
  title: string,
  risk: FixRisk,
  action: FixId | null,
  how: string,
  check: string | null = null,
): PatternFix => ({ id, title, kind: 'api', risk, action, how, check });

/** Something only a person can do. */
export const manual = (id: string, title: string, how: string): PatternFix => ({
  id,
  title,
  kind: 'manual',
  risk: 'safe',
  action: null,
  how,
  check: null,
});

/** What holds where the line fits `line`, or the failed command `command`. */
export const variant = (
  line: RegExp,
  instead: PatternVariant['instead'],
  { command = null, unless = null }: Partial<Pick<PatternVariant, 'command' | 'unless'>> = {},
): PatternVariant => ({ line, command, unless, instead });

interface PatternRecord {
  readonly slug: string;
  readonly title: string;
  readonly severity: PatternSeverity;
  readonly priority?: number;
  readonly signals: readonly PatternSignal[];
  readonly exitCodes?: readonly number[];
  readonly vetoes?: readonly RegExp[];
  readonly cause: string;
  readonly fixes: readonly PatternFix[];
  readonly variants?: readonly PatternVariant[];
  readonly docs: string;
}

/** Makes the records of one category; priority 6 unless said otherwise. */
export const category = (name: string, records: readonly PatternRecord[]): readonly ErrorPattern[] =>
  records.map(({ docs, ...record }) => ({
    priority: 6,
    exitCodes: [],
    vetoes: [],
    variants: [],
    ...record,
    category: name,
    documentation: docs,
  }));
