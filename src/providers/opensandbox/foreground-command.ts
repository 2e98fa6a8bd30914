import type { Clock, ExecResult, Log } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { throwIfAborted, within } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';

const maxOutputChars = 256 * 1024;
const cleanUpMs = 5000;
const hexId = /^[0-9a-f]{32}$/;

/** Text as one word of a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * A command as shell text that removes the two files execd writes its output to. execd reads them by name, for the
 * last time when the command has ended, so they are removed a second after that.
 */
const selfCleaning = (command: string): string => `${command}
r=$?
o=$(readlink /proc/$$/fd/1) e=$(readlink /proc/$$/fd/2)
case $o in *.stdout) ;; *) o=;; esac
case $e in *.stderr) ;; *) e=;; esac
{ sleep 1; [ -z "$o" ] || rm -f -- "$o"; [ -z "$e" ] || rm -f -- "$e"; } </dev/null >/dev/null 2>&1 &
exit $r`;

/** Runs argv in the sandbox and waits for it. Throws `timeout` when execd had to kill it, `unavailable-here` without a shell. */
export const runToEnd = async (
  execd: ExecdClient,
  argv: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<ExecResult> => {
  throwIfAborted(signal);
  if (argv.length === 0) throw new Problem('invalid-request', 'There is no command to run.');
  const startedAtMs = clock.now();
  const command = selfCleaning(argv.map(quoted).join(' '));
  const stdout = new CappedText();
  const stderr = new CappedText();
  let id: string | null = null;
  let hasEnded = false;
  try {
    for await (const event of execd.runCommand({ command, timeoutMs }, signal)) {
      if (event.kind === 'started') id = event.id;
      else if (event.kind === 'stdout') stdout.add(event.line);
      else if (event.kind === 'stderr') stderr.add(event.line);
      else if (event.kind === 'refused') {
        hasEnded = true;
        throw new Problem('unavailable-here', `The command was not started: ${event.text}`);
      } else if (event.kind === 'failed' || event.kind === 'succeeded') {
        const exitCode = event.kind === 'succeeded' ? 0 : event.exitCode;
        // By a signal; a kill by execd's own timeout looks no different from any other.
        hasEnded = exitCode !== null;
        if (exitCode === null && clock.now() - startedAtMs >= timeoutMs) {
          throw new Problem('timeout', `The command did not end within ${timeoutMs / 1000} s.`);
        }
        const truncated = stdout.isCut || stderr.isCut;
        return { exitCode, stdout: stdout.text, stderr: stderr.text, truncated };
      }
    }
    throw new Problem('clean-end', 'The connection ended before the command did.');
  } finally {
    if (!hasEnded && id !== null && hexId.test(id)) await endCommand(execd, id, { clock, log });
  }
};

/** Ends a command nobody waits for any more: it does not end with its connection. Then removes its output files. */
const endCommand = async (
  execd: ExecdClient,
  id: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> => {
  const tmp = '"${TMPDIR:-/tmp}"';
  const command = selfCleaning(`rm -f -- ${tmp}/${id}.stdout ${tmp}/${id}.stderr`);
  try {
    await within(clock, cleanUpMs, async (limit) => {
      await execd.killCommand(id, limit).catch((error: unknown) => {
        // It has ended already, which is what was wanted.
        if (!isProblem(error, 'server-error', 'not-found')) throw error;
      });
      for await (const event of execd.runCommand({ command, timeoutMs: cleanUpMs }, limit)) {
        if (event.kind === 'refused') log.debug(`Output files of command ${id} are left: ${event.text}`);
      }
    });
  } catch (error) {
    log.debug(`Command ${id} may still run: ${String(error)}`);
  }
};

/** The beginning of a text that comes line by line. */
class CappedText {
  readonly #lines: string[] = [];
  #chars = 0;
  isCut = false;

  add(line: string): void {
    const room = maxOutputChars - this.#chars;
    if (line.length + 1 > room) this.isCut = true;
    if (room <= 0) return;
    this.#lines.push(line.slice(0, room));
    this.#chars += line.length + 1;
  }

  get text(): string {
    return this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`;
  }
}
