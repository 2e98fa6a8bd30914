import { speaksOfError } from './error-line.ts';

/** Last words of tools that did what they were asked: test runners, builds, installations. */
const wentWell: readonly RegExp[] = [
  /^\s{0,12}Tests:? {1,12}(?:\d{1,6} (?:skipped|todo), )?\d{1,6} passed(?:, \d{1,6} total| \(\d{1,6}\))/,
  /^={3,60} (?!.{0,80}\b(?:failed|error))\d{1,6} passed\b.{0,120} in \d.{0,30}s(?: \(.{1,20}\))? ={3,60}$|^\d{1,6} passed(?:, \d{1,6} (?:skipped|warnings?|deselected|xfailed)){0,4} in \d.{0,20}s$/,
  /^OK(?: \((?:skipped|expected failures|tests?)\b.{1,60}\))?$|^PASS$|^ok {1,4}\t\S{1,200}\t|^test result: ok\. /,
  /^\s{0,4}\d{1,6} passing \(\d|^# fail 0$|^\d{1,6} (?:examples?|runs|tests), .{0,60}\b0 failures(?:, 0 errors)?\b/,
  /^(?:ok \| )?\d{1,6} passed (?:\(.{1,20}\) )?\| 0 failed\b|^\d{1,6} (?:features?|scenarios?|steps?|tests?)(?: passed|, \d{1,6} passed), 0 failed\b|^100% tests passed\b|^Test Run Successful\.$|^Passed! {1,3}- Failed: {1,8}0,/,
  /\bBUILD SUCCESS(?:FUL)?\b|^-- Build files have been written to: |^\s{0,8}Finished `?\w{1,20}`? .{0,60}target\(s\) in |\bcompiled successfully\b|^✓ built in \d/,
  /^Successfully (?:installed|built|tagged) \S|^(?:added|changed|removed) \d{1,6} packages?\b|^up to date,|^All checks passed!$|^Success: no issues found\b/,
];
/** They stand at the end, followed by little: times, counts, where a report lies. */
const lastLines = 8;

/**
 * For where nobody knows the exit code: an output whose last words say that all went well is that of a command that did not fail, whatever
 * its tests and warnings speak of.
 */
export const endsWell = (lines: readonly string[]): boolean => {
  const last = lines.slice(-lastLines);
  const at = last.findLastIndex((line) => wentWell.some((form) => form.test(line)));
  return at >= 0 && !last.slice(at + 1).some((line) => speaksOfError(line));
};
