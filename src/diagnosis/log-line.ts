import { stripEscapes, withoutPrefix, withReturnsShown } from './text.ts';

/** A line of a log in JSON. */
const jsonLine = /^\{.{0,4000}\}$/;
/** Its message, and the error of several lines that it may hold. */
const message = /"(?:msg|message|log|line|text|body)": ?"((?:[^"\\]|\\.){0,2000})"/;
const trace = /"(?:exception|exc_info|stack|stack_?trace|stderr|error|err|traceback)": ?"((?:[^"\\]|\\.){0,2000})"/;
/** Fields that say more than the message: then the line is kept as it is. */
const saysMore = /"(?:err|error|errors|code|errno|cause|reason|status|exit_?code|detail|details)": ?(?!"")/;
/** Levels of which nothing broke; what overcame an error is known by them. */
const calm = /"(?:level|severity|lvl|levelname|log\.level)": ?(?:"(?:info|debug|trace|notice|warn|warning)"|[1-4]0\b)/i;
/** The same as pairs: `time=… level=error msg="…"`, with nothing behind the message. */
const pairs =
  /^(?:(?:time|ts|t|level|lvl|logger|caller|component|service)=(?:"[^"]{0,200}"|\S{0,200}) ){1,6}msg="((?:[^"\\]|\\.){0,2000})"$/;
const calmPair = /(?:^|\s)(?:level|lvl)=(?:info|debug|trace|notice|warn|warning)\b/i;
/** So many lines of one message are read. */
const mostLines = 60;

/** What stands in the quotes; cut off escapes stay as they are. */
const unquoted = (text: string): readonly string[] => {
  let plain = text;
  try {
    const read: unknown = JSON.parse(`"${text}"`);
    if (typeof read === 'string') plain = read;
  } catch {
    // No string of JSON after all: then its escapes are no escapes either.
    plain = text.replaceAll('\\n', '\n');
  }
  return stripEscapes(withReturnsShown(plain))
    .split(/\r?\n/)
    .slice(0, mostLines)
    .map((line) => line.trimEnd());
};

/**
 * @param line a visible line of an output
 * @returns what a service said, where the line is its log in JSON or in pairs and holds nothing but that: its message, and the error of
 * several lines beside it. Else the line itself.
 */
export const unwrapped = (line: string): readonly string[] => {
  const record = withoutPrefix(line);
  const inPairs = pairs.exec(record);
  if (inPairs?.[1] !== undefined) return calmPair.test(record) ? [line] : unquoted(inPairs[1]);
  if (!jsonLine.test(record) || calm.test(record)) return [line];
  const said = message.exec(record)?.[1];
  const broken = trace.exec(record)?.[1];
  if (broken?.includes('\\n')) return [...(said === undefined ? [] : unquoted(said)), ...unquoted(broken)];
  return said === undefined || saysMore.test(record) ? [line] : unquoted(said);
};
