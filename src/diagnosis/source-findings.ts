/**
 * What compilers, type checkers, linters and test runners say about a source: their lines name errors that the program knows,
 * and not errors that happened.
 */

/** The place in a source that a finding starts with: `path:line:column`, `path(line,column)`, or `path:line: error`. */
const place =
  /^\s{0,8}(?:(?:vet|e|w|[Ee]rror|[Ww]arning|\[error\]|\[warn\]|In)[: -]{1,3})?(?:file:\/\/)?[\w.@/~+-]{0,200}[\w@+-]\.(?!go:\d{1,6}:\d{1,6}: (?:listen|dial|bind)\b)[a-z]\w{0,9}(?::\d{1,6}:\d{1,6}(?:[: ]|-\d)|\(\d{1,6}, ?\d{1,6}\)[: ]|:\d{1,6}: (?:error|warning|note|[CWEFR]: ))/;
/** A row below the name of a file: `12:5  error  …`. */
const row = /^\s{1,6}(?:\d{1,6}:\d{1,6}\s{1,10}|\d{1,6}\s{3,8}(?=[A-Z][a-z]))(?:✖|error|warning|\S)/;
/** `error - lib/a.dart:3:9 - …`. */
const named = /^\s{0,4}(?:error|warning|info) [-•] \S{1,200}:\d{1,6}:\d{1,6} [-•] /;
/** Rust and Svelte write the place on the next line, OCaml on the line before. */
const placeBelow = /^\s{0,12}--> \S{1,300}:\d{1,6}:\d{1,6}$/;
const placeAbove =
  /^(?:File "[^"]{1,300}", line \d{1,6}, characters \d{1,6}-\d{1,6}:|\/?[\w./-]{1,300}\.(?:svelte|vue|astro):\d{1,6}:\d{1,6})$/;
