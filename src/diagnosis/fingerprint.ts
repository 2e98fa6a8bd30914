import { stackTraceOf, traceKey } from './stack-trace.ts';
import { stripEscapes } from './text.ts';

/** Stands in every fingerprint: a better normalisation later must not mix with what is stored. */
const version = 'v1';
const mostCharacters = 400;
/** Each pass only removes digits and letters, so the text stands still after very few. */
const mostPasses = 6;

const dayTime = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?`;

const paths = /(?<![\w>.~/-])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w.@+%~*-]{1,255})+[/\\]?/g;

/** A path in quotes may hold blanks. */
const quotedPaths = /(['"`‘“])((?:~|[A-Za-z]:)?[/\\][^'"`’”\n]{1,300})(?=['"`’”])/g;

/** A path below the current folder: with a file ending, or at least two folders. Names such as `@scope/name` stay. */
const relativePaths =
  /(?<![\w@<>.:/-])[\w.+-]{1,100}(?:\/[\w.@+*-]{1,100}){0,12}\/[\w@+*-]{1,100}\.[A-Za-z]\w{0,7}\b(?![\w/])|(?<![\w@<>.:/-])[\w.+-]{1,100}(?:\/[\w.@+*-]{1,100}){2,12}(?![\w/])/g;

/** Numbers that say what kind of error it is, and so must stay; everything else that is a number is masked. */
const numbers =
  /(\b(?:errno|os error|exit code|exit status|exited with code|code|signal|status|curl:|http)[ :=([]{0,3}-?\d{1,3}\b)|(?<![\w<])[v+-]?\d{1,40}(?:[._,]\d{1,40}){0,8}/gi;

const baseOf = (path: string): string => {
  const name = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  // What tools make up in a temporary folder differs every time.
  if (/^(?:\/private)?\/(?:tmp|var\/tmp|var\/folders)\//.test(path))
    return `<path>/${/\.[A-Za-z]\w{0,7}$/.exec(name)?.[0] ?? ''}`;
  const steady = name.replace(/(?<![A-Za-z0-9])(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{6,64}(?![A-Za-z0-9])/g, (part) =>
    (part.match(/\d/g)?.length ?? 0) >= 2 ? '*' : part,
  );
  return `<path>/${steady.replace(/\d{1,255}/g, '*')}`;
};

/** Values of names that sound secret: the line is kept and shown, they are not. */
const secrets =
  /\b(pass(?:word|wd|phrase)?|token|secret|api[_-]?key|authorization|credentials?)(["']?\s{0,3}[=:]\s{0,3})(?:(?:bearer|basic)\s{1,3})?[^\s,;]{1,400}/gi;

const maskOnce = (text: string): string =>
  text
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s'"<>)\]]{1,2000}/gi, '<url>')
    .replace(secrets, '$1$2<secret>')
    .replace(/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '<mail>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(new RegExp(String.raw`\b\d{4}[-/]\d{2}[-/]\d{2}[T_ ]${dayTime}(?:Z\b|[+-]\d{2}:?\d{2}\b)?`, 'g'), '<time>')
    .replace(new RegExp(String.raw`\b\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:${dayTime}(?: [+-]\d{4})?`, 'g'), '<time>')
    .replace(
      new RegExp(
        String.raw`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?[A-Z][a-z]{2} {1,2}\d{1,2} ${dayTime}(?: \d{4})?`,
        'g',
      ),
      '<time>',
    )
    .replace(
      new RegExp(
        String.raw`\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} ${dayTime}(?: GMT| UTC| [+-]\d{4})?`,
        'g',
      ),
      '<time>',
    )
    .replace(/\b\d{4}-\d{2}-\d{2}\b/g, '<time>')
    .replace(/\b\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b/g, '<time>')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<address>')
    .replace(/(?<![\w:<>])\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,5}\]?(?::\d{1,5})?(?![\w:])/gi, '<address>')
    .replace(/\b0x[0-9a-f]{1,16}\b/gi, '<id>')
    .replace(quotedPaths, (_all, quote: string, path: string) => `${quote}${baseOf(path)}`)
    .replace(paths, baseOf)
    .replace(relativePaths, baseOf)
    .replace(/\b(?=[a-f]{0,64}\d)(?=\d{0,64}[a-f])[0-9a-f]{7,64}\b/gi, '<id>')
    .replace(/\b(?=[A-Za-z]{0,64}\d)(?=\d{0,64}[A-Za-z])[0-9A-Za-z]{16,256}\b/g, '<id>')
    .replace(/<id>-[a-z0-9]{5}\b/g, '<id>')
    .replace(numbers, (found: string, kept: string | undefined) => (kept === undefined ? '<n>' : found))
    .replace(/\s{1,1000}/g, ' ')
    .trim();

/**
 * Takes out of an error line what differs from one occurrence to the next: addresses, ports, paths (their last part
 * stays), ids, times, counts. Codes that name the kind of error stay. Applying it twice changes nothing more.
 */
export const normalise = (line: string): string => {
  let text = stripEscapes(line).slice(0, mostCharacters);
  for (let pass = 0; pass < mostPasses; pass++) {
    const next = maskOnce(text);
    if (next === text) break;
    text = next;
  }
  return text;
};

/** 48 bits of a simple non-cryptographic hash (FNV-1a twice with different starts), as 12 hexadecimal digits. */
const hashOf = (text: string): string => {
  let low = 0x811c9dc5;
  let high = 0x01000193 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + index), 0x85ebca6b);
    high ^= high >>> 13;
  }
  const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(8, '0').slice(-digits);
  return hex(high, 4) + hex(low, 8);
};

/**
 * The identity of an error over its recurrences, e.g. `v1/port-in-use/0f3c…`.
 * @param slug the recognised pattern, or null
 * @param line the one line that says what went wrong
 */
export const fingerprintOf = (slug: string | null, line: string): string =>
  `${version}/${slug ?? 'unknown'}/${hashOf(normalise(line))}`;

/**
 * The same for an error with its whole output: an error that is not known, or that the program itself made, is told apart by
 * its types and own frames, if it has a trace; its message only counts without one.
 * @param lines what the program said, without quotations
 */
export const fingerprintOfTrace = (slug: string | null, line: string, lines: readonly string[]): string => {
  const trace = slug === null || slug === 'unhandled-panic' ? stackTraceOf(lines) : null;
  return trace === null || trace.types.length === 0
    ? fingerprintOf(slug, line)
    : `${version}/${slug ?? 'unknown'}/${hashOf(traceKey(trace))}`;
};
