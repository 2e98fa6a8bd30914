/** Of a longer text only beginning and end are looked at at once; `LogReader` reads all of it, piece by piece. */
const headCharacters = 8_000;
const tailCharacters = 64_000;
/** Of a longer line only beginning and end are looked at. */
const mostLineCharacters = 2_000;

const esc = String.fromCodePoint(0x1b);
const csi = String.fromCodePoint(0x9b);
const bell = String.fromCodePoint(0x07);

/**
 * OSC and DCS up to BEL or ST, CSI, the two-character ones. Every repetition is bounded or ends at a fixed character. One whose end was cut off
 * hides no further line.
 */
const escapes = new RegExp(
  [
    `${esc}[\\]PX^_][^${bell}${esc}\\n]{0,4096}(?:${bell}|${esc}\\\\)?`,
    `[${esc}${csi}][[\\]()#;?]{0,4}(?:\\d{1,4}(?:[;:]\\d{0,4}){0,16})?[\\dA-PR-TZcf-nq-uy=><~@\`]`,
    `${esc}[@-_]`,
  ].join('|'),
  'g',
);

/** Marks that turn the direction of writing or have no width: they hide words from a search and show nothing. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]/g;

/** Words that tools, collectors of logs and build services put in front of the lines of others. */
const prefixes = [
  // Times: of build services and logs, of Jenkins and foreman.
  /^[[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?[\])]?:?(?: |$)/,
  /^\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?: {1,2}|$)/,
  // The journal with its host and program, then the same behind a time that is gone; the log of Kubernetes' own programs.
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w@./-]{1,60}(?:\[\d{1,8}\])?:(?: |$)/,
  /^[\w.-]{1,64} [\w@./-]{1,60}\[\d{1,8}\]:(?: |$)/,
  /^[EF]\d{4} \d\d:\d\d:\d\d\.\d{1,6} {1,8}\d{1,8} [\w./-]{1,80}:\d{1,6}\] /,
  // The log of a container as its runtime writes it, of a service behind a supervisor or a router; loggers of Java and Python.
  /^std(?:out|err) [FP](?: |$)/,
  /^[\w.-]{1,40} std(?:out|err) \|(?: |$)/,
  /^(?!(?:error|warning|note|help|info)\[)[a-z][\w.-]{0,40}\[[\w.-]{1,30}\]:(?: |$)/,
  /^(?:ERROR|FATAL|SEVERE|CRITICAL) {0,2}(?:\d{1,8} --- )?\[[^\]]{1,60}\] {0,2}[\w.$-]{1,100} {0,4}[-:](?: |$)/,
  /^- [\w.]{1,80} - (?:ERROR|CRITICAL|FATAL) -(?: |$)/,
  // Marks of build services.
  /^##\[error\]|^::error(?: [^:]{1,200})?::/,
  // BuildKit, then Compose, act, Earthly, pm2, Terraform's box, pods, concurrently.
  /^#\d{1,4} (?:\d{1,6}\.\d{1,3} )?/,
  /^(?=[\w.@/-]{0,60}[A-Za-z_])[\w.@/-]{1,60} {1,20}\|(?: |$)/,
  /^\[[\w ./-]{1,80}\] {1,8}\|(?: |$)/,
  /^\s{0,20}[\w./-]{0,60}\+[\w-]{1,60} \|(?: |$)/,
  /^\d{1,4}\|[\w.-]{1,60} {1,20}\| /,
  /^│(?: (?!\s{0,8}\d{1,6}: )|$)/,
  /^\[(?:pod\/[\w./-]{1,120}|\d{1,2})\] /,
  /^\[(?!(?:error|err|warn|warning|info|debug|trace|verbose|fatal|notice|emerg|alert|crit|main|client|ioredis)\])[a-z][a-z0-9_.:-]{1,24}\](?: |$)/,
  // pytest, npm, cargo's notes, Kubernetes events, turbo, lerna and pnpm.
  /^E {1,12}(?=\S)(?!:)/,
  /^npm (?:error|ERR!) /,
  /^\s{0,4}= note: {1,4}/,
  /^[\w@/-]{1,40}:[a-z][\w:-]{0,39}:(?: |$)/,
  /^@[\w-]{1,40}\/[\w.-]{1,60}:(?: |$)/,
  /^(?:packages|apps|libs|services|tools|examples)\/[\w./-]{1,60} [\w:-]{1,40}:(?: |$)/,
];
/** All at once, in this order: one look at the start of a line instead of twenty. */
const anyPrefix = new RegExp(prefixes.map(({ source }) => source).join('|'));
/** A line of a service in a build in a job has three of them, behind the log of its runtime four. */
const mostPrefixes = 4;

