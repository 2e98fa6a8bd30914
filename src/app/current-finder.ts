import type { Clock, CurrentSandbox, Log, PlaceHints, SandboxProvider } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import type { Tasks } from './waiting.ts';

export interface FinderHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  /** The providers to ask, in order, each with its sandboxes that have not ended. */
  askable(): readonly (readonly [SandboxProvider, readonly Sandbox[]])[];
  /** An answer came; the same one as before too. */
  answered(): void;
}

const askMs = 10_000;

/** Asks the providers which sandbox the person works in; one question at a time, the newest one last. */
export class CurrentFinder {
  readonly #host: FinderHost;
  readonly #life = new AbortController();
  #hints: PlaceHints | null = null;
  #found: CurrentSandbox | null = null;
  #asking = false;
  #askedFor: number | null = null;
  #wanted: number | null = null;
  #answered = false;
  /** Counts what was forgotten: an answer to a question from before it is dropped. */
  #age = 0;

  constructor(host: FinderHost) {
    this.#host = host;
  }

  get found(): CurrentSandbox | null {
    return this.#found;
  }

  /** The question has been answered at least once since the place is known; true as well while there is nothing to ask with. */
  get settled(): boolean {
    return this.#hints === null || this.#answered;
  }

  setHints(hints: PlaceHints): void {
    this.#hints = hints;
    this.forget();
  }

  /** The next `ask` asks in any case. */
  forget(): void {
    this.#age += 1;
    this.#askedFor = null;
    this.#answered = false;
    this.#found = null;
  }

  /** @param state changes whenever the answer may; for the same state is asked once only. */
  ask(state: number): void {
    if (this.#hints === null || this.#askedFor === state || this.#life.signal.aborted) return;
    this.#wanted = state;
    if (this.#asking) return;
    this.#asking = true;
    this.#host.tasks.add(this.#run(), (error) =>
      this.#host.log.error(`Finding the sandbox: ${toProblem(error).message}`),
    );
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted !== null && !this.#life.signal.aborted) {
        this.#askedFor = this.#wanted;
        this.#wanted = null;
        const asked = this.#askedFor;
        const age = this.#age;
        const found = this.#hints === null ? null : await this.#askAll(this.#hints);
        if (age !== this.#age) this.#wanted ??= asked;
        else {
          this.#found = found;
          this.#answered = true;
        }
      }
    } finally {
      this.#asking = false;
    }
    if (!this.#life.signal.aborted) this.#host.answered();
  }

  async #askAll(hints: PlaceHints): Promise<CurrentSandbox | null> {
    const { clock, log } = this.#host;
    for (const [provider, sandboxes] of this.#host.askable()) {
      try {
        const found = await within(clock, askMs, this.#life.signal, (inner) =>
          provider.current(hints, sandboxes, inner),
        );
        if (found !== null) return found;
      } catch (error) {
        if (this.#life.signal.aborted) return null;
        log.debug(`${provider.label} could not tell which sandbox this is: ${toProblem(error).message}`);
      }
    }
    return null;
  }

  close(): void {
    this.#life.abort();
  }
}