const continued = /^(?:\t| {2,})\S/;
/** A mistake in the program that names what it does not know. */
const unknownName =
  /^(?:.{0,120}: )?(?:NameError|ReferenceError|UnboundLocalError|AttributeError): |\bundefined local variable\b|\(NameError\)$|^KeyError: '[^']{0,200}\s|\(reading '/;
/** What the tool itself could not do; its own failure and no finding. */
const toolFailed =
  /\bfatal error\b|\binternal compiler error\b|\b[Kk]illed\b|\bsignal\b|\bos error\b|\bat compile time\b|\bcannot write\b|\bcan't write\b|\berror (?:MSB|NETSDK|NU)\d{4}\b/i;
/** A finding goes on for a few lines at most. */
const longestFinding = 6;
/** Between the place and the words OCaml shows the source. */
const shownAbove = 4;

/** The lines that report something about a source. */
const sourceFindings = (lines: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>();
  let left = 0;
  for (const [index, line] of lines.entries()) {
    const starts = place.test(line) || row.test(line) || named.test(line) || unknownName.test(line);
    const isFinding =
      starts ||
      placeBelow.test(lines[index + 1] ?? '') ||
      (/^(?:Error|Warning)\b/.test(line) &&
        lines.slice(Math.max(0, index - shownAbove), index).some((above) => placeAbove.test(above)));
    if ((isFinding || left > 0) && toolFailed.test(line)) {
      left = 0;
      continue;
    }
    if (isFinding) left = longestFinding;
    else if (left > 0 && continued.test(line)) left -= 1;
    else left = 0;
    if (isFinding || left > 0) found.add(line);
  }
  return found;
};

/** Summaries of test runners, and what they print for a test that failed. */
const testRun =
  /^\s{0,4}(?:--- FAIL: |FAIL\b|ok {1,4}\t?\S{1,200}\t|\(fail\) |not ok \d|# fail [1-9]|\[ {2}FAILED {2}\] |Test Failed at |Some tests failed|Failed! {1,3}-|FAILURES!|Failures:$|There (?:was|were) \d{1,5} failures?)|\btest result: |^\s{0,4}(?:Tests?|Test Files|Test Suites|Suites|Specs):? {1,12}\d{1,6} (?:failed|passed)|\bTests run: \d|\b\d{1,6} (?:passed|failed|passing|failing|successes|failures?|examples?)\b.{0,40}(?:$|\bin \d|[,/|(])|\b\d{1,6} tests?,? (?:\d{1,6} failures?|failed|passed)\b|\bSome tests failed\b|^\d\d:\d\d \+\d{1,6}(?: -\d{1,6})?: |^\s{0,4}●|^FAILED \S{1,300}::|\bExecuted \d{1,6} of \d{1,6}\b.{0,40}\(\d{1,6} FAILED\)|^TOTAL: \d{1,6} FAILED\b|^ℹ fail [1-9]|\*{3} \d{1,6} TESTS? FAILED \*{3}/;

/** What is known of the lines that a program printed, before what is only quoted is dropped from them. */
export interface Report {
  /** Lines that report something about a source. */
  readonly findings: ReadonlySet<string>;
  /** Whether it is the report of a test runner. */
  readonly isTests: boolean;
  /** Whether it comes from a test runner or a checker, whose texts in quotes are values. */
  readonly quotesValues: boolean;
  /** Whether it comes from a checker, which names errors without having them. */
  readonly isChecker: boolean;
}

/** Whether an output is the report of a test runner. */
export const isTestReport = (lines: readonly string[]): boolean => lines.some((line) => testRun.test(line));

/** Commands that look at sources, documents and settings, and run nothing of them. */
const checkers =
  /(?:^|[\s/:;&|(])(?:[\w@-]{0,30}lint(?:er)?(?:ing)?|mypy|pyright|basedpyright|ruff|flake8|bandit|pylint|clippy|go vet|vet|codespell|cspell|vale|semgrep|shellcheck|phpstan|psalm|rubocop|standardrb|prettier|biome|kubeval|kubeconform|conftest|validate|promtool check|audit|[\w-]{1,30}:check|check:[\w-]{1,30}|dart analyze|flutter analyze|svelte-check|vue-tsc|tsc|credo|dialyzer|checkstyle|detekt|ktlint)(?=$|[\s;&|)])/;

/** @returns what is known of all `lines` of an output. */
export const reportOf = (lines: readonly string[], commandLine: string | null): Report => {
  const isChecker = checkers.test((commandLine ?? '').slice(0, 1_000));
  const isTests = isTestReport(lines);
  return { findings: sourceFindings(lines), isTests, quotesValues: isChecker || isTests, isChecker };
};

/** A text in quotes that is a value: words between blanks, brackets or separators. */
const values =
  /(?<=^|[\s([{=:,<])(?:"[^"]{2,400}"|'[^']{2,400}'|`[^`]{2,400}`|‘[^’]{2,400}’|“[^”]{2,400}”)(?=$|[\s)\]}>,.;:])/g;
/** Words before a quotation that is only a word or a text. */
const namedTexts =
  /\b(?:string|text|at or near|value|literal|phrase|term|keyword|label|title|constant|token|entry|index string) (?:"[^"]{2,400}"|'[^']{2,400}'|`[^`]{2,400}`)/g;
const tellsAnError = /\s|\bE[A-Z]{3}|[a-z](?:Error|Exception)\b|Refused|Reset|Full/;

/** @returns `line` without the texts in quotes that it calls texts: they are spoken of, and not said. */
export const withoutNamedTexts = (line: string): string =>
  /["'`]/.test(line)
    ? line.replace(namedTexts, (text) => (/\s/.test(text.slice(text.search(/["'`]/))) ? '"…"' : text))
    : line;

/** @returns `line` with the texts in quotes replaced that may be the message of an error. */
export const withoutValues = (line: string): string =>
  /["'`‘“]/.test(line) ? line.replace(values, (value) => (tellsAnError.test(value) ? '"…"' : value)) : line;
