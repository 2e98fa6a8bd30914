/**
 * What a text must hold for an expression to be able to match it, read from the expression itself. A search for plain words
 * is many times faster than an expression, and most expressions fit none of the words of a text.
 */

/** Shorter words are in nearly every text. */
const shortest = 3;

interface Reader {
  readonly source: string;
  at: number;
}

/** Reads a character class or an escape that stands for several characters. */
const skipClass = (reader: Reader): void => {
  reader.at += 1;
  while (reader.at < reader.source.length && reader.source[reader.at] !== ']')
    reader.at += reader.source[reader.at] === '\\' ? 2 : 1;
  reader.at += 1;
};

/** Reads a quantifier. @returns the smallest number of repetitions of what was read before it, or null when it stands once. */
const leastRepeats = (reader: Reader): number | null => {
  const rest = reader.source.slice(reader.at, reader.at + 12);
  const found = /^(?:[?*]|\+|\{(\d{1,6})(?:,\d{0,6})?\})\??/.exec(rest);
  if (found === null) return null;
  reader.at += found[0].length;
  if (found[1] !== undefined) return Number(found[1]);
  return found[0].startsWith('+') ? 1 : 0;
};

/** One way to fulfil an expression: of these words one must be there; null when nothing can be said. */
type Needs = readonly string[] | null;

/** The better of two needs that must both be fulfilled: the one whose shortest word is longer. */
const better = (a: Needs, b: Needs): Needs => {
  if (a === null || b === null) return a ?? b;
  const weakest = (words: readonly string[]): number => Math.min(...words.map((word) => word.length));
  return weakest(b) > weakest(a) || (weakest(b) === weakest(a) && b.length < a.length) ? b : a;
};

const readAlternatives = (reader: Reader): Needs => {
  const words: string[] = [];
  let anyUnknown = false;
  let best: Needs = null;
  let run = '';
  const endRun = (): void => {
    if (run.length >= shortest) best = better(best, [run.toLowerCase()]);
    run = '';
  };
  const endAlternative = (): void => {
    endRun();
    if (best === null) anyUnknown = true;
    else words.push(...(best as readonly string[]));
    best = null;
  };
  while (reader.at < reader.source.length) {
    const char = reader.source[reader.at] ?? '';
    if (char === ')') break;
    if (char === '|') {
      reader.at += 1;
      endAlternative();
    } else if (char === '(') {
      const opening =
        /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(reader.source.slice(reader.at, reader.at + 40))?.[0] ?? '(';
      reader.at += opening.length;
      const inner = readAlternatives(reader);
      reader.at += 1;
      const looks = /^\(\?<?[=!]$/.test(opening);
      if (!looks) endRun();
      if (leastRepeats(reader) !== 0 && !looks) best = better(best, inner);
    } else if (char === '[') {
      skipClass(reader);
      endRun();
      leastRepeats(reader);
    } else {
      const escaped = char === '\\';
      const next = escaped ? (reader.source[reader.at + 1] ?? '') : char;
      reader.at += escaped ? 2 : 1;
      if ((escaped && 'bB'.includes(next)) || (!escaped && '^$'.includes(char))) continue;
      const plain = escaped ? !/[A-Za-z0-9]/.test(next) : char !== '.';
      const repeats = leastRepeats(reader);
      if (plain && repeats !== 0) run += next;
      if (!plain || repeats !== null) endRun();
    }
  }
  endAlternative();
  return anyUnknown ? null : words;
};

/**
 * @returns words in lower case of which a text in lower case must hold at least one for `expression` to match, or null when
 * the expression must be tried anyhow.
 */
export const requiredWords = (expression: RegExp): readonly string[] | null =>
  readAlternatives({ source: expression.source, at: 0 });
