import { visibleLines, withoutPrefix } from './text.ts';

/** What failed stands near the end. */
const looksBack = 120;

const errorish =
  /error\b|exception\b|\bfatal\b|\bpanic|\bfail|\bcannot\b|\bcan't\b|\bcould not\b|\bunable to\b|\bdenied\b|\brefused\b|\bnot found\b|\bno such\b|\bkilled\b|segmentation|\babort|out of memory|\bexhausted\b|\bexceeded\b|\btimed out\b|no space|read-only|already in use|too many|unavailable|\binvalid\b/i;

/** The names of the errors of the system. */
const errnoName = /\bE[A-Z]{3,14}\b/;

/** Lines that accompany an error without saying what it is. */
const companions = [
  /^\s{1,40}at /,
  /^\s{0,40}File "[^"]{0,400}", line \d/,
  /^\s{0,40}[\^~]{1,200}\s{0,40}$/,
  /^Emitted 'error' event/,
  /^Node\.js v\d/,
  /^note: run with/,
  /^A complete log of this run/,
  /^For a full report/,
  /^\s{0,40}throw (?:err|er|error);/,
  /^\s{0,40}(?:errno|code|syscall|path|address|port|dest): /,
  /^make(?:\[\d{1,4}\])?: \*\*\* /,
  /^compilation terminated\.$/,
  /^exit status \d/,
  /^error: Recipe /,
  /^ELIFECYCLE|^Command failed with exit code/,
];

const accompanies = (line: string): boolean => companions.some((form) => form.test(line));

/** A line without what counts up: the same message about the next file or the next second has the same shape. */
export const shapeOf = (line: string): string => line.replace(/\d{1,20}/g, '0');

/** Whether a line has the words of an error. */
export const speaksOfError = (line: string): boolean => errorish.test(line) || errnoName.test(line);

/**
 * Finds the one line that says what went wrong.
 * @param output the end of an output, or its visible lines
 * @returns the last line with the words of an error, else the last line that is no accompaniment, else the empty string.
 */
export const errorLine = (output: string | readonly string[]): string => {
  const lines = typeof output === 'string' ? visibleLines(output).map(withoutPrefix) : output;
  const candidates = lines.slice(-looksBack).filter((line) => !accompanies(line));
  return (candidates.findLast(speaksOfError) ?? candidates.at(-1) ?? lines.at(-1) ?? '').trim();
};
