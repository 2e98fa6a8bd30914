import type { Clock, Log } from '../../model/ports.ts';
import { isProblem, Problem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import { Watchdog } from '../../net/watchdog.ts';
import { rest, throwIfAborted, within } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';
import { readMachineSample } from './machine-sample.ts';
import { createProbeReader, parseProbeText } from './probe-line.ts';
import { commandProbe, sessionProbe } from './probe-script.ts';

/** What a source of samples works with. */
export interface SourceContext {
  readonly sandboxId: string;
  readonly execd: ExecdClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Fires when nobody wants samples any more. */
  readonly signal: AbortSignal;
}

/**
 * Samples of one sandbox over one connection. Throws `unavailable-here` when this sandbox cannot be measured in this
 * way, and the Problem that ended it otherwise. Leaves nothing behind in the sandbox.
 */
export type SampleSource = (context: SourceContext) => AsyncGenerator<Sample, never, undefined>;

const sessionCadenceMs = 1000;
/** A probe that has said nothing for so long is frozen, dead or starved. */
const probeSilenceMs = 8000;
const commandCadenceMs = 5000;
const commandTimeoutMs = 4000;
const maxFailedCommands = 3;
/** execd says at once and then every 3 s that it is there; so many times without a line mean that the probe is mute. */
const mutePings = 3;
const cleanUpMs = 1500;

const cannot = (why: string): Problem => new Problem('unavailable-here', why);

/** The probe as a run in a bash session: one line a second, gone with its connection. */
export const sessionSamples: SampleSource = async function* (context) {
  const { execd, clock, log, signal } = context;
  const sessionId = await createSession(context);
  const stop = new AbortController();
  let silence: Problem | null = null;
  const watchdog = new Watchdog(
    probeSilenceMs,
    () => {
      silence = new Problem('silent', `No measurement came for ${probeSilenceMs / 1000} s.`);
      stop.abort();
    },
    clock,
  );
  const deleteSession = (): Promise<void> =>
    within(clock, cleanUpMs, (limit) => execd.deleteSession(sessionId, limit)).catch((error: unknown) => {
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
  const reader = createProbeReader({ sandboxId: context.sandboxId, cadenceMs: sessionCadenceMs, caveat: null });
  let hasSpoken = false;
  let pings = 0;
  try {
    watchdog.start();
    for await (const event of execd.runInSession(sessionId, sessionProbe(), 2 * probeSilenceMs, stop.signal)) {
      throwIfAborted(signal);
      if (event.kind === 'stdout') {
        const line = parseProbeText(event.line);
        if (line === null) continue;
        hasSpoken = true;
        // While the reader is busy nothing is read, so nothing can be heard either.
        watchdog.stop();
        yield reader.read(line, clock.now());
        watchdog.start();
      } else if (event.kind === 'refused' || event.kind === 'failed') {
        const isKilled = event.kind === 'failed' && event.exitCode === null;
        if (!hasSpoken && !isKilled) throw cannot(`The probe does not run in a session here: ${event.text}`);
        throw new Problem('clean-end', `The probe was ended: ${event.text}`);
      } else if (event.kind === 'other') {
        pings += 1;
      }
    }
    throw new Problem('clean-end', 'The stream of measurements ended.');
  } catch (error) {
    throwIfAborted(signal);
    const isMute = !hasSpoken && pings >= mutePings;
    if (silence !== null) throw isMute ? cannot('The probe runs but says nothing.') : silence;
    throw error;
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', onAbort);
    deleted ??= deleteSession();
    await deleted;
    stop.abort();
  }
};

const createSession = async ({ execd, signal }: SourceContext): Promise<string> => {
  try {
    return await execd.createSession(signal);
  } catch (error) {
    // Old versions lack the route, others refuse where the image has no bash.
    const isRefusal = isProblem(error) && error.status === 500 && error.code === 'RUNTIME_ERROR';
    if (isRefusal || isProblem(error, 'not-supported', 'not-found')) throw cannot(error.message);
    throw error;
  }
};

/** The probe as one short command every few seconds, for images without bash. */
export const commandSamples: SampleSource = async function* (context) {
  const { clock, signal, log, execd } = context;
  const caveat = 'slow: no bash in the image';
  const reader = createProbeReader({ sandboxId: context.sandboxId, cadenceMs: commandCadenceMs, caveat });
  /** Commands that were killed before they could remove their own output files. */
  let unclean: string[] = [];
  let failures = 0;
  try {
    for (;;) {
      throwIfAborted(signal);
      const startedAtMs = clock.now();
      const run = await runProbe(context, unclean, (line) => reader.read(line, clock.now()));
      unclean = run.endedWell ? [] : [...unclean, ...(run.id === null ? [] : [run.id])];
      failures = run.sample === null ? failures + 1 : 0;
      if (run.sample !== null) yield run.sample;
      if (failures >= maxFailedCommands) {
        throw new Problem('silent', `${maxFailedCommands} measurements in a row gave no result.`);
      }
      await rest(clock, Math.max(0, startedAtMs + commandCadenceMs - clock.now()), signal);
    }
  } finally {
    if (unclean.length > 0) {
      const request = { command: commandProbe({ previousIds: unclean }), timeoutMs: commandTimeoutMs };
      await within(clock, cleanUpMs, async (limit) => {
        for await (const event of execd.runCommand(request, limit)) if (event.kind === 'stdout') return;
      }).catch((error: unknown) => {
        log.debug(`Output files of ${unclean.length} probes may be left in ${context.sandboxId}: ${String(error)}`);
      });
    }
  }
};

interface ProbeRun {
  readonly id: string | null;
  readonly sample: Sample | null;
  /** It ended by itself, so it has removed its files. */
  readonly endedWell: boolean;
}

/** One command. It is short and cleans up after itself, so it is left alone when we go away in the middle of it. */
const runProbe = async (
  { execd, signal }: SourceContext,
  previousIds: readonly string[],
  read: (line: NonNullable<ReturnType<typeof parseProbeText>>) => Sample,
): Promise<ProbeRun> => {
  const request = { command: commandProbe({ previousIds }), timeoutMs: commandTimeoutMs };
  let id: string | null = null;
  let sample: Sample | null = null;
  for await (const event of execd.runCommand(request, signal)) {
    if (event.kind === 'started') id = event.id;
    else if (event.kind === 'stdout') {
      const line = parseProbeText(event.line);
      if (line !== null) sample = read(line);
    } else if (event.kind === 'refused') {
      throw cannot(`No shell runs in this image: ${event.text}`);
    } else if (event.kind === 'failed') {
      return { id, sample, endedWell: event.exitCode !== null };
    } else if (event.kind === 'succeeded') {
      return { id, sample, endedWell: true };
    }
  }
  throw new Problem('clean-end', 'The connection ended before the measurement did.');
};

/** The numbers of the machine below the sandbox, for images without a shell. */
export const machineSamples: SampleSource = async function* (context) {
  const { execd, clock, sandboxId, signal } = context;
  for await (const event of execd.watchMetrics(signal)) {
    throwIfAborted(signal);
    const sample = readMachineSample(event.data, sandboxId, clock.now());
    if (sample !== null) yield sample;
  }
  throw new Problem('clean-end', 'The stream of measurements ended.');
};
