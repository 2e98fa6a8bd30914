/** What a bare exit code says when no text says anything. */
const byCode: ReadonlyMap<number, string> = new Map([
  [124, 'command-timeout'],
  [126, 'script-not-executable'],
  [127, 'command-not-found'],
  [129, 'sighup'],
  [132, 'illegal-instruction'],
  [134, 'abort'],
  [135, 'disk-full'],
  [136, 'fpe'],
  [137, 'oom-killed'],
  [139, 'segfault'],
  [141, 'broken-pipe'],
  [143, 'sigterm'],
  [153, 'file-size-limit'],
  // What shells and agents give for a signal without adding 128.
  [-9, 'oom-killed'],
  [-11, 'segfault'],
  [-15, 'sigterm'],
  [-6, 'abort'],
]);

/** npm ends with 256 minus the number of the system's error. */
const byNpmCode: ReadonlyMap<number, string> = new Map([
  [228, 'disk-full'],
  [243, 'npm-eacces'],
  [217, 'npm-enotempty'],
  [226, 'read-only-fs'],
  [254, 'package-json-missing'],
]);

/** Perl's `die` ends with the number of the system's error; so few programs do that the command must say it is Perl. */
const byErrno: ReadonlyMap<number, string> = new Map([
  [28, 'disk-full'],
  [30, 'read-only-fs'],
  [98, 'port-in-use'],
  [111, 'connection-refused'],
  [110, 'connect-timeout'],
  [13, 'file-eacces'],
  [24, 'too-many-open-files'],
]);

/** curl's own codes, which it gives even with `-s`, when it prints nothing. */
const byCurlCode: ReadonlyMap<number, string> = new Map([
  [5, 'proxy-unreachable'],
  [6, 'dns-failure'],
  [7, 'connection-refused'],
  [18, 'transfer-truncated'],
  [23, 'disk-full'],
  [28, 'connect-timeout'],
  [52, 'connection-reset'],
  [56, 'connection-reset'],
  [60, 'tls-untrusted-ca'],
  [77, 'tls-untrusted-ca'],
]);

/**
 * @param notMemory something said that the kernel did not kill it for memory
 * @returns the slug that a bare exit code stands for, in view of the command that ended with it, or null
 */
export const slugOfExitCode = (
  exitCode: number | null,
  commandLine: string | null,
  notMemory: boolean,
): string | null => {
  if (exitCode === null) return null;
  const command = (commandLine ?? '').slice(0, 4_000);
  if (exitCode === 137 && notMemory) return /\bdocker stop (?!-t 0\b)/.test(command) ? 'sigkill-after-grace' : null;
  if ((exitCode === 137 || exitCode === -9) && /\btimeout\b.{0,40}\s(?:-k|-s|--signal|--kill-after)\b/.test(command)) {
    return 'command-timeout';
  }
  if (
    (exitCode === 137 || exitCode === -9) &&
    /\bkill\b.{0,20}\s-(?:9|KILL|SIGKILL)\b|\bdocker (?:kill|stop|rm -f)\b/.test(command)
  ) {
    return 'sigkill-unknown';
  }
  if (/^\s{0,20}curl\b/.test(command)) return byCurlCode.get(exitCode) ?? byCode.get(exitCode) ?? null;
  if (/^\s{0,20}perl\b/.test(command)) return byErrno.get(exitCode) ?? byCode.get(exitCode) ?? null;
  if (/^\s{0,20}(?:npm|npx)\b/.test(command)) return byNpmCode.get(exitCode) ?? byCode.get(exitCode) ?? null;
  return byCode.get(exitCode) ?? null;
};
