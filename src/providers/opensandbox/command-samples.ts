import { Problem } from '../../model/problem.ts';
import { sleep } from '../../model/wait.ts';
import { Watchdog } from '../../net/watchdog.ts';
import { throwIfAborted } from './abort.ts';
import { commandStop, endCommand, isCommandId, removeOutputs } from './command-outputs.ts';
import { type ProbeLine, parseProbeText } from './probe-line.ts';
import { createProbeReader } from './probe-reader.ts';
import { commandProbe } from './probe-script.ts';
import { type SampleSource, type SourceContext, startProblem } from './sample-sources.ts';

const cadenceMs = 5000;
/** execd keeps the text of every command for ever, so one command gives a minute of lines. */
const linesPerCommand = 12;
/** The probe ends by itself before this. */
const commandTimeoutMs = linesPerCommand * cadenceMs + 15_000;
const silenceMs = 15_000;
const maxFailedCommands = 3;

const withoutShell = 'machine: the image has no shell, so only the numbers of the host are known';

/** Commands so far, as far as the next one has to know. */
interface Trail {
  /** Ids of commands that could not remove their own output files. Never many: a line of a later one says that they are gone, and after few without a line it is over. */
  unclean: readonly string[];
  /** What the last one that gave no line said instead. */
  words: string;
}

/** The probe as one command a minute with a line every few seconds, for images without bash. */
export const commandSamples: SampleSource = async function* (context) {
  const { clock, signal, sandboxId, caveat } = context;
  const reader = createProbeReader({ sandboxId, cadenceMs, caveat });
  const trail: Trail = { unclean: [], words: '' };
  let failures = 0;
  try {
    for (;;) {
      throwIfAborted(signal);
      let spokeAtMs: number | null = null;
      const startedAtMs = clock.now();
      for await (const line of probeLines(context, trail)) {
        spokeAtMs = clock.now();
        yield reader.read(line, spokeAtMs);
      }
      failures = spokeAtMs === null ? failures + 1 : 0;
      if (failures >= maxFailedCommands) {
        const words = trail.words === '' ? '' : `: ${trail.words}`;
        throw new Problem('silent', `${maxFailedCommands} measurements in a row gave no result${words}.`);
      }
      const waitMs = (spokeAtMs ?? startedAtMs) + cadenceMs - clock.now();
      // A clock that was set back must not stretch the wait.
      await sleep(clock, Math.min(cadenceMs, Math.max(0, waitMs)), signal);
    }
  } finally {
    await removeOutputs(context.execd, trail.unclean, context);
  }
};

/** The lines of one command. However it is left, the command is ended, and `trail` knows what it may have left behind. */
const probeLines = async function* (context: SourceContext, trail: Trail): AsyncGenerator<ProbeLine, void, undefined> {
  const { execd, clock, signal } = context;
  const stop = commandStop(signal, clock);
  let silence: Problem | null = null;
  const watchdog = new Watchdog(
    silenceMs,
    () => {
      silence = new Problem('silent', `No measurement came for ${silenceMs / 1000} s.`);
      stop.abort();
    },
    clock,
  );
  let id: string | null = null;
  let hasEnded = false;
  const remember = (): void => {
    if (id !== null && isCommandId(id)) trail.unclean = [...trail.unclean, id];
  };
  const command = commandProbe({
    lines: linesPerCommand,
    cadenceSeconds: cadenceMs / 1000,
    previousIds: trail.unclean,
  });
  let hasSpoken = false;
  try {
    watchdog.start();
    for await (const event of execd.runCommand({ command, timeoutMs: commandTimeoutMs }, stop.signal)) {
      if (event.kind === 'started') {
        id = event.id;
        stop.idIsKnown();
      }
      if (event.kind === 'refused') {
        hasEnded = true;
        remember();
        throw startProblem(event.text, null, withoutShell);
      }
      if (event.kind === 'succeeded' || event.kind === 'failed') {
        hasEnded = true;
        if (event.kind === 'succeeded') return;
        // By a signal, so before it came to remove its files.
        if (event.exitCode === null) remember();
        else if (!hasSpoken) throw startProblem(event.text, event.exitCode, withoutShell);
        trail.words = event.text;
        return;
      }
      throwIfAborted(signal);
      const line = event.kind === 'stdout' ? parseProbeText(event.line) : null;
      if (line === null) continue;
      // Before its first line it has removed what the others left.
      if (!hasSpoken) trail.unclean = [];
      hasSpoken = true;
      // While the reader is busy nothing is read, so nothing can be heard either.
      watchdog.stop();
      yield line;
      watchdog.start();
    }
    throw new Problem('clean-end', 'The connection ended before the measurement did.');
  } catch (error) {
    throwIfAborted(signal);
    throw silence ?? error;
  } finally {
    watchdog.stop();
    stop.release();
    // Without an answer nothing can be removed either; the command then ends by itself and removes its own files.
    if (!hasEnded && id !== null && isCommandId(id) && (await endCommand(execd, id, context))) remember();
  }
};
