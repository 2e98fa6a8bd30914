import type { Clock, ExecResult, Log } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import { throwIfAborted } from './abort.ts';
import { commandStop, endCommand, isCommandId, lingerMs, removeOutputs, selfCleaning } from './command-outputs.ts';
import type { ExecdClient } from './execd-client.ts';
import { isProgramMissing } from './program-missing.ts';

const maxOutputChars = 256 * 1024;

/** Text as one word of a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** So much later execd itself kills a command that nobody has ended: its SIGKILL leaves files, and zombies where pid 1 does not reap. */
const backstopMs = 5000;

/** Runs argv in the sandbox and waits for it. Throws `timeout` when it had to be ended, `unavailable-here` without a shell. */
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
  const late = new AbortController();
  const deadlineMs = timeoutMs + lingerMs;
  const timer = clock.after(deadlineMs, () => late.abort());
  const over = AbortSignal.any([signal, late.signal]);
  const stop = commandStop(over, clock);
  try {
    for await (const event of execd.runCommand({ command, timeoutMs: deadlineMs + backstopMs }, stop.signal)) {
      if (event.kind === 'started') {
        id = event.id;
        stop.idIsKnown();
      } else if (event.kind === 'stdout') stdout.add(event.line);
      else if (event.kind === 'stderr') stderr.add(event.line);
      else if (event.kind === 'refused') {
        hasEnded = true;
        // A sandbox that is out of memory or processes can start nothing now, but perhaps later.
        const kind = isProgramMissing(event.text) ? 'unavailable-here' : 'server-error';
        throw new Problem(kind, `The command was not started: ${event.text}`);
      } else if (event.kind === 'failed' || event.kind === 'succeeded') {
        const exitCode = event.kind === 'succeeded' ? 0 : event.exitCode;
        // By a signal; a kill by execd's own timeout looks no different from any other.
        hasEnded = exitCode !== null;
        if (exitCode === null && clock.now() - startedAtMs >= timeoutMs) throw tooSlow(timeoutMs);
        const truncated = stdout.isCut || stderr.isCut;
        return { exitCode, stdout: stdout.text, stderr: stderr.text, truncated };
      }
      throwIfAborted(over);
    }
    throw new Problem('clean-end', 'The connection ended before the command did.');
  } catch (error) {
    throw late.signal.aborted && !signal.aborted && isProblem(error, 'aborted') ? tooSlow(timeoutMs) : error;
  } finally {
    timer.cancel();
    stop.release();
    if (!hasEnded && id !== null && isCommandId(id) && (await endCommand(execd, id, { clock, log }))) {
      await removeOutputs(execd, [id], { clock, log });
    }
  }
};

const tooSlow = (timeoutMs: number): Problem =>
  new Problem('timeout', `The command did not end within ${timeoutMs / 1000} s.`);

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
