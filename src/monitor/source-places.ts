import type { SourcePlace } from '../model/error-event.ts';

const mostPlaces = 3;
/** Lines after the telling one in which a trace or a position may stand. */
const linesAfter = 25;
/** Lines before it: Python tells the place first. */
const linesBefore = 12;
const mostLine = 600;
const mostPath = 300;

/** `:12:5`, `:12`, `(12,5)`. */
const position = /[:(](\d{1,7})(?:[:,](\d{1,5}))?/g;
/** Python, PHP. */
const wordy = [/\bFile "([^"\n]{1,300})", line (\d{1,7})/, /\bin (\/[^\s:]{1,300}) on line (\d{1,7})/];
const pathEnd = /\.[A-Za-z]\w{0,9}$/;
const pathCharacter = /[\w@.+~/\\$-]/;
/** What is not the person's own. */
const foreign =
  /(?:^|[\\/])(?:node_modules|site-packages|dist-packages|\.cargo|\.rustup|\.venv|vendor|lib\/python\d?[\d.]*)[\\/]|^(?:node:|internal\/|<)|^\/(?:usr|opt|nix|rustc)\//;

/** The path that ends in front of `end`. Character by character, so that no line takes more than linear time. */
const pathBefore = (line: string, end: number): string => {
  let start = end;
  while (start > 0 && end - start < mostPath && pathCharacter.test(line[start - 1] ?? '')) start -= 1;
  // A drive of Windows stands before a colon.
  if (
    start > 1 &&
    line[start - 1] === ':' &&
    /[A-Za-z]/.test(line[start - 2] ?? '') &&
    /[\\/]/.test(line[start] ?? '')
  ) {
    if (!/\w/.test(line[start - 3] ?? '')) start -= 2;
  }
  return line.slice(start, end).replace(/^\/{2,}/, '/');
};

const placesIn = (raw: string): readonly SourcePlace[] => {
  const line = raw.slice(0, mostLine);
  const found: SourcePlace[] = [];
  const take = (path: string, at: number, column: number | null): void => {
    if (at > 0 && pathEnd.test(path) && !foreign.test(path)) found.push({ path, line: at, column });
  };
  for (const form of wordy) {
    const match = form.exec(line);
    if (match?.[1] !== undefined) take(match[1], Number(match[2]), null);
  }
  for (const match of line.matchAll(position)) {
    const column = match[2] === undefined ? null : Math.max(1, Number(match[2]));
    take(pathBefore(line, match.index), Number(match[1]), column);
  }
  return found;
};

/**
 * The places in files an error names: those on its own line, then those that follow, then those before it. Files of libraries and of the
 * system are left out. The paths are texts from outside: whoever opens one looks first whether it is there and where it lies.
 * @param lines the visible lines of the output
 * @param at where the telling line stands among them, or less than 0
 */
export const sourcePlaces = (lines: readonly string[], at: number): readonly SourcePlace[] => {
  const from = at < 0 ? Math.max(0, lines.length - linesAfter) : at;
  const after = lines.slice(from, from + linesAfter);
  const before = at < 0 ? [] : lines.slice(Math.max(0, at - linesBefore), at).toReversed();
  const places = new Map<string, SourcePlace>();
  for (const line of [...after, ...before]) {
    for (const place of placesIn(line)) {
      const key = `${place.path} ${place.line}`;
      if (!places.has(key)) places.set(key, place);
      if (places.size >= mostPlaces) return [...places.values()];
    }
  }
  return [...places.values()];
};
