import { translatedMessages } from './translated-messages.ts';

/** A message of a tool as it is written around its values, and the same in English. */
interface Translation {
  readonly parts: readonly string[];
  readonly english: readonly string[];
  /** The longest of its parts, of those with other letters than English has if there are any: where that is missing, the message is. */
  readonly telling: string;
  readonly isForeign: boolean;
}

const value = '%s';
const foreignLetter = /[^\u0020-\u007e]/;

const translations: readonly Translation[] = translatedMessages.flatMap(([message, others]) =>
  others.map((other): Translation => {
    const parts = other.split(value);
    const foreign = parts.filter((part) => foreignLetter.test(part));
    const [telling = other] = (foreign.length > 0 ? foreign : parts).toSorted((a, b) => b.length - a.length);
    return { parts, english: message.split(value), telling, isForeign: foreign.length > 0 };
  }),
);

const beyondAscii = /[^\n\t\u0020-\u007f]/;
/** French puts blanks that do not break before its colons. */
const unbroken = /[\u00a0\u202f]/g;

/** The line in English, or null where the message does not stand in it. Values stay in their order. */
const translated = (line: string, { parts, english }: Translation): string | null => {
  const [first = '', ...rest] = parts;
  const start = line.indexOf(first);
  if (start < 0) return null;
  let read = start + first.length;
  let result = line.slice(0, start) + (english[0] ?? '');
  for (const [index, part] of rest.entries()) {
    // A value at the very end reaches to the end of the line.
    const end = part === '' ? line.length : line.indexOf(part, read);
    if (end < 0) return null;
    result += line.slice(read, end) + (english[index + 1] ?? '');
    read = end + part.length;
  }
  return result + line.slice(read);
};

/** @returns `lines`, those that are known messages of tools in another language as the same tool says them in English. */
export const inEnglish = (lines: readonly string[]): readonly string[] => {
  const plain = lines.map((line) => line.replace(unbroken, ' '));
  const whole = plain.join('\n');
  const isForeign = beyondAscii.test(whole);
  const spoken = translations.filter((each) => (isForeign || !each.isForeign) && whole.includes(each.telling));
  if (spoken.length === 0) return lines;
  return lines.map((line, index) => {
    for (const each of spoken) {
      const english = translated(plain[index] ?? line, each);
      if (english !== null) return english;
    }
    return line;
  });
};
