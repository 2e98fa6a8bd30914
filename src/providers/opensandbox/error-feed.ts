import type { ErrorEvent } from '../../model/error-event.ts';
import type { Clock, Log } from '../../model/ports.ts';
import { toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';

const maxTextChars = 4000;
/** Reasons are short; one that is not leaves room for what happened. */
const maxReasonChars = 2000;
/** A failure that nobody was told of is kept this long for whoever asks next. */
const keepMs = 60_000;

interface Failure {
  readonly sandbox: Sandbox;
  readonly seenAtMs: number;
  isTold: boolean;
}

/** What the container runtime says about a sandbox that failed, read from its diagnostics while they still exist. */
export class ErrorFeed {
  readonly #events: (sandboxId: string, signal: AbortSignal) => Promise<string>;
  readonly #clock: Clock;
  readonly #log: Log;
  /** The last list; null before the first. */
  #last: ReadonlyMap<string, Sandbox> | null = null;
  readonly #failures = new Map<string, Failure>();
  readonly #listeners = new Map<string, Set<(failure: Failure) => void>>();

  /** `events`: the text of `diagnostics/events`. */
  constructor(options: {
    readonly events: (sandboxId: string, signal: AbortSignal) => Promise<string>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#events = options.events;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** To be told of every complete list. */
  see(sandboxes: readonly Sandbox[]): void {
    const before = this.#last;
    this.#last = new Map(sandboxes.map((sandbox) => [sandbox.id, sandbox]));
    const nowMs = this.#clock.now();
    for (const [id, { seenAtMs }] of this.#failures) {
      if (Math.abs(nowMs - seenAtMs) > keepMs) this.#failures.delete(id);
    }
    // What the first list shows as failed did so before anybody looked.
    if (before === null) return;
    for (const sandbox of sandboxes) {
      if (sandbox.phase !== 'failed') this.#failures.delete(sandbox.id);
      else if (before.get(sandbox.id)?.phase !== 'failed') this.#tell({ sandbox, seenAtMs: nowMs, isTold: false });
    }
  }

  #tell(failure: Failure): void {
    const { id } = failure.sandbox;
    this.#failures.set(id, failure);
    for (const tell of this.#listeners.get(id) ?? []) tell(failure);
  }

  /**
   * See `SandboxProvider.errors`. A failure that was there before the first list is not told. One that was seen since,
   * but that nobody heard of, is told to who asks within a minute: sandboxes that fail while they start are mostly
   * watched only then, and some of them fail between two lists.
   */
  async *watch(sandboxId: string, signal: AbortSignal): AsyncGenerator<ErrorEvent, void, undefined> {
    const missed = this.#failures.get(sandboxId);
    const waiting = missed === undefined || missed.isTold ? [] : [missed];
    let wake = (): void => undefined;
    const tell = (failure: Failure): void => {
      waiting.push(failure);
      wake();
    };
    const end = (): void => wake();
    const listeners = this.#listeners.get(sandboxId) ?? new Set();
    this.#listeners.set(sandboxId, listeners.add(tell));
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const failure = waiting.shift();
        if (failure === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const event = await this.#describe(failure.sandbox, signal);
        // A listener that left while the diagnostics were read has not heard of it.
        if (signal.aborted) return;
        failure.isTold = true;
        yield event;
      }
    } finally {
      signal.removeEventListener('abort', end);
      listeners.delete(tell);
      if (listeners.size === 0) this.#listeners.delete(sandboxId);
    }
  }

  async #describe(failed: Sandbox, signal: AbortSignal): Promise<ErrorEvent> {
    const said = [failed.reason, failed.message].filter((part) => part !== null).join(': ');
    let text = (said === '' ? failed.rawState : said).slice(0, maxReasonChars);
    try {
      const events = await this.#events(failed.id, signal);
      // The server's own reason stays whole; of the events the last ones tell of the end.
      text = `${text}\n${events.slice(-(maxTextChars - text.length - 1))}`;
    } catch (error) {
      // It may be removed already; what the list said has to do.
      this.#log.debug(`No diagnostics of ${failed.id}: ${toProblem(error).message}`);
    }
    const exitCode = /exit(?:ed)?(?: with)? code[ :]+(\d{1,3})\b/i.exec(text)?.[1];
    return {
      sandboxId: failed.id,
      commandId: null,
      commandLine: null,
      source: 'diagnostics',
      text,
      exitCode: exitCode === undefined ? null : Number(exitCode),
      atMs: this.#clock.now(),
    };
  }
}
