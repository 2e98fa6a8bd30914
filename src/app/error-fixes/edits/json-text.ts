import { lineEndOf, type TextChange } from './text-change.ts';

/**
 * Changes single values of a JSON text, with comments and trailing commas as editors allow them, and leaves everything else as it is
 * written. Nothing is proposed for a text that is not understood.
 */

interface Member {
  readonly key: string;
  readonly keyAt: number;
  readonly value: Node;
}
interface Node {
  readonly start: number;
  readonly end: number;
  /** Null for everything that is no object. */
  readonly members: readonly Member[] | null;
}

/** A manifest or a settings file is never longer; a text from elsewhere is not read at all. */
const mostCharacters = 1024 * 1024;
const deepest = 60;

const space = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const string = /"(?:[^"\\\n]|\\.)*"/y;
const scalar = /-?\d[\d.eE+-]*|true|false|null/y;

const ended = (expression: RegExp, text: string, at: number): number => {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
};

/** @returns the value that begins at `at`, or null. */
const valueAt = (text: string, at: number, depth: number): Node | null => {
  const first = text[at];
  if (first !== '{' && first !== '[') {
    const end = ended(first === '"' ? string : scalar, text, at);
    return end < 0 ? null : { start: at, end, members: null };
  }
  if (depth > deepest) return null;
  const close = first === '{' ? '}' : ']';
  const members: Member[] = [];
  let position = ended(space, text, at + 1);
  while (text[position] !== close) {
    let key = '';
    const keyAt = position;
    if (first === '{') {
      const keyEnd = ended(string, text, position);
      if (keyEnd < 0) return null;
      key = plain(text.slice(position, keyEnd));
      position = ended(space, text, keyEnd);
      if (text[position] !== ':') return null;
      position = ended(space, text, position + 1);
    }
    const value = valueAt(text, position, depth + 1);
    if (value === null) return null;
    members.push({ key, keyAt, value });
    position = ended(space, text, value.end);
    if (text[position] === ',') position = ended(space, text, position + 1);
    else if (text[position] !== close) return null;
  }
  return { start: at, end: position + 1, members: first === '{' ? members : null };
};

const plain = (written: string): string => {
  try {
    return String(JSON.parse(written));
  } catch {
    // An escape that JSON does not know: no key anybody looks for.
    return written;
  }
};

const read = (text: string): Node | null => {
  if (text.length > mostCharacters) return null;
  const root = valueAt(text, ended(space, text, text.charCodeAt(0) === 0xfeff ? 1 : 0), 0);
  return root !== null && ended(space, text, root.end) === text.length ? root : null;
};

/** Of two members of the same name the last one counts. */
const memberOf = (node: Node, key: string): Member | undefined => node.members?.findLast((each) => each.key === key);

const nodeAt = (text: string, path: readonly string[]): Node | null => {
  let node = read(text);
  for (const key of path) node = (node === null ? undefined : memberOf(node, key)?.value) ?? null;
  return node;
};

/** @returns the value at a path, or undefined when it is not there or is no JSON (comments inside of it). */
export const jsonAt = (text: string, path: readonly string[]): unknown => {
  const node = nodeAt(text, path);
  if (node === null) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(node.start, node.end));
    return value;
  } catch {
    return undefined;
  }
};

/** @returns the names in the object at a path, or null when there is none. */
export const jsonKeys = (text: string, path: readonly string[]): readonly string[] | null =>
  nodeAt(text, path)?.members?.map(({ key }) => key) ?? null;

/** The blanks a line begins with on which something stands, or null when something else stands before it. */
const indentAt = (text: string, at: number): string | null =>
  /(?:^|\n)([ \t]*)$/.exec(text.slice(Math.max(0, at - 200), at))?.[1] ?? null;

/** The blanks at the begin of the line on which `at` lies. */
const lineIndent = (text: string, at: number): string =>
  /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(Math.max(0, at - 2_000), at))?.[1] ?? '';

const unitOf = (text: string): string => /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';

/** `value` written below a line with this indent. */
const written = (value: unknown, unit: string, indent: string, lineEnd: string): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', `${lineEnd}${indent}`);

/**
 * @param path names of objects down to the value; what is missing of them is made.
 * @returns the change that sets the value there; null when it stands there already, or the text is not understood. An empty text becomes an object.
 */
export const setInJson = (text: string, path: readonly string[], value: unknown): TextChange | null => {
  if (text.trim() === '') {
    const whole = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
    return { offset: 0, length: text.length, text: `${JSON.stringify(whole, null, 2)}\n` };
  }
  let node = read(text);
  const unit = unitOf(text);
  const lineEnd = lineEndOf(text);
  for (const [index, key] of path.entries()) {
    if (node === null || node.members === null) return null;
    const member = memberOf(node, key);
    if (member !== undefined) {
      node = member.value;
      continue;
    }
    const rest = path.slice(index + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
    const last = node.members.at(-1);
    const own = last === undefined ? null : indentAt(text, last.keyAt);
    if (last !== undefined && own === null) {
      return { offset: last.value.end, length: 0, text: `, ${JSON.stringify(key)}: ${JSON.stringify(rest)}` };
    }
    if (last !== undefined && own !== null) {
      const made = `${JSON.stringify(key)}: ${written(rest, unit, own, lineEnd)}`;
      return { offset: last.value.end, length: 0, text: `,${lineEnd}${own}${made}` };
    }
    // An empty object: only blanks and comments stand in it.
    const outer = lineIndent(text, node.start);
    const made = `${JSON.stringify(key)}: ${written(rest, unit, outer + unit, lineEnd)}`;
    const isClosedHere = text[node.end - 1] === '}' && !text.slice(node.start, node.end).includes('\n');
    const after = isClosedHere ? `${lineEnd}${outer}` : '';
    return { offset: node.start + 1, length: 0, text: `${lineEnd}${outer}${unit}${made}${after}` };
  }
  if (node === null) return null;
  if (says(text.slice(node.start, node.end), value)) return null;
  const after = written(value, unit, lineIndent(text, node.start), lineEnd);
  return { offset: node.start, length: node.end - node.start, text: after };
};

/** Whether a text is this value, however it is written. */
const says = (text: string, value: unknown): boolean => {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    // Comments in it: it is something else.
    return false;
  }
};

/** @returns the change that takes a value away; null when there is none. */
export const removeFromJson = (text: string, path: readonly string[]): TextChange | null => {
  const key = path.at(-1);
  const parent = nodeAt(text, path.slice(0, -1));
  if (key === undefined || parent === null || parent.members === null) return null;
  const index = parent.members.findLastIndex((each) => each.key === key);
  const member = parent.members[index];
  if (member === undefined) return null;
  const previous = parent.members[index - 1];
  const next = parent.members[index + 1];
  if (previous !== undefined) return cut(previous.value.end, member.value.end);
  if (next !== undefined) return cut(member.keyAt, next.keyAt);
  return cut(parent.start + 1, parent.end - 1);
};

const cut = (from: number, to: number): TextChange => ({ offset: from, length: to - from, text: '' });
