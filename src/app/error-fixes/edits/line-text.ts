import { lineEndOf, type TextChange } from './text-change.ts';

/** Changes of files that are read line by line: lists of patterns, `name=value`, and sections in brackets. */

interface Line {
  readonly offset: number;
  /** Without the line end. */
  readonly text: string;
}

/** A file that is longer was not written by hand. */
const mostCharacters = 1024 * 1024;

const linesOf = (text: string): readonly Line[] => {
  if (text.length > mostCharacters) return [];
  const lines: Line[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    lines.push({ offset, text: line.endsWith('\r') ? line.slice(0, -1) : line });
    offset += line.length + 1;
  }
  return lines;
};

/** @returns whether one of the lines, without blanks around it, is this one. */
export const hasLine = (text: string, wanted: string): boolean =>
  linesOf(text).some((line) => line.text.trim() === wanted);

/** @returns the change that adds those lines at the end that are not there yet; null when all are. */
export const addLines = (text: string, lines: readonly string[]): TextChange | null => {
  const missing = lines.filter((line) => !hasLine(text, line));
  if (missing.length === 0) return null;
  const lineEnd = lineEndOf(text);
  const before = text === '' || text.endsWith('\n') ? '' : lineEnd;
  return { offset: text.length, length: 0, text: `${before}${missing.map((line) => `${line}${lineEnd}`).join('')}` };
};

const settingOn = (line: string, name: string): { readonly at: number; readonly value: string } | null => {
  const split = /^(\s*([\w.-]+)\s*[=:]\s*)(.*)$/.exec(line);
  return split?.[2] === name ? { at: split[1]?.length ?? 0, value: (split[3] ?? '').trimEnd() } : null;
};

/** @returns the value of `name=value`, the last one counts; null when it is not set. */
export const settingIn = (text: string, name: string): string | null =>
  linesOf(text)
    .map((line) => settingOn(line.text, name)?.value ?? null)
    .findLast((value) => value !== null) ?? null;

/** @returns the change that sets `name=value`; null when it is set so already. */
export const setLine = (text: string, name: string, value: string, sign = '='): TextChange | null => {
  const line = linesOf(text).findLast((each) => settingOn(each.text, name) !== null);
  const set = line === undefined ? null : settingOn(line.text, name);
  if (line === undefined || set === null) return addLines(text, [`${name}${sign}${value}`]);
  return set.value === value ? null : { offset: line.offset + set.at, length: set.value.length, text: value };
};

/** @returns the changes that take away every line that sets one of these names; null when there is none. */
export const removeSettings = (text: string, names: readonly string[]): readonly TextChange[] | null => {
  const gone = linesOf(text).filter((line) => names.some((name) => settingOn(line.text, name) !== null));
  if (gone.length === 0) return null;
  return gone.map(({ offset }) => {
    const end = text.indexOf('\n', offset);
    return { offset, length: (end < 0 ? text.length : end + 1) - offset, text: '' };
  });
};

/** @returns the change that sets `name = value` in a section such as `[profile.dev]` of a TOML file; null when the name is set there. */
export const setInSection = (text: string, section: string, name: string, value: string): TextChange | null => {
  const lines = linesOf(text);
  if (lines.length === 0) return null;
  const at = lines.findIndex((line) => line.text.trim() === `[${section}]`);
  const lineEnd = lineEndOf(text);
  if (at < 0) {
    // `[profile]` with `dev.debug = …` and the like says the same in another form: nothing is added beside it.
    const [family = section] = section.split('.');
    const others = [`[${family}]`, `${family}.`, `${family} `, `${family}=`];
    if (lines.some((line) => others.some((start) => line.text.trim().startsWith(start)))) return null;
    const gap = text === '' ? '' : text.endsWith('\n') ? lineEnd : `${lineEnd}${lineEnd}`;
    return { offset: text.length, length: 0, text: `${gap}[${section}]${lineEnd}${name} = ${value}${lineEnd}` };
  }
  const after = lines.slice(at + 1);
  const next = after.findIndex((line) => line.text.trim().startsWith('['));
  const own = next < 0 ? after : after.slice(0, next);
  if (own.some((line) => settingOn(line.text, name) !== null)) return null;
  const head = lines[at];
  if (head === undefined) return null;
  const offset = head.offset + head.text.length;
  return { offset, length: 0, text: `${lineEnd}${name} = ${value}` };
};
