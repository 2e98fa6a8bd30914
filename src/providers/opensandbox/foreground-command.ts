import type { Clock, ExecResult, Log } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { throwIfAborted } from './abort.ts';
import { commandStop, endCommand, isCommandId, removeOutputs, selfCleaning } from './command-outputs.ts';
import type { ExecdClient } from './execd-client.ts';
import { isProgramMissing } from './program-missing.ts';

const maxOutputChars = 256 * 1024;

/** Text as one word of a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

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
  const stop = commandStop(signal, clock);
  try {
    for await (const event of execd.runCommand({ command, timeoutMs }, stop.signal)) {
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
        if (exitCode === null && clock.now() - startedAtMs >= timeoutMs) {
          throw new Problem('timeout', `The command did not end within ${timeoutMs / 1000} s.`);
        }
        const truncated = stdout.isCut || stderr.isCut;
        return { exitCode, stdout: stdout.text, stderr: stderr.text, truncated };
      }
      throwIfAborted(signal);
    }
    throw new Problem('clean-end', 'The connection ended before the command did.');
  } finally {
    stop.release();
    if (!hasEnded && id !== null && isCommandId(id) && (await endCommand(execd, id, { clock, log }))) {
      await removeOutputs(execd, [id], { clock, log });
    }
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
