import type { Clock, Log } from '../../model/ports.ts';
import { isProblem } from '../../model/problem.ts';
import { sleep, within } from '../../model/wait.ts';
import type { ExecdClient } from './execd-client.ts';

/** execd waits up to 3 s for a command and all its children to end before it kills them. */
const endMs = 4000;
const removeMs = 2500;
const idMs = 1500;
const hexId = /^[0-9a-f]{32}$/;

interface Tools {
  readonly clock: Clock;
  readonly log: Log;
}

/** execd reads the output files by name every 100 ms; so long they stay after the last word, in a sandbox without processor time too. */
export const lingerMs = 1000;

/**
 * Shell text that finds the two files execd writes the output of this shell to, which it makes but never removes: 32 hex digits in the folder for
 * temporary files. `foresight_linger` removes them once execd has read them, and SIGTERM, with which execd ends a command, at once.
 *
 * Nothing is left to do it in the background, and the shell outlives its children: what it left behind would belong to pid 1, which in a container
 * seldom reaps, and would stay as a zombie.
 */
export const ownOutputs = `foresight_own() {
set -- "$(readlink "/proc/$$/fd/$1")" "\${TMPDIR:-/tmp}"
[ "\${1%/*}" = /tmp ] || [ "$1" -ef "\${2%/}/\${1##*/}" ] || return
set -- "$1" "\${1##*/}"
case $2 in *.stdout|*.stderr) ;; *) return;; esac
case \${2%.*} in *[!0-9a-f]*) ;; ????????????????????????????????) printf %s "$1";; esac
}
foresight_out=$(foresight_own 1) foresight_err=$(foresight_own 2)
foresight_clean() {
[ -z "$foresight_out" ] || rm -f -- "$foresight_out"
[ -z "$foresight_err" ] || rm -f -- "$foresight_err"
}
foresight_linger() {
sleep ${lingerMs / 1000} >/dev/null 2>&1
foresight_clean
}
trap "foresight_clean; exit 143" TERM`;

/**
 * A command as shell text that removes its own output files. A last line without an end is given one: execd would send it only after the end,
 * when the files are gone.
 */
export const selfCleaning = (command: string): string => `${ownOutputs}
${command}
foresight_code=$?
[ -z "$foresight_out" ] || [ -z "$(tail -c 1 "$foresight_out" 2>/dev/null)" ] || echo
[ -z "$foresight_err" ] || [ -z "$(tail -c 1 "$foresight_err" 2>/dev/null)" ] || echo >&2
foresight_linger
exit $foresight_code`;

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
