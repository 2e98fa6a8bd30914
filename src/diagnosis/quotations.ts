import { isTestReport } from './source-findings.ts';
import { linesOfTestNames } from './test-names.ts';

/** Lines that show a text instead of saying it, whatever stands around them. */
const always: readonly RegExp[] = [
  // A compiler shows the source line it means.
  /^\s{0,12}(?:>{1,2} {0,4})?\d{1,6} {0,6}[|│┃] ?/,
  /^\s{1,12}[|│]\s/,
  // Tests: what passed, and the names of those that failed.
  /^\s{0,16}(?:[✓✔√✅☑] |[·•∙] (?!\s{0,4}[╰─┬│])|ok\b|not ok \d|PASS\b|PASSED\b|XFAIL|SKIP|--- (?:PASS|FAIL|SKIP)|=== (?:RUN|PAUSE|CONT|NAME))/,
  /^\s{0,16}[●◯] |^\((?:fail|pass|skip|todo)\) /,
  /^\s{0,4}FAIL\b.{0,300}$|^\s{0,8}Failure\/Error: |^>\s{2,12}(?:assert|raise|def|return|with|expect|await|\w{1,40}(?:\(| = |\.))|^\s{0,4}Failed \S{1,200} \[/,
  /[,;] want(?:ed)?\b[ :=]|\bgot\b.{0,300}\bwant(?:ed)?\b|\bwant(?:ed)?\b.{0,300}\bgot\b/,
  /^\s{0,8}(?:test|Test) .{1,300} (?:\.\.\. |-> )?(?:ok|ignored|passed|FAILED|PASSED|SKIPPED)\b/,
  /^(?:FAILED|PASSED|ERROR|SKIPPED|XPASS|RERUN) \S{1,300}(?:::|\[)/,
  /^.{1,300} (?:PASSED|SKIPPED|XFAIL|XPASS)(?: {1,60}\[ {0,3}\d{1,3}%\])?$/,
  /^(?=\S{1,300}::)\S{3,600} (?:.{0,200} )?(?:FAILED|ERROR)(?: {1,60}\[ {0,3}\d{1,3}%\])?$/,
  /^-{2,8} .{1,200} (?:stdout|stderr) -{2,8}$|^_{3,60} .{1,200} _{3,60}$|^={3,60} .{1,200} ={3,60}$/,
  /^\s{0,8}\d{1,4}\) (?!Error|\w{1,60}(?:Error|Exception):)/,
  /^\s{0,4}(?:rspec|phpunit|mocha|jest|go test|cargo test) \S{1,200}/,
  /^\s{0,8}(?:\d{1,5}\/\d{1,5} )?Test {1,4}#\d{1,5}: /,
  /^\[(?:ERROR|FAIL|WARN)\] {1,4}[\w$.]{1,120}(?:Test|Tests|IT|Spec)\.[\w$]{1,120}/,
  // What a test expected and what it got; Clojure writes the exception of a test in the place of the latter.
  /\bAssertion(?:Error|FailedError)\b|\bERR_ASSERTION\b|^\s{0,8}(?:assert|assert_\w{2,30}|expect)\b|\bto(?:Be|Equal|Throw|Contain|Match|Have|Include|Reject|Resolve)\w{0,30}\(/,
  /^(?! {2}actual: (?:[a-z]\w{0,60}\.){1,12}[A-Z]\w{0,80}(?:Exception|Error): )\s{0,12}(?:Expected|Received|Actual|expected|received|actual|got|want|Got|Want|left|right|Diff|exp|act)\b[\w ]{0,24}[:=]/,
  /\bexpected (?!version|double-quoted|property|value|statement|one of|identifier|expression|end of|token|`).{1,200}\b(?:to (?:be|equal|contain|include|match|throw|have|start|end|reject|return)|but (?:got|was|received)|got|instead)\b/i,
  /\bDID NOT RAISE\b|\bnever (?:raised|thrown)\b|\bshould (?:have )?(?:raise|throw|return|handle|report|fail|panic|retry|reject|recover|show|detect|map|print|log|be )/,
  // Lists, headings, tables and quotations of a text that explains.
  /^\s{0,8}(?:[-*+•] (?:\*\*|`|_)|#{2,6} \S|\| .{1,300} \|$|>{1,3} (?!@|(?:Could not|Cannot|Can't|Failed|Unable|Process|A problem|A failure|Received|No \w{1,20} could|Timeout|java|javax|org|com|io|kotlin|groovy)\b)|\d{1,3}\. (?:\*\*|`|[A-Z]))/,
  // Comments.
  /^\s{0,40}(?:\/\/|\/\*|\*\/|\* |<!--|-->|;;|"""|''')/,
  /^\s{0,40}# (?!(?:Warning|WARNING|Error|ERROR|Failed|Fatal|FATAL|Could not|Cannot|A fatal error|There is insufficient memory|Native memory| ?SIG[A-Z]{3,5})\b)/,
  // What the shell, a build or a package manager is about to run.
  /^\+{1,4} \S/,
  /^> (?!(?:Could not|Cannot|Can't|Failed|Unable|Process|A problem|A failure|Received|No \w{1,20} could|Timeout|java|javax|org|com|io|kotlin|groovy)\b)\S/,
  /^(?:Step \d{1,3}\/\d{1,3} : |STEP \d|(?:=> )?\[\s?\d{1,3}\/\d{1,3}\] |\[[\w. -]{1,40} \d{1,3}\/\d{1,3}\] )/,
  /^(?:\S{1,60}@\S{1,60}[: ]\S{0,120})?[$❯➜%] (?!(?:ERROR|FATAL|WARN)\b)\S/,
  // Requests a server counted.
  /"(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) \S{1,2000} HTTP\/[\d.]{1,3}"/,
  /^(?:\S{1,40} )?(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) \/\S{0,1000} [1-5]\d\d\b|^(?:Completed|Sent) [1-5]\d\d (?:\w{2,20} ){0,4}in \d/,
  // Tables of errors, as headers and manuals have them.
  /^\s{0,8}(?:\d{1,5}\s{1,8}(?!ERROR)E[A-Z0-9]{2,15}\b|(?!ERR|ELIFECYCLE)E[A-Z0-9]{2,15}\s{1,12}\d{1,4}\b|#\s{0,4}define\b)/,
  /^\s{0,12}\[?(?!ELIFECYCLE|ERROR|ERR\b)E[A-Z0-9]{3,15}\]?\s{2,40}[A-Z][a-z]/,
  /#define\s/,
  // Found by a search: path, line, and then no blank, or the indent of the found line.
  /^(?!\[\d)[^\s:]{1,300}:\d{1,7}:(?!\d|in |\s?\d{1,6}: )(?:\s{2}|\t|\S)/,
  /^[\w./@+-]{1,200}\.\w{1,8}-\d{1,6}-\s{0,20}\S/,
  // Commits.
  /^(?:[*|\\/ ]{1,12})?[0-9a-f]{7,12} (?:\([^)]{1,200}\) )?(?:\w{2,12}(?:\([\w./-]{1,40}\))?!?: |[A-Z][a-z]{1,20} )/,
  // Options in the help of a program.
  /^\s{1,8}-{1,2}[\w-]{1,40}[ ,=<[].{1,60}\s{2}\S/,
  /^(?:Usage|usage|Synopsis|SYNOPSIS)(?! Error| of EmptyDir):? \S/,
  // Values that would have been allowed, and source that is shown.
  /\b(?:must be one of|possible values|allowed values|valid (?:values|options|choices)|invalid choice)\b/,
  /^[│|]\s{1,8}\d{1,6}: |^\[error\] {1,3}(?:> )?\d{0,6} {0,6}\|/,
  // What Terraform would change, and what a test of Zig expected.
  /^\s{2,16}[-+~] \w{1,60}\s{1,40}= |\bexpected error\.\w{1,60}, found\b/,
  // The line of a script that a shell could not read, and the values of a row.
  /: line \d{1,6}: `.{0,400}'$|^DETAIL: {1,3}Key \(/,
  // What a configuration looks for.
  /^checking (?:for|whether|if|how) .{1,200}\.\.\. /,
  // Misspelt words of a text.
  /^\S{1,300}:\d{1,7}: .{1,200} ==> .{1,200}$/,
  // The subject of a commit.
  /^(?:⧗ {1,4}input: |(?:fix|feat|chore|docs|refactor|test|build|ci|perf|style|revert)(?:\([\w./-]{1,40}\))?!?: )/,
];

/** Lines of source code that name an error. */
const source: readonly RegExp[] = [
  /^\s{0,40}(?:const|let|var|return|throw|raise|except|case|elif|else if|} else|if|for|while|def|fn|func|function|class|public|private|static|async|await|import|export|package|using|catch|} catch|assert|rescue|ensure|when|match|switch|yield|del|with|try)\b.{0,400}(?:[;{(=,[]|=>|:)\s{0,4}$/,
  /^\s{0,40}(?:(?:throw new|raise|return|throw)\b(?! ?:)|panic!?\(|fmt\.|log\.|logger\.|console\.|print(?:ln|f)?!?\(|System\.(?:out|err)\.|printf\(|fprintf\(|process\.(?:stderr|stdout)|errors\.New\(|(?:echo|printf|puts|p|pp|print|say|warn) ["'$])/,
  /(?:===?|!==?|\bin|\bis|\.includes|\.match|\.test|\.equals|\.has)\s{0,2}\(?['"]E[A-Z]{3,}/,
  /^\s{0,40}['"][^'"]{1,200}['"]\s{0,4}[,:\])]{1,3}\s{0,4}(?:\/\/.{0,200})?$/,
  /^\s{0,40}\w{1,60}: \[$|\blambda\b|=> \{$|\)\s?\{$|;\s{0,4}(?:\/\/.{0,200})?$/,
];

/** Errors that were overcome: the next try, another way, or a level of logging that says that nothing is lost. */
const overcome: readonly RegExp[] = [
  /^\s{0,12}(?:\[?[\d:T.,/Z+ -]{8,40}\]?[ \t|-]{0,4})?(?:\[[\w.:-]{1,40}\] {0,2})?[[(<]?(?:INFO|DEBUG|TRACE|info|debug|trace|NOTICE|notice|VERBOSE|verbose|DBG|INF|TRC)[\])>]?(?:\[[\w.-]{0,40}\])?[ \t|:]|^\[\w{1,30}:(?:info|debug)\] /,
  /\blevel["']?[=:] ?["']?(?:info|debug|trace|notice)\b|"(?:severity|lvl|levelname)": {0,2}"(?:INFO|DEBUG|TRACE|info|debug)/,
  /\b(?:falling|fall|fell) back (?:to|on)\b|\bwill (?:re-?try|be retried)\b|\bre-?trying (?:in|after|with|\d|\((?!Retry\())|, re-?trying\b|\bignor(?:ing|ed)(?:$|[ ,.;:)])(?!.{0,20}because it's not set)|\bcontinuing (?:without|with|anyway)|\brecovered\b|\busing (?:\S{1,40} )?instead\b|\bevicting\b|\bcaught (?:and|expected)\b|\(expected (?:in|by|for|during) th|\bas expected\b|\bnon-fatal\b|\bharmless\b|(?<!\)\) - )\bskipping\b/i,
  /\bWARN\w{0,3}\b.{0,200}\bcaught\b/i,
  // sudo cannot find the name of the machine itself, and goes on.
  /^sudo: unable to resolve host /,
  // The log of Kubernetes' own programs begins with the level and the day.
  /^I\d{4} \d\d:\d\d:\d\d\./,
];

/** After these lines a program tries again; whether in vain is said by what follows. */
const again = /\b(?:re-?trying|will (?:re-?try|be retried))\b/i;
const gaveUp =
  /\bg(?:ave|iving) up\b|\bfatal\b|\babort|\bcancell?ed\b|\bfailed after\b|\bmax(?:imum)?\b.{0,20}\b(?:retries|attempts)\b|\btoo many (?:retries|attempts)\b|\bretries (?:exhausted|exceeded)\b|\bout of (?:retries|attempts)\b|\bterminated\b/i;
const wentWell = /\b(?:ok|done|succe\w{1,10}|connected|ready|complete\w{0,3}|recovered|passed|finished)\b/i;

/** @returns whether the tries that a program announced came to nothing: it gave up, or said nothing more. */
export const triedInVain = (lines: readonly string[]): boolean => {
  const last = lines.findLastIndex((line) => again.test(line));
  if (last < 0) return false;
  const after = lines.slice(last + 1);
  return !after.some((line) => wentWell.test(line)) && (after.length === 0 || after.some((line) => gaveUp.test(line)));
};

/** A test compared something: from then on, what stands in its report is what was compared. */
const compares =
  /\bAssertion(?:Error|FailedError|Failed)\b|\bERR_ASSERTION\b|\bassertion [`'"]?.{0,40}failed\b|\bFailed asserting\b|\bAssert\.\w{1,30}\(\) Failure\b|\bAssertion with \S{1,4} failed\b|\bexpect\(\w{1,40}\)|\bFailure\/Error: |^\s{0,8}[Ee]xpected:? .{0,300}$|\bbut was: |^\s{0,16}Difference \(- actual/;
const compared =
  /^\s{0,16}[-+?](?:\s|['"`])|^\s{0,12}(?:code|message|Error Message|value|stdout|stderr):|^\s{4,16}[a-z][^:]{1,200}:$/;

/** Where a test of Rust failed; why is on the next line. */
const panicked = /^\s{0,8}thread '(?!main')[^']{1,200}'.{0,20} panicked at .{1,300}:$/;
/** Crosses stand before tests that failed, and before the errors of tools that run no tests. */
const crossed =
  /^\s{0,16}[✕✗✘×❌⨯✖] (?!(?:\[\w{1,10}\] )?(?:Error|ERROR|error|Command|Failed|failed|No solution|Could not|Cannot|Unable|Build))/;
const crossedTest =
  /^\s{0,16}[✕✗✘×❌⨯✖] (?:.{1,300}[ (]\d{1,7}(?:\.\d{1,4})? ?m?s\)?$|(?:\[fail\]|should|handles|reports|rejects|returns|throws|shows|it)\b)/;

/** The difference that mocha shows below its heading; the lines have no blank after their mark. */
const differenceHead = /^\s{0,16}\+ expected - actual$/;
const differs = /^\s{2,16}[-+]\S/;
/** How Python's own runner says what became of a test whose first line of documentation it shows. */
const pythonOutcome = / \.\.\. (?:ok|FAIL|ERROR|expected failure|skipped .{0,200})$/;
/** What cargo's tests printed, up to where one of them panicked. */
const rustPrinted = /^-{4} .{1,200} std(?:out|err) -{4}$/;
const rustPanicked = /^thread '.{1,200} panicked at |^failures:$/;
/** The source around the place, as ava shows it. */
const numbered = /^\s{1,12}\d{1,6}: /;
/** What the program under test printed, as node:test hands it on, and as Python's logging writes it. */
const tapPrinted = /^# (?!Subtest: )/;
const pythonLogged = /^(?:ERROR|CRITICAL|WARNING):[\w.]{1,80}:/;
/** Vitest shows below this what a test printed, up to its own marks. */
const vitestPrinted = /^(?:std(?:out|err) \| )?\S{1,200}\.(?:test|spec)\.\w{1,4} > .{1,300}$/;
const vitestOwn = /^\s{0,4}(?:[❯×✓✗↓⎯]|FAIL\b|Test Files\b|Tests\b)/;
/** The rows of a query, between columns as its heading marks them. */
const tableHead = /^-{3,200}(?:\+-{3,200}){1,40}$/;
const tableRow = /^ .{0,400} \| /;
/** mocha and RSpec say below this how the failed tests failed; above, tests print what they like, and RSpec names those that passed. */
const mochaFailures = /^\s{0,8}\d{1,6} failing$|^Failures:$/;
/** pytest shows below this what a test had printed and logged before it failed. */
const pytestCaptured = /^-{3,60} Captured (?:stdout|stderr|log) (?:setup|call|teardown) -{3,60}$/;
const pytestHead = /^(?:={3,60}|_{3,60}|-{3,60}) .{1,200} (?:={3,60}|_{3,60}|-{3,60})$/;

/** Jest shows what was printed to the console below the name of the function. */
const captured = /^\s{0,12}console\.(?:error|warn|log|info|debug)$/;
const capturedLines = 40;

/** Not what Python and compilers put under the expression they mean: `~~~~^^^^`. */
const fence = /^\s{0,8}```|^\s{0,3}~{3,4}[\w-]{0,20}$/;
const pythonFrame = /^\s{2,12}File "[^"]{0,400}", line \d/;
const nodeFrame = /^(?:file:\/\/)?\/?[^\s:]{1,300}:\d{1,6}(?::\d{1,5})?$/;
/** What a compiler puts under the place it means, perhaps with a word about it. */
const marks = /^[\s|│·]{0,200}[\^~]{1,200}(?:\s{0,4}$|-- SC\d| column \d)/;
/** Where Node ends a program whose error nobody caught. */
const uncaught = /\btriggerUncaughtException\(/;
/** Gradle says below this what went wrong, marked like what is about to run. */
const wentWrong = /^\* What went wrong:$/;
const cause = /^\s{0,8}> (?!Task\b|Configure\b)\S/;
/** The mark of a conflict in a source is the error itself where a compiler points at it. */
const conflict = /^\s{0,40}<{7} \S/;
const points = /^\s{0,40}\^{1,8}\s{0,4}$/;
const carets = /^\s{0,200}[\^~-]{1,200}\s{0,4}$/;
const diffHead = /^(?:diff --git |@@ -\d|--- a\/|\+\+\+ b\/|Index: )/;
/** A source line that Node shows is followed by its marker after a few lines at most. */
const shownLines = 4;

const noNames: ReadonlySet<string> = new Set();

/**
 * @param isTests whether they are the report of a test runner
 * @param retries keeps the errors after which a program said that it would try again
 * @returns the lines that a program said itself, without those that quote: source code, tests, documentation, listings,
 * differences, and errors that were overcome.
 */
export const withoutQuotations = (
  lines: readonly string[],
  isTests: boolean = isTestReport(lines),
  retries = false,
): readonly string[] => {
  const own: string[] = [];
  const isDiff = lines.some((line) => diffHead.test(line));
  const isComparison = lines.some((line) => compares.test(line));
  const hasCauses = lines.some((line) => wentWrong.test(line));
  const hasTable = lines.some((line) => tableHead.test(line));
  const hasDifference = lines.some((line) => differenceHead.test(line));
  const names = isTests ? linesOfTestNames(lines) : noNames;
  let isCaptured = false;
  const isTap = isComparison && lines[0] !== undefined && /^TAP version \d/.test(lines[0]);
  const failuresFrom = isComparison && isTests ? lines.findIndex((line) => mochaFailures.test(line)) : -1;
  let inFence = false;
  let skip = 0;
  for (const [index, line] of lines.entries()) {
    if (fence.test(line)) {
      inFence = !inFence;
      continue;
    }
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    if (inFence) continue;
    if (index < failuresFrom) continue;
    if (isTests && rustPrinted.test(line)) isCaptured = true;
    else if (isComparison && isTests && vitestPrinted.test(line)) isCaptured = true;
    else if (rustPanicked.test(line) || vitestOwn.test(line)) isCaptured = false;
    else if (isComparison && pytestHead.test(line)) isCaptured = pytestCaptured.test(line);
    if (names.has(line)) continue;
    if ((isTests && numbered.test(line)) || (hasTable && tableRow.test(line))) continue;
    if ((isTap && tapPrinted.test(line)) || (isTests && isComparison && pythonLogged.test(line))) continue;
    if (isCaptured || (hasDifference && differs.test(line)) || (isTests && pythonOutcome.test(line))) continue;
    if (hasCauses && cause.test(line)) {
      own.push(line);
      continue;
    }
    if (conflict.test(line) && points.test(lines[index + 1] ?? '')) {
      own.push(line);
      continue;
    }
    if (pythonFrame.test(line)) {
      // The source line it shows, indented deeper than the frame.
      const shown = lines[index + 1] ?? '';
      if (/^\s{4}/.test(shown) && !pythonFrame.test(shown) && !conflict.test(shown)) skip = 1;
      own.push(line);
      continue;
    }
    if (nodeFrame.test(line)) {
      const marker = lines.slice(index + 1, index + 1 + shownLines).findIndex((next) => carets.test(next));
      if (marker >= 0 && !conflict.test(lines[index + marker] ?? '')) skip = marker + 1;
      own.push(line);
      continue;
    }
    if (isDiff && /^[-+@ ]|^(?:diff|index) /.test(line)) continue;
    if (isComparison && captured.test(line)) {
      // What the program under test printed, up to the place where it did.
      const end = lines.slice(index + 1, index + 1 + capturedLines).findIndex((next) => /^\s{0,12}at /.test(next));
      skip = end < 0 ? 1 : end;
      continue;
    }
    if (isComparison && compared.test(line)) continue;
    if (marks.test(lines[index + 1] ?? '') && !marks.test(line) && !uncaught.test(line)) continue;
    if (isTests ? crossed.test(line) || panicked.test(line) : crossedTest.test(line)) continue;
    if (!uncaught.test(line) && (retries && again.test(line) ? isShown(line) : isQuotation(line))) continue;
    own.push(line);
  }
  return own;
};

/** Whether a line shows a text rather than says it. */
const isShown = (line: string): boolean =>
  always.some((form) => form.test(line)) || source.some((form) => form.test(line));

export const isQuotation = (line: string): boolean => isShown(line) || overcome.some((form) => form.test(line));
