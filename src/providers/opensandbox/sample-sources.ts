import type { Clock, Log } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdClient } from './execd-client.ts';
import { readMachineSample } from './machine-sample.ts';
import { isProgramMissing } from './program-missing.ts';

/** What a source of samples works with. */
export interface SourceContext {
  readonly sandboxId: string;
  readonly execd: ExecdClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Why this source is used and not a better one, for people; null: it is the best. */
  readonly caveat: string | null;
  /** Fires when nobody wants samples any more. */
  readonly signal: AbortSignal;
}

/**
 * Samples of one sandbox over one connection. Throws `CannotMeasure` when it is certain that this sandbox can never be
 * measured in this way, and the Problem that ended it otherwise. Leaves nothing behind in the sandbox.
 */
export type SampleSource = (context: SourceContext) => AsyncGenerator<Sample, never, undefined>;

/** What a way to measure needs is not in the sandbox. Nothing that could pass is told with this. */
export class CannotMeasure extends Problem {
  /** What is said of the samples of the next best way. */
  readonly caveat: string;

  constructor(message: string, caveat: string) {
    super('unavailable-here', message);
    this.caveat = caveat;
  }
}

/** Why a probe said nothing, from the words of its failed start and the caveat for the case that its shell is missing. */
export const startProblem = (said: string, exitCode: number | null, caveat: string): Problem =>
  isProgramMissing(said, exitCode)
    ? new CannotMeasure(`The probe does not run here: ${said}`, caveat)
    : new Problem('server-error', `The probe could not be started in the sandbox: ${said}`, {
        nextStep: 'It is tried again by itself. A sandbox that is out of memory or processes can start nothing.',
      });

/** The numbers of the machine below the sandbox, for images without a shell. */
export const machineSamples: SampleSource = async function* (context) {
  const { execd, clock, sandboxId, caveat, signal } = context;
  for await (const event of execd.watchMetrics(signal)) {
    throwIfAborted(signal);
    const sample = readMachineSample(event.data, sandboxId, clock.now(), caveat);
    if (sample !== null) yield sample;
  }
  throw new Problem('clean-end', 'The stream of measurements ended.');
};
