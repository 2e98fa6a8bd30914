const mostLines = 12;
const mostCharacters = 160;

const shown = (sign: string, line: string): string => {
  const plain = line.replace(/[^\P{C}\t]/gu, '').replaceAll('\t', '  ');
  return `${sign} ${plain.length > mostCharacters ? `${plain.slice(0, mostCharacters - 1)}…` : plain}`;
};

/** Of a long piece the begin. */
const cut = (lines: readonly string[]): readonly string[] =>
  lines.length > mostLines ? [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines`] : lines;

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));

/** @returns what is different between two texts, for a person to read: `−` for lines that go, `+` for lines that come. */
export const differenceText = (before: string, after: string): string => {
  const old = linesOf(before);
  const made = linesOf(after);
  const least = Math.min(old.length, made.length);
  let head = 0;
  while (head < least && old[head] === made[head]) head += 1;
  let tail = 0;
  while (tail < least - head && old.at(-1 - tail) === made.at(-1 - tail)) tail += 1;
  const gone = old.slice(head, old.length - tail).map((line) => shown('−', line));
  const come = made.slice(head, made.length - tail).map((line) => shown('+', line));
  return [...cut(gone), ...cut(come)].join('\n');
};
