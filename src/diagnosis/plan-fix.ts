import type { FixRisk } from '../model/fix.ts';
import type { PatternFix, PatternFixKind } from './catalogue/pattern.ts';
import { type Parameters, toolParameter } from './parameters.ts';
import { commandFor } from './tools.ts';

/** A fix with the values of one error put in, ready to be shown and, if the person agrees, to be run. */
export interface PlannedFix {
  readonly id: string;
  readonly title: string;
  readonly risk: FixRisk;
  readonly kind: PatternFixKind;
  readonly action: PatternFix['action'];
  /** What is run, word by word; null when it is no command, when a value is not known, or when there is none for the tool that failed. Values from texts are arguments of their own. */
  readonly argv: readonly string[] | null;
  /** The same for a person to read, or to put into a terminal: values from texts are quoted. */
  readonly text: string;
  /** Whether the failed command is run again by it, so that its exit code says how that went. */
  readonly repeats: boolean;
  readonly check: string | null;
  /** The check as a command whose exit code decides, or null when it is only words. It changes nothing. */
  readonly checkArgv: readonly string[] | null;
}

/** Checks that are commands, only look, and end with 0 only if all is well. */
const lookingChecks: ReadonlySet<string> = new Set([
  'pg_isready',
  'git ls-remote',
  'git fsck',
  'git lfs env',
  'git var GIT_AUTHOR_IDENT',
  'docker info',
  'docker network ls',
  'redis-cli ping',
  'mysqladmin ping',
  'java -version',
  'cargo check',
]);

const placeholder = /\{([a-z_]{2,20})\}/g;
/** A command line of words only. One that begins with an assignment would not be understood behind another program. */
const plainCommand = /^(?!\w{1,400}=)[\w./:@%+=, -]{1,400}$/;
/** The failed command, and the same as one argument. No text can set them. */
const failedCommand = ['command', 'command_line'] as const;
/** Ends with 0 at once, whatever becomes of what it started. */
const inBackground = / &$/;

/** @returns `value` as one word of a POSIX shell. */
export const shellQuoted = (value: string): string =>
  /^[\w./:@%+=,-]{1,400}$/.test(value)
    ? value
    : `'${value.replaceAll('\u0000', '').replaceAll("'", String.raw`'\''`)}'`;

/** A title without the parts in brackets whose value is not known. */
const titleOf = (title: string, values: Parameters): string =>
  title
    .replace(/\[([^\]]{0,60})\]/g, (_all, part: string) => (unknownIn(part, values).length === 0 ? part : ''))
    .replace(placeholder, (_all, name: string) => {
      const value = values[name] ?? '';
      return value.length > 40 ? `${value.slice(0, 39)}…` : value;
    });

const unknownIn = (text: string, values: Parameters): readonly string[] =>
  [...text.matchAll(placeholder)].flatMap((match) =>
    match[1] !== undefined && values[match[1]] === undefined ? [match[1]] : [],
  );

/**
 * Puts the values of an error into one of its pattern's fixes.
 * @param commandLine the failed command as the person typed it, or null; it is the only text that is run as code
 */
export const planFix = (fix: PatternFix, parameters: Parameters, commandLine: string | null): PlannedFix => {
  const title = titleOf(fix.title, parameters);
  const { id, risk, kind, action, check, byTool } = fix;
  const how =
    byTool === undefined ? fix.how : commandFor(byTool, fix.how, parameters[toolParameter] ?? null, commandLine);
  const checkArgv = check !== null && lookingChecks.has(check) ? check.split(' ') : null;
  const plain = { id, title, risk, kind, action, check, checkArgv };
  if (kind !== 'shell' || how === null) return { ...plain, argv: null, text: fix.how, repeats: false };
  // The failed command may be a whole line with pipes: a shell of its own runs it.
  const words: Record<string, string | undefined> = { ...parameters };
  for (const name of failedCommand) words[name] = commandLine?.trim() ? commandLine : undefined;
  const names: string[] = [];
  const numbered = how.replace(placeholder, (_all, name: string) => {
    if (!names.includes(name)) names.push(name);
    const position = `"\${${names.indexOf(name) + 1}}"`;
    return name === 'command' ? `sh -c ${position}` : position;
  });
  const known = names.every((name) => words[name] !== undefined);
  const text = how.replace(placeholder, (all, name: string) => {
    const value = words[name];
    if (value === undefined) return all;
    return name === 'command' ? (plainCommand.test(value) ? value : `sh -c ${shellQuoted(value)}`) : shellQuoted(value);
  });
  return {
    ...plain,
    argv: known ? ['sh', '-c', numbered, 'foresight', ...names.map((name) => words[name] ?? '')] : null,
    text,
    repeats: failedCommand.some((name) => names.includes(name)) && !inBackground.test(how),
  };
};
