import { Backoff } from '../model/backoff.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import { Problem, type ProblemKind, toProblem } from '../model/problem.ts';
import type { Sample } from '../model/sample.ts';
import type { Phase } from '../model/sandbox.ts';
import type { Link } from '../model/view.ts';
import { aborted, sleep, within } from '../model/wait.ts';
import type { AgentAnswer } from '../monitor/sandbox-monitor.ts';
import {
  connectingLink,
  type Full,
  fullIn,
  liveLink,
  problemLink,
  refusedLink,
  retryOf,
  staleLink,
} from './link-words.ts';
import { StaleTimer } from './stale-timer.ts';
import type { Tasks } from './waiting.ts';

/** What the link of one sandbox needs and whom it tells. */
export interface LinkHost {
  readonly sandboxId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  readonly provider: SandboxProvider;
  sample(sample: Sample): void;
  link(link: Link): void;
  agent(answer: AgentAnswer): void;
  /** A connection ended by itself. */
  ended(): void;
  /** Asks the server for the sandbox and takes the answer over; null when the server did not answer. */
  look(signal: AbortSignal): Promise<Phase | 'gone' | null>;
}

/** After so many samples in one connection, the connection counts as one that works. */
const steadySamples = 5;
const firstSampleMs = 30_000;
const staleCadences = 3;
const pingMs = 5_000;
const windUpMs = 3_000;
/** A question to the person may settle itself: it is looked whether a way is left that needs no answer, soon at first and then less often. */
const firstAskAgainMs = 3_000;
const askAgainMs = 60_000;
/** What passes by itself in a moment is tried again after half a second to a second. */
const soonMs = 500;

/** Ends that leave open what happened: the server is asked for the sandbox, and its agent for a sign of life. */
const open: readonly ProblemKind[] = ['reset', 'clean-end', 'silent', 'timeout', 'unreachable', 'server-error'];
/** Ends that say what happened to the sandbox: one question to the server lets the whole view know. */
const told: readonly ProblemKind[] = ['not-found', 'paused'];

/** Keeps one sandbox's measurements flowing while it is started, and says in every state what is wrong and what comes next. */
export class SandboxLink {
  readonly #host: LinkHost;
  readonly #backoff: Backoff;
  #run: AbortController | null = null;
  #wake = new AbortController();
  #woundUp: Promise<void> = Promise.resolve();
  #consent: boolean | null = null;
  #state: Link['state'] = 'idle';
  #sampled = false;
  /** The newest reading since the sandbox runs. */
  #last: Sample | null = null;
  #askAgainMs = firstAskAgainMs;
  /** Of the run whose connection is open and has brought a sample. */
  #flowing: AbortSignal | null = null;

  constructor(host: LinkHost) {
    this.#host = host;
    this.#backoff = new Backoff({ random: host.random });
  }

  get started(): boolean {
    return this.#run !== null;
  }

  /** The present connection has brought a sample and is still open. */
  get flows(): boolean {
    return this.#run !== null && this.#flowing === this.#run.signal;
  }

  /** At least one sample came in this sandbox's life. */
  get sampled(): boolean {
    return this.#sampled;
  }

