import { Backoff } from '../model/backoff.ts';
import type { Clock, Log, ProviderEvent, SandboxProvider } from '../model/ports.ts';
import type { ProblemKind } from '../model/problem.ts';
import { Problem, toProblem } from '../model/problem.ts';
import type { ServerView } from '../model/view.ts';
import { sleep } from '../model/wait.ts';
import { wordsFor } from './link-words.ts';
import type { Tasks } from './waiting.ts';

export interface ProviderWatchHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly tasks: Tasks;
  /** A complete list. */
  sandboxes(event: Extract<ProviderEvent, { kind: 'sandboxes' }>): void;
  /** The server row changed, or it was heard of for the first time. */
  serverChanged(): void;
}

/** The server answered, but not as it should. */
const answering: readonly ProblemKind[] = ['server-error', 'rate-limited', 'too-large', 'conflict', 'invalid-request'];

const down = (base: ServerView, problem: Problem, retryAtMs: number | null): ServerView => ({
  ...base,
  state: answering.includes(problem.kind) ? 'degraded' : 'down',
  answered: true,
  problem: problem.kind,
  text: serverText(problem),
  nextStep: problem.nextStep ?? serverStep(problem),
  retryAtMs,
});

// The words for a sandbox's link would name the wrong thing where a server is meant.
const serverText = (problem: Problem): string => {
  switch (problem.kind) {
    case 'unreachable':
      return 'The server cannot be reached.';
    case 'timeout':
      return 'The server did not answer in time.';
    case 'unauthorized':
      return 'The server did not accept the key.';
    default:
      return problem.message === '' ? wordsFor(problem).text : problem.message;
  }
};

const serverStep = (problem: Problem): string =>
  problem.kind === 'unreachable' || problem.kind === 'timeout'
    ? 'Check the server’s address and the network; it is tried again by itself.'
    : wordsFor(problem).nextStep;

/** Consumes one provider's lists and health, one consumption at a time, for as long as it is open. */
export class ProviderWatch {
  readonly provider: SandboxProvider;
  readonly #host: ProviderWatchHost;
  #run: AbortController | null = null;
  #server: ServerView;
  #heard = false;
  #listed = false;
  /** The trouble shown is that watching itself broke off; the next list proves it over. */
  #broken = false;

  constructor(host: ProviderWatchHost, provider: SandboxProvider) {
    this.#host = host;
    this.provider = provider;
    this.#server = {
      provider: provider.id,
      label: provider.label,
      state: 'connecting',
      answered: false,
      problem: null,
      text: null,
      nextStep: null,
      retryAtMs: null,
    };
  }

  get server(): ServerView {
    return this.#server;
  }

  /** A list came, or word that none can be had. */
  get heard(): boolean {
    return this.#heard;
  }

  /** At least one list came. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Begins, or begins anew: asks the server at once, whatever wait was planned. Its last trouble is not shown as an answer to that. */
  restart(): void {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    const asked = { ...this.#server, answered: false };
    this.#show(
      asked.problem === null
        ? asked
        : { ...asked, state: 'connecting', problem: null, text: null, nextStep: null, retryAtMs: null },
    );
    this.#host.tasks.add(this.#loop(run.signal), (error) =>
      this.#host.log.error(`Watching ${this.provider.label} stopped: ${toProblem(error).message}`),
    );
  }

  close(): void {
    this.#run?.abort();
    this.#run = null;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#host;
    const backoff = new Backoff({ random });
    while (!signal.aborted) {
      let problem = new Problem('clean-end', 'Watching the server ended without a reason given.');
      try {
        for await (const event of this.provider.watch(signal)) {
          if (signal.aborted) return;
          backoff.reset();
          this.#take(event);
        }
      } catch (error) {
        problem = toProblem(error);
      }
      if (signal.aborted) return;
      const waitMs = backoff.nextMs();
      log.warn(`Watching ${this.provider.label}: ${problem.message}`);
      this.#broken = true;
      this.#show(down(this.#server, problem, clock.now() + waitMs));
      await sleep(clock, waitMs, signal);
    }
  }

  #take(event: ProviderEvent): void {
    if (event.kind === 'sandboxes') {
      this.#heard = true;
      this.#listed = true;
      this.#host.sandboxes(event);
      if (this.#broken || this.#server.state === 'connecting' || this.#server.state === 'down') {
        this.#broken = false;
        this.#show(this.#well(null));
      } else {
        this.#show({ ...this.#server, answered: true });
      }
    } else if (event.healthy) {
      this.#show(this.#well(event.text));
    } else {
      this.#show(down(this.#server, event.problem, event.retryAtMs));
    }
  }

  #well(text: string | null): ServerView {
    return { ...this.#server, state: 'healthy', answered: true, problem: null, text, nextStep: null, retryAtMs: null };
  }

  #show(server: ServerView): void {
    const heardBefore = this.#heard;
    if (server.problem !== null) this.#heard = true;
    const keys = Object.keys(server) as (keyof ServerView)[];
    if (keys.every((key) => server[key] === this.#server[key]) && heardBefore === this.#heard) return;
    this.#server = server;
    this.#host.serverChanged();
  }
}
