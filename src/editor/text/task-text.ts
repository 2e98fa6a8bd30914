import { plainName } from '../../app/format.ts';

/** Words that need no quotes in any shell. */
const plainWord = /^[\w./:@%+=,-]{1,400}$/;
/** From here on the code itself says how a program ended. */
const tellingCode = 126;

/** What a task runs, as far as the editor tells. */
export interface TaskCommand {
  /** A whole line for a shell, or null. */
  readonly line: string | null;
  /** A program with its arguments. */
  readonly words: readonly string[];
}

/** @returns the command line of a task, or null where it has variables of the editor in it or would have to be quoted anew. */
export function taskLine({ line, words }: TaskCommand): string | null {
  if (line !== null) return line.includes('${') || line.trim() === '' ? null : line.trim();
  return words.length > 0 && words.every((word) => plainWord.test(word)) ? words.join(' ') : null;
}

/** Where the output of a task can not be read, or there was none: its name stands for it, except where the exit code alone says more. */
export const taskFailure = (name: string, exitCode: number): string =>
  exitCode >= tellingCode ? '' : `Task ${plainName(name, 120)} failed`;
