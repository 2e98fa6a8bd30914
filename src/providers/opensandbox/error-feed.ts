import type { ErrorEvent } from '../../model/error-event.ts';
import type { Clock, Log } from '../../model/ports.ts';
import { toProblem } from '../../model/problem.ts';
import type { Sandbox } from '../../model/sandbox.ts';

const maxTextChars = 4000;

/** What the container runtime says about a sandbox that failed, read from its diagnostics while they still exist. */
export class ErrorFeed {
  readonly #events: (sandboxId: string, signal: AbortSignal) => Promise<string>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #last = new Map<string, Sandbox>();
  readonly #listeners = new Map<string, Set<(failed: Sandbox) => void>>();

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
    for (const sandbox of sandboxes) {
      const before = this.#last.get(sandbox.id);
      const hasFailed = sandbox.phase === 'failed' && before !== undefined && before.phase !== 'failed';
      if (hasFailed) for (const tell of this.#listeners.get(sandbox.id) ?? []) tell(sandbox);
    }
    this.#last.clear();
    for (const sandbox of sandboxes) this.#last.set(sandbox.id, sandbox);
  }

  /** See `SandboxProvider.errors`. A failure that was there before is not told. */
  async *watch(sandboxId: string, signal: AbortSignal): AsyncGenerator<ErrorEvent, void, undefined> {
    const waiting: Sandbox[] = [];
    let wake = (): void => undefined;
    const tell = (failed: Sandbox): void => {
      waiting.push(failed);
      wake();
    };
    const end = (): void => wake();
    const listeners = this.#listeners.get(sandboxId) ?? new Set();
    this.#listeners.set(sandboxId, listeners.add(tell));
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const failed = waiting.shift();
        if (failed === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const event = await this.#describe(failed, signal);
        if (!signal.aborted) yield event;
      }
    } finally {
      signal.removeEventListener('abort', end);
      listeners.delete(tell);
      if (listeners.size === 0) this.#listeners.delete(sandboxId);
    }
  }

  async #describe(failed: Sandbox, signal: AbortSignal): Promise<ErrorEvent> {
    const said = [failed.reason, failed.message].filter((part) => part !== null).join(': ');
    let text = said === '' ? failed.rawState : said;
    try {
      text = `${text}\n${await this.#events(failed.id, signal)}`;
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
      text: text.slice(-maxTextChars),
      exitCode: exitCode === undefined ? null : Number(exitCode),
      atMs: this.#clock.now(),
    };
  }
}
