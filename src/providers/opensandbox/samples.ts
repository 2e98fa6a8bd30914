import type { Clock, Log, SampleOptions } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import { isEnded, type Sandbox } from '../../model/sandbox.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdAccess } from './access.ts';
import {
  commandSamples,
  machineSamples,
  type SampleSource,
  type SourceContext,
  sessionSamples,
} from './sample-sources.ts';
import { endedProblem, explainEnd, pausedProblem } from './stream-end.ts';

export interface SampleStreamsOptions {
  readonly access: ExecdAccess;
  readonly find: (sandboxId: string, signal: AbortSignal) => Promise<Sandbox | null>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The ways to measure, best first. */
const sources: readonly SampleSource[] = [sessionSamples, commandSamples, machineSamples];

/** Sample streams of single sandboxes, each by the best way that its image allows. */
export class SampleStreams {
  readonly #options: SampleStreamsOptions;
  /** Index of the way that worked last; an image does not grow a shell. */
  readonly #sourceOf = new Map<string, number>();

  constructor(options: SampleStreamsOptions) {
    this.#options = options;
  }

  /** See `SandboxProvider.samples`. */
  async *open(sandboxId: string, { signal, mayRenew }: SampleOptions): AsyncGenerator<Sample, void, undefined> {
    let sandbox: Sandbox | null = null;
    try {
      if (signal.aborted) return;
      sandbox = await this.#options.find(sandboxId, signal);
      if (sandbox === null) throw new Problem('not-found', 'There is no such sandbox (any more).');
      if (sandbox.phase === 'paused' || sandbox.phase === 'pausing') throw pausedProblem(sandbox);
      if (isEnded(sandbox.phase)) throw endedProblem(sandbox);
      const { execd } = await this.#options.access.reach(sandbox, mayRenew, signal);
      const { clock, log } = this.#options;
      yield* this.#measure({ sandboxId, execd, clock, log, signal });
    } catch (error) {
      if (signal.aborted) return;
      this.#options.access.forget(sandboxId);
      throw await this.#explain(toProblem(error), sandbox, signal);
    }
  }

  async *#measure(context: SourceContext): AsyncGenerator<Sample, void, undefined> {
    const { sandboxId, log } = context;
    for (let index = this.#sourceOf.get(sandboxId) ?? 0; ; index += 1) {
      const source = sources[index];
      if (source === undefined) throw new Problem('unavailable-here', 'This sandbox cannot be measured.');
      try {
        for await (const sample of source(context)) {
          this.#sourceOf.set(sandboxId, index);
          yield sample;
        }
      } catch (error) {
        throwIfAborted(context.signal);
        if (!isProblem(error, 'unavailable-here') || index === sources.length - 1) throw error;
        log.info(`Sandbox ${sandboxId}: ${error.message} Trying the next way to measure.`);
      }
    }
  }

  /** Only ends that leave a question open are asked about. */
  async #explain(problem: Problem, sandbox: Sandbox | null, signal: AbortSignal): Promise<Problem> {
    const isOpen = isProblem(
      problem,
      ...(['clean-end', 'reset', 'silent', 'timeout', 'unreachable', 'agent-down', 'server-error'] as const),
    );
    const isGone = isProblem(problem, 'not-found') && sandbox !== null;
    if (sandbox === null || !(isOpen || isGone)) return problem;
    const { access, clock } = this.#options;
    const before = sandbox;
    try {
      return await explainEnd(problem, {
        find: (stop) => this.#options.find(before.id, stop),
        ping: (now, stop) => access.ping(now, stop),
        clock,
        signal,
        before,
      });
    } catch (error) {
      return isProblem(error, 'aborted') ? problem : toProblem(error);
    }
  }

  /** Drops what is remembered of sandboxes that are gone. */
  keepOnly(sandboxIds: ReadonlySet<string>): void {
    for (const id of this.#sourceOf.keys()) if (!sandboxIds.has(id)) this.#sourceOf.delete(id);
  }
}