  start(): void {
    if (this.#run !== null) return;
    const run = new AbortController();
    this.#run = run;
    this.#set(connectingLink);
    const previous = this.#woundUp;
    const { tasks, log, sandboxId } = this.#host;
    this.#woundUp = tasks.follow(this.#loop(previous, run.signal), (error) => {
      log.error(`Measuring ${sandboxId} stopped: ${toProblem(error).message}`);
    });
  }

  /** Ends the connection and shows `link` instead. */
  stop(link: Link): void {
    this.#run?.abort();
    this.#run = null;
    this.#last = null;
    this.#set(link);
  }

  /** Tries again at once, also what had been given up. */
  retry(): void {
    this.#backoff.reset();
    this.#wake.abort();
  }

  /** The sandbox changed its phase: what made us ask the person may be over. */
  phaseChanged(): void {
    this.#last = null;
    this.#askAgainMs = firstAskAgainMs;
    if (this.#state === 'needs-consent') this.#wake.abort();
  }

  /** The person's answer. A withdrawn one ends the present connection: it might go on moving the deadline. */
  consent(allowed: boolean): void {
    const withdrawn = this.#consent === true && !allowed;
    this.#consent = allowed;
    if (withdrawn && this.#run !== null) {
      this.#run.abort();
      this.#run = null;
      this.start();
    } else this.#wake.abort();
  }

  #set(link: Link): void {
    this.#state = link.state;
    this.#host.link(link);
  }

  async #loop(previous: Promise<void>, signal: AbortSignal): Promise<void> {
    // Two connections to one sandbox at a time would break the promise of how many there are.
    const { clock } = this.#host;
    const bound = new AbortController();
    const stop = (): void => bound.abort();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([previous, sleep(clock, windUpMs, bound.signal)]);
    stop();
    signal.removeEventListener('abort', stop);

    // What stands (a question, a dead agent) is not replaced by "connecting" each time it is looked at again.
    let quiet = false;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      let problem: Problem;
      if (this.#consent === false && this.#state === 'needs-consent') {
        this.#set(refusedLink);
        problem = new Problem('needs-consent', 'The person did not agree.');
      } else {
        if (this.#state !== 'connecting' && !quiet) this.#set(connectingLink);
        problem = await this.#attempt(signal);
        if (signal.aborted) return;
        this.#host.ended();
        if (signal.aborted) return;
        problem = await this.#examine(problem, signal);
        if (signal.aborted) return;
        const { log, sandboxId } = this.#host;
        log[problem.passesSoon ? 'debug' : 'info'](`${sandboxId}: ${problem.kind}: ${problem.message}`);
        if (this.#consent === false && problem.kind === 'needs-consent') this.#set(refusedLink);
        else if (retryOf(problem.kind) !== 'backoff') this.#set(problemLink(problem, null));
      }
      quiet = await this.#pause(problem, signal);
    }
  }

  /** @returns whether what is said still stands: it looks again by itself, and nobody asked for it. */
  async #pause(problem: Problem, signal: AbortSignal): Promise<boolean> {
    const { clock, random } = this.#host;
    const woken = AbortSignal.any([signal, this.#wake.signal]);
    const retry = retryOf(problem.kind);
    if (retry === 'consent' && this.#state === 'needs-consent') {
      const waitMs = this.#askAgainMs;
      this.#askAgainMs = Math.min(2 * waitMs, askAgainMs);
      return sleep(clock, waitMs, woken);
    }
    this.#askAgainMs = firstAskAgainMs;
    if (problem.passesSoon) {
      this.#set(problemLink(problem, null));
      return sleep(clock, soonMs + random() * soonMs, woken);
    }
    if (retry !== 'backoff') {
      await aborted(woken);
      return false;
    }
    const waitMs = this.#backoff.nextMs();
    this.#set(problemLink(problem, clock.now() + waitMs, this.#full));
    return sleep(clock, waitMs, woken);
  }

  /** What the newest reading showed at its limit. */
  get #full(): Full | null {
    const { snapshot, recreate } = this.#host.provider.actions;
    return this.#last === null ? null : fullIn(this.#last, snapshot !== undefined && recreate !== undefined);
  }

  /** One connection. @returns why it ended. */
  async #attempt(signal: AbortSignal): Promise<Problem> {
    const { clock, provider, sandboxId } = this.#host;
    let count = 0;
    const stale = new StaleTimer(clock, signal, (ms) => this.#set(staleLink(ms, count > 0, this.#full)));
    stale.arm(firstSampleMs);
    try {
      for await (const sample of provider.samples(sandboxId, { signal, mayRenew: this.#consent === true })) {
        if (signal.aborted) break;
        count += 1;
        this.#sampled = true;
        this.#last = sample;
        this.#flowing = signal;
        if (count === steadySamples) this.#backoff.reset();
        stale.arm(sample.cadenceMs * staleCadences);
        if (this.#state !== 'live') this.#set(liveLink);
        this.#host.sample(sample);
      }
      return new Problem('clean-end', 'The stream of measurements ended without a reason given.');
    } catch (error) {
      const problem = toProblem(error);
      // Nobody else ends it than we do; if we did not, it was cut.
      return problem.kind === 'aborted' && !signal.aborted
        ? new Problem('reset', problem.message, { cause: problem })
        : problem;
    } finally {
      stale.cancel();
      if (this.#flowing === signal) this.#flowing = null;
    }
  }

  /** Finds out what the end of a connection means: an end of the sandbox, a pause, a dead agent or a lost way. */
  async #examine(problem: Problem, signal: AbortSignal): Promise<Problem> {
    const { clock, provider, sandboxId, look } = this.#host;
    // The provider has asked already, and nothing that is asked now would say more.
    if (problem.kind === 'agent-down') this.#host.agent('refused');
    const unclear = open.includes(problem.kind) && !problem.passesSoon;
    if (!unclear && !told.includes(problem.kind)) return problem;
    const phase = await look(signal);
    if (signal.aborted || !unclear || phase !== 'running') return problem;
    let answer: AgentAnswer = 'unknown';
    try {
      answer = await within(clock, pingMs, signal, (inner) => provider.ping(sandboxId, inner));
    } catch (error) {
      // No answer to the question is an answer too: nothing is known, and the first problem stands.
      this.#host.log.debug(`Asking the agent of ${sandboxId}: ${toProblem(error).message}`);
    }
    if (signal.aborted) return problem;
    this.#host.agent(answer);
    if (answer === 'refused') {
      return new Problem('agent-down', `The agent refuses connections (before that: ${problem.message})`, {
        cause: problem,
      });
    }
    if (answer === 'no-answer' && problem.kind !== 'silent') {
      return new Problem('unreachable', `The agent does not answer (before that: ${problem.message})`, {
        cause: problem,
      });
    }
    return problem;
  }
}
