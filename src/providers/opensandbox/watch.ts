import { Backoff } from '../../model/backoff.ts';
import type { Clock, Log, ProviderEvent } from '../../model/ports.ts';
import { isProblem, type Problem, toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { sleep } from '../../model/wait.ts';

const calmMs = 5000;
const busyMs = 2000;
/** How long after a change it is asked more often. */
const busyForMs = 30_000;
/** A server that takes long for its list has much to do for it: it gets this many times as long before the next one, up to a bound. */
const restFactor = 2;
const longestRestMs = 30_000;
/** Longest Retry-After that is obeyed: whoever waits longer for a list sees nothing of what ends. */
const longestObeyedMs = 120_000;
/** A stored key is looked at again this often while the server refuses the present one; the server is not asked. */
const keyCheckMs = 3000;

export interface WatchOptions {
  readonly list: (signal: AbortSignal) => Promise<readonly Sandbox[]>;
  /** What `/health` says, to tell a server that fails from one that is not there. */
  readonly health: (signal: AbortSignal) => Promise<string>;
  /** The present key; when it changes, a server that refused the last one is asked again. */
  readonly apiKey: () => Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
  /** For the jitter; default `Math.random`. */
  readonly random?: () => number;
}

/** Watches the list of sandboxes by asking again and again; the server cannot push. */
export class ListWatch {
  readonly #options: WatchOptions;
  #lastChangeAtMs = Number.NEGATIVE_INFINITY;
  /** Fired to end the present wait, or the one after the question that is on its way. */
  #wake = new AbortController();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Something was just done to a sandbox: look soon, and often for a while. */
  poke(): void {
    this.#lastChangeAtMs = this.#options.clock.now();
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** See `SandboxProvider.watch`. */
  async *run(signal: AbortSignal): AsyncGenerator<ProviderEvent, void, undefined> {
    const { clock, random } = this.#options;
    const backoff = new Backoff({
      firstMs: 2000,
      maxMs: 30_000,
      minMs: 1000,
      ...(random === undefined ? {} : { random }),
    });
    let isHealthy = false;
    let lastTrouble: string | null = null;
    let lastList: string | null = null;
    while (!signal.aborted) {
      // Both are taken before the server is asked: what is done meanwhile may not be in its answer, so it is asked once more.
      const wake = this.#wake.signal;
      const key = await this.#apiKey();
      try {
        const askedAtMs = clock.now();
        const sandboxes = await this.#options.list(signal);
        const atMs = clock.now();
        backoff.reset();
        const list = fingerprint(sandboxes);
        if (lastList !== null && list !== lastList) this.#lastChangeAtMs = atMs;
        lastList = list;
        if (!isHealthy) yield { kind: 'health', atMs, healthy: true, text: null };
        isHealthy = true;
        lastTrouble = null;
        // The time of the question: whatever was learnt while it was on its way is newer than this answer.
        yield { kind: 'sandboxes', atMs: askedAtMs, sandboxes };
        await sleep(clock, this.#delayMs(atMs - askedAtMs), signal, wake);
      } catch (error) {
        if (signal.aborted) return;
        isHealthy = false;
        const problem = await this.#explain(toProblem(error), signal);
        if (signal.aborted) return;
        const { message, retryAfterMs } = problem;
        // The view has room for few words; and the same trouble again is not worth another line.
        if (message !== lastTrouble) this.#options.log.warn(`No list of sandboxes: ${message}`);
        lastTrouble = message;
        if (isProblem(problem, 'unauthorized', 'forbidden')) {
          yield { kind: 'health', atMs: clock.now(), healthy: false, problem, retryAtMs: null };
          await this.#untilKeyChanges(key, signal, wake);
        } else {
          // A server that says when it wants to be asked again is believed, up to a bound.
          const waitMs = Math.max(backoff.nextMs(), Math.min(retryAfterMs ?? 0, longestObeyedMs));
          const atMs = clock.now();
          yield { kind: 'health', atMs, healthy: false, problem, retryAtMs: atMs + waitMs };
          await sleep(clock, waitMs, signal, wake);
        }
      }
    }
  }

  /** `tookMs`: how long the last list was on its way. */
  #delayMs(tookMs: number): number {
    const sinceChangeMs = this.#options.clock.now() - this.#lastChangeAtMs;
    // A clock set back gives a negative time, which must not mean "busy" for ever.
    const delayMs = sinceChangeMs >= 0 && sinceChangeMs < busyForMs ? busyMs : calmMs;
    return Math.max(delayMs, Math.min(restFactor * tookMs, longestRestMs));
  }

  async #explain(problem: Problem, signal: AbortSignal): Promise<Problem> {
    if (!isProblem(problem, 'server-error', 'timeout')) return problem;
    try {
      const status = await this.#options.health(signal);
      this.#options.log.debug(`The list failed while the server calls itself ${status}: ${problem.message}`);
    } catch (error) {
      // The more basic trouble explains the other one.
      const basic = toProblem(error);
      if (isProblem(basic, 'unreachable')) return basic;
    }
    return problem;
  }

  async #apiKey(): Promise<string | null> {
    try {
      return await this.#options.apiKey();
    } catch (error) {
      this.#options.log.warn(`The stored key could not be read: ${toProblem(error).message}`);
      return null;
    }
  }

  /** No retry hammers a server with a wrong key; another key, or `poke`, starts again. */
  async #untilKeyChanges(refusedKey: string | null, signal: AbortSignal, wake: AbortSignal): Promise<void> {
    while (!signal.aborted && !wake.aborted && (await this.#apiKey()) === refusedKey) {
      await sleep(this.#options.clock, keyCheckMs, signal, wake);
    }
  }
}

/** What counts as a change of the list. */
const fingerprint = (sandboxes: readonly Sandbox[]): string =>
  JSON.stringify(
    sandboxes
      .map(({ id, rawState, reason, expiry }) => [id, rawState, reason, expiry?.expiresAtMs ?? null])
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
