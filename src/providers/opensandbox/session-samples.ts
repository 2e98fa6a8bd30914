import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import { within } from '../../model/wait.ts';
import { Watchdog } from '../../net/watchdog.ts';
import { throwIfAborted } from './abort.ts';
import { ofPing } from './access-problems.ts';
import { parseProbeText } from './probe-line.ts';
import { createProbeReader } from './probe-reader.ts';
import { sessionProbe } from './probe-script.ts';
import { isProgramMissing } from './program-missing.ts';
import { CannotMeasure, type SampleSource, type SourceContext, startProblem } from './sample-sources.ts';

const cadenceMs = 1000;
/** A probe that has said nothing for so long is frozen, dead or starved. */
const silenceMs = 8000;
const cleanUpMs = 1500;
const pingMs = 8000;
const maxWordsChars = 300;

const withoutBash = 'slow: no bash in the image';
const withoutSessions = 'slow: this version of execd has no sessions';

/** The probe as a run in a bash session: one line a second, gone with its connection. */
export const sessionSamples: SampleSource = async function* (context) {
  const { execd, clock, log, signal, caveat } = context;
  const sessionId = await createSession(context);
  const stop = new AbortController();
  let silence: Problem | null = null;
  let hasSpoken = false;
  const watchdog = new Watchdog(
    silenceMs,
    () => {
      silence = silent(hasSpoken);
      stop.abort();
    },
    clock,
  );
  const deleteSession = (): Promise<void> =>
    within(clock, cleanUpMs, null, (limit) => execd.deleteSession(sessionId, limit)).catch((error: unknown) => {
      // A sandbox that is frozen or gone cannot be asked to clean up; a closed connection ends the probe too.
      log.debug(`The probe of ${context.sandboxId} was not deleted: ${String(error)}`);
    });
  let deleted: Promise<void> | null = null;
  // The session is deleted before the connection is closed: only that kills the probe together with its children.
  const onAbort = (): void => {
    deleted ??= deleteSession().then(() => stop.abort());
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const reader = createProbeReader({ sandboxId: context.sandboxId, cadenceMs, caveat });
  /** What bash itself complained about, in place of a line of the probe. */
  let words = '';
  try {
    watchdog.start();
    for await (const event of execd.runInSession(sessionId, sessionProbe(), 2 * silenceMs, stop.signal)) {
      throwIfAborted(signal);
      if (event.kind === 'stdout') {
        const line = parseProbeText(event.line);
        if (line === null) {
          words = event.line.slice(0, maxWordsChars);
          continue;
        }
        hasSpoken = true;
        // While the reader is busy nothing is read, so nothing can be heard either.
        watchdog.stop();
        yield reader.read(line, clock.now());
        watchdog.start();
      } else if (event.kind === 'refused' || event.kind === 'failed') {
        const exitCode = event.kind === 'failed' ? event.exitCode : null;
        const said = words === '' ? event.text : `${event.text}: ${words}`;
        if (hasSpoken || (event.kind === 'failed' && exitCode === null)) {
          throw new Problem('clean-end', `The probe was ended: ${said}`);
        }
        throw startProblem(said, exitCode, withoutBash);
      }
    }
    throw new Problem('clean-end', 'The stream of measurements ended.');
  } catch (error) {
    throwIfAborted(signal);
    throw silence ?? error;
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', onAbort);
    deleted ??= deleteSession();
    await deleted;
    stop.abort();
  }
};

const silent = (hasSpoken: boolean): Problem =>
  new Problem(
    'silent',
    hasSpoken
      ? `No measurement came for ${silenceMs / 1000} s.`
      : `The probe was started and said nothing for ${silenceMs / 1000} s; the sandbox may be out of processor time or memory.`,
  );

const createSession = async ({ execd, signal }: SourceContext): Promise<string> => {
  try {
    return await execd.createSession(signal);
  } catch (error) {
    if (!isProblem(error, 'not-supported')) throw ofSession(error);
    // The path may be unknown only to what stands before execd, for a moment; what the best way to measure is, is remembered.
  }
  try {
    await execd.ping(signal, pingMs);
  } catch (error) {
    throw ofPing(toProblem(error), 'direct');
  }
  try {
    return await execd.createSession(signal);
  } catch (error) {
    throw ofSession(error);
  }
};

const ofSession = (error: unknown): unknown => {
  if (!isProblem(error)) return error;
  if (error.kind === 'not-supported') return new CannotMeasure(error.message, withoutSessions);
  // Some versions look for bash already here.
  if (error.status === 500 && isProgramMissing(error.message)) return new CannotMeasure(error.message, withoutBash);
  return error;
};
