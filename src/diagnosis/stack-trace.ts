/** One call on a stack, without its place in the file: lines move with every edit. */
export interface StackFrame {
  /** The base name of the file, or the module or package. */
  readonly place: string;
  /** Cleaned of what compilers number, or the empty string. */
  readonly name: string;
  /** Whether it is the person's own code rather than a library's or the run time's. */
  readonly inApp: boolean;
}

/** What a printed stack trace is about. */
export interface StackTrace {
  /** Types of the error and of its causes, the outermost first. */
  readonly types: readonly string[];
  readonly frames: readonly StackFrame[];
}

const mostLines = 400;
const mostFrames = 60;

const foreign =
  /^node:|^internal\/|\bnode_modules\b|\bsite-packages\b|\bdist-packages\b|\/lib\/python\d|<frozen|\/usr\/(?:lib|local\/(?:lib|go|Cellar)|share)\/|\/go\/pkg\/mod\/|\/vendor\/|\/gems\/|rubygems|\/rustc\/|\/\.cargo\/|\/toolchains\/|^(?:java|javax|jdk|sun|com\.sun|kotlin|scala|groovy|org\.(?:springframework|apache|junit|gradle|hibernate|eclipse|codehaus))\.|^(?:System|Microsoft)\.|^(?:core|std|alloc|tokio|futures)::|^runtime\.|^(?:net|syscall|testing|reflect|os|io)\./;

