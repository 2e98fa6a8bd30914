import type { Clock, Log, SampleOptions } from '../../model/ports.ts';
import { isProblem, Problem, toProblem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import { isEnded, type Sandbox } from '../../model/sandbox.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdAccess } from './access.ts';
import { beingSaved } from './access-problems.ts';
import { commandSamples } from './command-samples.ts';
import { CannotMeasure, machineSamples, type SampleSource, type SourceContext } from './sample-sources.ts';
import { sessionSamples } from './session-samples.ts';
import { endedProblem, explainEnd, pausedProblem } from './stream-end.ts';

export interface SampleStreamsOptions {
  readonly access: ExecdAccess;
  readonly find: (sandboxId: string, signal: AbortSignal) => Promise<Sandbox | null>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The ways to measure, best first. Only what is certainly missing makes a sandbox go down this list. */
const sources: readonly SampleSource[] = [sessionSamples, commandSamples, machineSamples];

/** After so many starts in a row that failed for a reason that may pass, something slower is tried for a while. */
const maxFailedStarts = 3;
const detourMs = 2 * 60_000;

/** What is known of measuring one sandbox. */
interface Experience {
  /** Index of the best way that is not known to be impossible; an image hardly grows a shell. */
  best: number;
  /** Why none of the better ways. */
  caveat: string | null;
  failedStarts: number;
}

/** Sample streams of single sandboxes, each by the best way that its image allows. */
export class SampleStreams {
  readonly #options: SampleStreamsOptions;
  readonly #experience = new Map<string, Experience>();

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
      if (this.#options.access.life.isFrozen(sandbox)) throw beingSaved();
      if (sandbox.phase === 'paused' || sandbox.phase === 'pausing') throw pausedProblem(sandbox);
      if (isEnded(sandbox.phase)) throw endedProblem(sandbox);
      const { execd } = await this.#options.access.reach(sandbox, mayRenew, signal);
      const { access, clock, log } = this.#options;
      const release = access.hold(sandboxId);
      try {
        yield* this.#measure({ sandboxId, execd, clock, log, signal });
      } finally {
        release();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#options.access.forget(sandboxId);
      throw await this.#explain(toProblem(error), sandbox, signal);
    }
  }

  async *#measure(base: Omit<SourceContext, 'caveat'>): AsyncGenerator<Sample, void, undefined> {
    const { sandboxId, log } = base;
    const known = this.#experience.get(sandboxId) ?? { best: 0, caveat: null, failedStarts: 0 };
    this.#experience.set(sandboxId, known);
    if (known.best === 0 && known.failedStarts >= maxFailedStarts) {
      known.failedStarts = 0;
      yield* this.#detour(base);
    }
    let caveat = known.caveat;
    for (let index = known.best; ; index += 1) {
      const source = sources[index];
      if (source === undefined) throw new Problem('unavailable-here', 'This sandbox cannot be measured.');
      let hasSpoken = false;
      try {
        for await (const sample of source({ ...base, caveat })) {
          if (!hasSpoken) Object.assign(known, { best: index, caveat, failedStarts: 0 });
          hasSpoken = true;
          yield sample;
        }
      } catch (error) {
        throwIfAborted(base.signal);
        if (!(error instanceof CannotMeasure) || index === sources.length - 1) {
          if (!hasSpoken && isProblem(error, 'server-error', 'silent', 'clean-end')) known.failedStarts += 1;
          throw error;
        }
        caveat = error.caveat;
        log.info(`Sandbox ${sandboxId}: ${error.message} Trying the next way to measure.`);
      }
    }
  }

  /** The slower probe for a while, where the fast one does not start though nothing says that it never can. */
  async *#detour(base: Omit<SourceContext, 'caveat'>): AsyncGenerator<Sample, void, undefined> {
    const over = new AbortController();
    const timer = base.clock.after(detourMs, () => over.abort());
    base.log.info(`Sandbox ${base.sandboxId}: the fast probe does not start; the slow one is used for a while.`);
    try {
      const signal = AbortSignal.any([base.signal, over.signal]);
      yield* commandSamples({ ...base, signal, caveat: 'slow: the fast probe does not start' });
    } catch (error) {
      throwIfAborted(base.signal);
      // Nothing is learnt from a missing shell here: whether there is bash, the fast probe finds out.
      if (!over.signal.aborted && !(error instanceof CannotMeasure)) throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Only ends that leave a question open are asked about. */
  async #explain(problem: Problem, sandbox: Sandbox | null, signal: AbortSignal): Promise<Problem> {
    const isOpen = isProblem(
      problem,
      ...(['clean-end', 'reset', 'silent', 'timeout', 'unreachable', 'agent-down', 'server-error'] as const),
    );
    const isGone = isProblem(problem, 'not-found') && sandbox !== null;
    if (sandbox === null || problem.passesSoon || !(isOpen || isGone)) return problem;
    const { access, clock } = this.#options;
    const before = sandbox;
    try {
      return await explainEnd(problem, {
        find: (stop) => this.#options.find(before.id, stop),
        ping: (now, stop) => access.ask(now, stop),
        isSaved: () => access.life.isSaved(before.id),
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
    for (const id of this.#experience.keys()) if (!sandboxIds.has(id)) this.#experience.delete(id);
  }
}
