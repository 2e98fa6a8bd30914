/** A name may be a sentence, and that sentence may be the message of an error that the test is about. */
const names: readonly RegExp[] = [
  // Playwright: `✘  1 [chromium] › a.spec.ts:3:5 › name (30.0s)`, `1) a.spec.ts:3:5 › name ────`.
  /^\s{0,8}(?:[✘✓×x-] {1,3}\d{1,6} |\d{1,5}\) )?(?:\[[\w .-]{1,40}\] › )?\S{1,200}\.\w{1,8}:\d{1,6}:\d{1,6} › (?<name>.{1,300}?)(?: \(\d[\d.]{0,8}m?s?\)| ─{2,200})?$/,
  // Deno: `name ... FAILED (2ms)`, and where it stands: `name => ./a_test.ts:3:6`.
  /^\s{0,16}(?<name>\S.{0,300}) \.\.\.(?: (?:FAILED|ok|ignored)(?: \(.{1,30}\)){0,2})?$/,
  /^\s{0,8}(?<name>\S.{0,300}) => \S{1,300}:\d{1,6}:\d{1,6}$/,
  // Jest and node:test, also of the groups that tests stand in.
  /^\s{0,16}[●▶] (?<name>\S.{0,300})$/,
  // AVA: `✘ [fail]: file › name`, and below the name alone.
  /^\s{0,8}✘ \[fail\]: (?:\S{1,100} › )?(?<name>.{1,300}?)(?: \([\d.]{1,8}m?s\))?$/,
  // Dart and Flutter: `00:01 +0 -1: test/a_test.dart: name [E]`.
  /^\d\d:\d\d \+\d{1,6}(?: ~\d{1,6})?(?: -\d{1,6})?: (?:\S{1,200}\.dart: )?(?<name>.{1,300}?)(?: \[E\])?$/,
  // Behave and Cucumber: scenarios, and the steps they are made of.
  /^\s{0,8}(?:@\d{1,4} )?(?:Feature|Rule|Scenario|Scenario Outline|Example): (?<name>.{1,300}?)(?: {1,8}(?:-- @\S{1,20} {0,8})?# \S{1,200})?$/,
  /^\s{2,12}(?:[✔✖?-] )?(?:Given|When|Then|And|But) (?<name>.{1,300}?)(?: {1,8}# \S{1,200}(?: [\d.]{1,8}s)?)?$/,
  // Robot Framework: `name      | FAIL |`.
  /^(?<name>\S.{0,300}?) {0,200}\| (?:FAIL|PASS|SKIP) \|$/,
  // Pest and Laravel: `FAILED  Tests\Unit\DiskTest > it does`, perhaps with the type of the error.
  /^\s{1,8}FAILED {1,4}[\w\\]{1,200} > (?<name>.{1,300}?)(?: {2,200}\w{1,80})?$/,
  // CTest: `1 - name (Failed)`.
  /^\s{1,12}\d{1,6} - (?<name>.{1,300}) \((?:Failed|Not Run|Disabled)\)(?: {1,40}\S{1,80})?$/,
  // .NET: `Failed name [3 ms]`, `name [FAIL]`.
  /^\s{0,4}(?:Failed|Passed|Skipped) (?<name>.{1,300}) \[(?:< )?\d[\d.,]{0,8} ?(?:ms|s|m|h)[\d smh]{0,12}\]$/,
  /^\s{0,12}(?<name>\S.{0,300}) \[(?:FAIL|PASS|SKIP)\]$/,
  // RSpec, ScalaTest, minitest, doctest, XCTest.
  /^\s{2,24}(?<name>\S.{0,300}) \((?:FAILED|ERROR) - \d{1,5}\)$/,
  /^\s{0,16}(?:- )?(?<name>\S.{0,300}) \*{3} (?:FAILED|ABORTED) \*{3}/,
  /^(?<name>.{1,200}#test_\d{4}_.{1,200}) (?:\[\S{1,200}:\d{1,6}\]:|= [\d.]{1,8} s = \w)$/,
  /^TEST CASE: {1,4}(?<name>\S.{0,300})$/,
  /^Test Case '(?<name>[^']{1,300})' (?:started|passed|failed)\b/,
  // Zig; another reason than that of a comparison is the error itself.
  /^\d{1,5}\/\d{1,5} (?<name>\S.{0,300}?)\.\.\. ?(?:OK|SKIP|FAIL \(Test\w{1,40}\))$/,
  // Karma and Gradle: `name FAILED`. Only where nothing speaks of what a command does.
  /^(?<name>(?!(?:Error|error|Build|BUILD)\b)\S.{0,300}) FAILED$/,
  // mocha counts the failed ones where they ran, and repeats the names below.
  /^\s{2,24}\d{1,4}\) (?!Error|\w{1,60}(?:Error|Exception):)(?<name>\S.{0,300}?):?$/,
];

/** No name, but what went wrong. */
const saysItself = /^(?:error|fatal|panic|\w{1,60}(?:Error|Exception)): /i;
/** Catch2 writes the name between two rulers as wide as the terminal. */
const ruler = /^-{79}$/;
/** Busted and Clojure write it below the place. */
const placeAbove = /^(?:Failure|Error) → \S{1,300} @ \d{1,6}$|^(?:FAIL|ERROR) in \(/;
/** Between the names of groups and that of a test. */
const between = / [›>»] /;
/** Before a name that is only repeated: a place, the names around it, or the mark of a list. */
const beforeName = /^\s{0,24}(?:\S{1,200}\.\w{1,8}:\d{1,6}(?::\d{1,6})?|.{0,300} [›>»]|[-•]|\d{1,5}\))?\s{0,8}$/;

const nameIn = (line: string, above: string | undefined, below: string | undefined): string | null => {
  if (placeAbove.test(above ?? '') || (ruler.test(above ?? '') && ruler.test(below ?? ''))) return line.trim();
  for (const form of names) {
    const name = form.exec(line)?.groups?.['name'];
    if (name !== undefined) return saysItself.test(name) ? null : name.trim();
  }
  return null;
};

/**
 * @param lines the report of a test runner
 * @returns those of them that only say which test it is, and those that repeat that
 */
export const linesOfTestNames = (lines: readonly string[]): ReadonlySet<string> => {
  const naming = new Set<string>();
  const said = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const name = nameIn(line, lines[index - 1], lines[index + 1]);
    if (name === null) continue;
    naming.add(line);
    for (const part of [name, ...name.split(between)]) said.add(part.trim());
  }
  for (const line of lines) {
    const end = line.trimEnd().replace(/:$/, '');
    for (const name of said) {
      if (end.endsWith(name) && beforeName.test(end.slice(0, -name.length))) naming.add(line);
    }
  }
  return naming;
};