const baseOf = (file: string): string =>
  file
    .replace(/^.{0,2000}[/\\]/, '')
    .replace(/[?#].{0,400}$/, '')
    .replace(/[.-][0-9a-f]{6,40}(?=\.\w{1,5}$)/i, '')
    .toLowerCase();

/** @returns a function's name without what differs from one build to the next. */
const cleanName = (name: string): string => {
  const plain = name
    .replace(/^(?:async |new |static )/, '')
    .replace(/ \[as [^\]]{1,80}\]$/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/\{\{closure\}\}|\{closure#\d{1,4}\}/g, '')
    .replace(/\$\$Lambda[$/\w.]{0,60}|lambda\$\w{0,60}|\$\d{1,6}\b|\$\$\w{1,60}\$\$\w{1,40}/g, '')
    .replace(/(?:\.func\d{1,4}){1,6}(?:\.\d{1,4})?$/, '')
    .replace(/^block (?:\(\d{1,3} levels\) )?in /, '')
    .replace(/\(.{0,200}$/, '');
  if (/^(?:<anonymous>|\?|<module>|<lambda>|<unknown>|Anonymous function|eval)$/.test(plain)) return '';
  return plain.replace(/^(?:Object|Module|Function|global|exports)\./, '');
};

const frame = (file: string, name: string): StackFrame => ({
  place: baseOf(file),
  name: cleanName(name),
  inApp: !foreign.test(file) && !foreign.test(name),
});

const forms: readonly ((line: string, next: string) => StackFrame | null)[] = [
  // V8: "at name (file:1:2)", "at file:1:2".
  (line) => {
    const found =
      /^\s{1,20}at (?:(.{1,200}?) \()?((?:file:\/\/|node:|[/.\w@<]|[A-Za-z]:\\)[^()]{0,400}?):\d{1,8}:\d{1,8}\)?/.exec(
        line,
      );
    return found?.[2] === undefined ? null : frame(found[2].replace(/^file:\/\//, ''), found[1] ?? '');
  },
  // Python.
  (line) => {
    const found = /^\s{0,12}File "([^"]{1,400})", line \d{1,8}(?:, in (.{1,200}))?$/.exec(line);
    return found?.[1] === undefined ? null : frame(found[1], found[2] ?? '');
  },
  // Java, Kotlin, Scala.
  (line) => {
    const found = /^\s{1,20}at (?:[\w.@-]{1,80}\/)?([\w.$<>]{1,300})\.([\w$<>]{1,120})\([^)]{0,120}\)/.exec(line);
    return found?.[1] === undefined
      ? null
      : { ...frame(found[1], found[2] ?? ''), place: cleanName(found[1]).replace(/\$\d{1,4}/g, '') };
  },
  // .NET.
  (line) => {
    const found = /^\s{1,20}at ([\w.<>`+[\],]{1,300})\(.{0,300}\)(?: in .{1,300}:line \d{1,8})?$/.exec(line);
    return found?.[1] === undefined ? null : frame(found[1], found[1]);
  },
  // Go: the function on one line, the file on the next.
  (line, next) => {
    const found = /^([\w./*()-]{1,300})\(.{0,300}\)$/.exec(line);
    const file = /^\t(\S{1,400}):\d{1,8}(?: \+0x[0-9a-f]{1,8})?$/.exec(next)?.[1];
    return found?.[1] === undefined || file === undefined ? null : frame(file, found[1].replace(/^.{0,300}\//, ''));
  },
  // Rust with a backtrace: "  3: crate::function".
  (line) => {
    const found = /^\s{1,8}\d{1,3}: (?:0x[0-9a-f]{1,16} - )?([\w:<>{}# ]{1,300})$/.exec(line);
    return found?.[1] === undefined || !found[1].includes('::')
      ? null
      : { ...frame('', found[1]), inApp: !foreign.test(found[1]) };
  },
  // Ruby, Elixir and PHP.
  (line) => {
    const found =
      /^\s{0,12}(?:\d{1,4}: )?(?:from )?(\/?[\w./@+-]{1,400}\.(?:rb|erb|rake)):\d{1,8}:in [`'](.{1,160})'/.exec(line);
    return found?.[1] === undefined ? null : frame(found[1], found[2] ?? '');
  },
  (line) => {
    const found = /^\s{4,8}(?:\([\w. -]{1,80}\) )?(\S{1,200}\.exs?):\d{1,8}: (.{1,200})$/.exec(line);
    return found?.[1] === undefined
      ? null
      : { ...frame(found[1], found[2] ?? ''), inApp: !/^\s{4,8}\((?:elixir|stdlib|kernel|mix|ex_unit) /.test(line) };
  },
  (line) => {
    const found = /^#\d{1,4} (\/[^()]{1,400})\(\d{1,8}\): (.{1,200})$/.exec(line);
    return found?.[1] === undefined ? null : frame(found[1], found[2] ?? '');
  },
];

/** The names of error types at the beginning of a line that reports one. */
const typeOf = (line: string): string | null =>
  /^(?:\[cause\]: |Caused by: |\s{0,12}\[cause\]: |Exception in thread ".{1,80}" |Uncaught |Unhandled exception\.? |PHP Fatal error: {1,3}Uncaught |\*\* \()?((?:[A-Za-z_][\w$]{0,60}[.:]{1,2}){0,8}[A-Z][\w$]{0,60}(?:Error|Exception|Exit|Interrupt|Warning|Failure|Panic))\b(?: \[\w{1,60}\])?(?:[:)(\s]|$)/.exec(
    line,
  )?.[1] ??
  /^(panic): /.exec(line)?.[1] ??
  (/ panicked at /.test(line) ? 'panic' : null);

/** @returns what a trace in these lines says, or null when there is none. */
export const stackTraceOf = (lines: readonly string[]): StackTrace | null => {
  const frames: StackFrame[] = [];
  const types: string[] = [];
  const considered = lines.slice(-mostLines);
  for (const [index, line] of considered.entries()) {
    if (frames.length >= mostFrames) break;
    const type = typeOf(line);
    if (type !== null && types.at(-1) !== type && types.length < 8) types.push(type);
    for (const read of forms) {
      const found = read(line, considered[index + 1] ?? '');
      if (found === null) continue;
      // Recursion counts once, however deep it went.
      if (!frames.some((other) => other.place === found.place && other.name === found.name)) frames.push(found);
      break;
    }
  }
  return frames.length === 0 ? null : { types, frames };
};

/** The identity of a trace: types and own frames; without own frames, all of them. */
export const traceKey = ({ types, frames }: StackTrace): string => {
  const own = frames.filter((one) => one.inApp && one.place !== '[eval]' && one.place !== '<string>');
  return JSON.stringify([types, (own.length > 0 ? own : frames).map((one) => `${one.place}|${one.name}`)]);
};
