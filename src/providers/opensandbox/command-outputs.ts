import type { Clock, Log } from '../../model/ports.ts';
import { isProblem } from '../../model/problem.ts';
import { sleep, within } from '../../model/wait.ts';
import type { ExecdClient } from './execd-client.ts';

/** execd waits up to 3 s for a command to end before it kills it; ours ends at once. */
const endMs = 2500;
const removeMs = 2500;
const idMs = 1500;
const hexId = /^[0-9a-f]{32}$/;

interface Tools {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A command as shell text that removes the two files execd writes its output to. execd reads them by name, for the
 * last time when the command has ended, so they are removed a second after that.
 */
export const selfCleaning = (command: string): string => `${command}
r=$?
o=$(readlink /proc/$$/fd/1) e=$(readlink /proc/$$/fd/2)
case $o in *.stdout) ;; *) o=;; esac
case $e in *.stderr) ;; *) e=;; esac
{ sleep 1; [ -z "$o" ] || rm -f -- "$o"; [ -z "$e" ] || rm -f -- "$e"; } </dev/null >/dev/null 2>&1 &
exit $r`;

/** A signal for one command; `release` it when the command is over. */
export interface CommandStop {
  readonly signal: AbortSignal;
  /** At once, whether the id is known or not. */
  abort(): void;
  /** The command has told its id. */
  idIsKnown(): void;
  release(): void;
}

/** Follows `signal`. Without its id a command cannot be ended, so one that is stopped at its very start gets a moment to tell it. */
export const commandStop = (signal: AbortSignal, clock: Clock): CommandStop => {
  const stop = new AbortController();
  const over = new AbortController();
  let isKnown = false;
  const onAbort = (): void => {
    if (isKnown) stop.abort();
    else void sleep(clock, idMs, over.signal).then(() => stop.abort());
  };
  signal.addEventListener('abort', onAbort);
  return {
    signal: stop.signal,
    abort: () => stop.abort(),
    idIsKnown: () => {
      isKnown = true;
    },
    release: () => {
      over.abort();
      signal.removeEventListener('abort', onAbort);
    },
  };
};

/** Whether an id of a command is one, so that it can stand in a path or in shell text. */
export const isCommandId = (id: string): boolean => hexId.test(id);

/** Ends a command nobody waits for any more: it does not end with its connection. @returns false when execd could not be asked. */
export const endCommand = async (execd: ExecdClient, id: string, { clock, log }: Tools): Promise<boolean> => {
  try {
    await within(clock, endMs, null, (limit) => execd.killCommand(id, limit));
    return true;
  } catch (error) {
    // It has ended already, which is what was wanted.
    if (isProblem(error, 'server-error', 'not-found') && error.status !== null) return true;
    log.debug(`Command ${id} may still run: ${String(error)}`);
    return false;
  }
};

/** Removes the output files of commands that were killed before they could do it themselves. */
export const removeOutputs = async (
  execd: ExecdClient,
  ids: readonly string[],
  { clock, log }: Tools,
): Promise<void> => {
  const tmp = '"${TMPDIR:-/tmp}"';
  const files = ids.filter(isCommandId).flatMap((id) => [`${tmp}/${id}.stdout`, `${tmp}/${id}.stderr`]);
  if (files.length === 0) return;
  const command = selfCleaning(`rm -f -- ${files.join(' ')}`);
  const left = (why: string): void => log.debug(`Output files of ${ids.length} commands may be left: ${why}`);
  try {
    await within(clock, removeMs, null, async (limit) => {
      for await (const event of execd.runCommand({ command, timeoutMs: 2 * removeMs }, limit)) {
        if (event.kind === 'refused' || event.kind === 'failed') left(event.text);
      }
    });
  } catch (error) {
    left(String(error));
  }
};