/** A carriage return inside of a name is not the one of a progress bar: it is what the error is about. */
const quotedReturn = /\r(?=['’"`]?: (?:[Nn]o such|not found|command not found|bad interpreter))/g;

/** @returns `text` with the carriage returns that errors are about as two visible characters. */
export const withReturnsShown = (text: string): string => text.replace(quotedReturn, '\\r');

/** What is left on a terminal line after a progress bar has written over itself. */
const lastOverwrite = (line: string): string => {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end -= 1;
  const from = line.lastIndexOf('\r', end - 1);
  return line.slice(from + 1, end);
};

/** @returns `text` without terminal escape sequences and other control characters, line feeds, carriage returns and tabs kept. */
export const stripEscapes = (text: string): string => {
  const plain = text.includes(esc) || text.includes(csi) ? text.replace(escapes, '') : text;
  return plain.replace(/(?![\n\r\t])\p{Cc}/gu, '').replace(invisible, '');
};

/** @returns `line` without the prefixes of build tools, build services and log collectors. */
export const withoutPrefix = (line: string): string => {
  let rest = line;
  for (let count = 0; count < mostPrefixes; count++) {
    const found = anyPrefix.exec(rest)?.[0];
    if (found === undefined) break;
    rest = rest.slice(found.length);
  }
  return rest;
};

/** @returns `lines` without the indent that all of them share, as a tool gives it to the whole output of another one. */
export const withoutSharedIndent = (lines: readonly string[]): readonly string[] => {
  if (lines.length < 2) return lines;
  let shared = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    shared = Math.min(shared, line.length - line.trimStart().length);
    if (shared === 0) return lines;
  }
  return lines.map((line) => line.slice(shared));
};

/** What still stands before the message: an indent, names in brackets, the level. */
const heads = [
  /^\s{1,40}/,
  /^\[[\w.:/ @-]{1,40}\] {0,2}(?=\S)/,
  /^(?:ERROR|FATAL|CRITICAL|SEVERE|Error|error|fatal|ERR|remote)(?::|\s{1,2}[-|:]|(?= \w[\w.]{0,60}:? )) {0,2}(?=\S)/,
  /^\[(?:[\w-]{1,40})\] [\w.$]{1,80} - (?=\S)|^[\w.$]{1,80} - (?=\S)/,
];

/** @returns `line` without everything that stands before its message, for a second look at a text that nothing fitted. */
export const bareMessage = (line: string): string => {
  let rest = line;
  for (let count = 0; count < mostPrefixes; count++) {
    for (const head of heads) rest = rest.slice(head.exec(rest)?.[0].length ?? 0);
  }
  return rest;
};

const shortened = (line: string): string =>
  line.length <= mostLineCharacters
    ? line
    : `${line.slice(0, mostLineCharacters / 2)} … ${line.slice(-mostLineCharacters / 2)}`;

/** Whether it is something else than text: many of its characters are none. */
const isBinary = (text: string): boolean => {
  const sample = text.length > 4_000 ? `${text.slice(0, 2_000)}${text.slice(-2_000)}` : text;
  const odd =
    sample.match(/(?![\b\f\n\r\t\v])[\p{Cc}\ufffd]/gu)?.filter((char) => char !== esc && char !== bell).length ?? 0;
  return odd > sample.length / 10;
};

/** Lines that are to a large part something else than text are left out, the readable ones around them are not. */
const linesOf = (text: string): string[] =>
  stripEscapes(withReturnsShown(text))
    .split('\n')
    .map((line) => shortened(lastOverwrite(line)).trimEnd())
    .filter((line) => line.trim() !== '');

/** @returns the visible lines of an output, in order, each capped, empty ones left out; of a long output its beginning and its end. */
export const visibleLines = (output: string): readonly string[] => {
  if (output.length <= headCharacters + tailCharacters) {
    return isBinary(output)
      ? linesOf(
          output
            .split('\n')
            .filter((line) => !isBinary(line))
            .join('\n'),
        )
      : linesOf(output);
  }
  const tail = linesOf(
    output
      .slice(-tailCharacters)
      .split('\n')
      .filter((line) => !isBinary(line.slice(0, 4_000)))
      .join('\n'),
  );
  const head = linesOf(
    output
      .slice(0, headCharacters)
      .split('\n')
      .filter((line) => !isBinary(line.slice(0, 4_000)))
      .join('\n'),
  );
  // The lines at the cut are only parts.
  return [...head.slice(0, -1), ...(tail.length > 1 ? tail.slice(1) : tail)];
};
