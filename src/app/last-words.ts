import type { Clock, Log, Timer } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import { type Expiry, isEnded, type Sandbox } from '../model/sandbox.ts';
import { within } from '../model/wait.ts';
import type { Tasks, Turns } from './waiting.ts';

export interface LastWordsHost {
  readonly sandboxId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  /** How many are asked for diagnostics at a time: a server that fails as a whole ends all its sandboxes at once. */
  readonly diagnosing: Turns;
  /** How the system is asked, or null where it has no diagnostics. */
  readonly read: ((signal: AbortSignal) => Promise<string>) | null;
  /** The system's own text about the sandbox was read. */
  told(text: string): void;
  /** The same, of one that has ended: it may name what ended it. */
  ended(text: string): void;
}

const diagnosticsMs = 5_000;
/** A deletion waits no longer than this for what is lost with it. */
const beforeDeletionMs = 2_000;
/** With its time its diagnostics are gone. Read so long before: late enough to tell of the end, early enough for a slow server. */
const beforeDeadlineMs = 15_000;
/** A deadline further away is planned for when it is nearer; lists come all the time. */
const planWithinMs = 3_600_000;

/** Reads what the system itself says of one sandbox, while it still can be had: a sandbox at its end takes it along. */
export class LastWords {
  readonly #host: LastWordsHost;
  readonly #life = new AbortController();
  #read = false;
  #timer: Timer | null = null;
  #plannedFor: number | null = null;

  constructor(host: LastWordsHost) {
    this.#host = host;
  }

  /** What is said of an end, once. */
  readEnd(): void {
    const { read, tasks, diagnosing } = this.#host;
    if (this.#read || read === null) return;
    this.#read = true;
    const fetch = async (): Promise<void> => {
      const text = await diagnosing.take(() => this.#ask(diagnosticsMs, this.#life.signal, read));
      this.#host.told(text);
      this.#host.ended(text);
    };
    tasks.add(fetch(), (error) => this.#missed('', error));
  }

  /** It lives again: its next end is another. */
  again(): void {
    this.#read = false;
  }

  /** Keeps what is said of it now, because it is about to be deleted. Never throws. */
  async keep(signal: AbortSignal): Promise<void> {
    const { read } = this.#host;
    if (read === null) return;
    try {
      this.#host.told(await this.#ask(beforeDeletionMs, AbortSignal.any([signal, this.#life.signal]), read));
    } catch (error) {
      this.#missed(' before its deletion', error);
    }
  }

  /**
   * Plans to keep what is said of it shortly before its clock deletes it. Call it with every word on the sandbox.
   * @param wanted false: nobody looks at this sandbox closely, or its system keeps a record.
   */
  plan(sandbox: Sandbox, wanted: boolean): void {
    const atMs = wanted && !isEnded(sandbox.phase) ? deadline(sandbox.expiry) : null;
    if (atMs === this.#plannedFor && this.#timer !== null) return;
    this.#unplan();
    const { clock, read, tasks, diagnosing } = this.#host;
    if (atMs === null || read === null) return;
    const delayMs = atMs - beforeDeadlineMs - clock.now();
    // One whose end is nearer than that is not missed: it has just appeared, or its deadline was moved here.
    if (delayMs > planWithinMs || atMs <= clock.now()) return;
    this.#plannedFor = atMs;
    this.#timer = clock.after(Math.max(0, delayMs), () => {
      const fetch = (): Promise<string> => diagnosing.take(() => this.#ask(diagnosticsMs, this.#life.signal, read));
      tasks.add(
        fetch().then((text) => this.#host.told(text)),
        (error) => this.#missed(' before its time is over', error),
      );
    });
  }

  #unplan(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#plannedFor = null;
  }

  #ask(ms: number, signal: AbortSignal, read: (signal: AbortSignal) => Promise<string>): Promise<string> {
    return within(this.#host.clock, ms, signal, read);
  }

  #missed(when: string, error: unknown): void {
    const problem = toProblem(error);
    if (problem.kind !== 'aborted') {
      this.#host.log.debug(`Diagnostics of ${this.#host.sandboxId}${when}: ${problem.message}`);
    }
  }

  close(): void {
    this.#unplan();
    this.#life.abort();
  }
}

/** When the clock takes the sandbox and all that is known of it away. One that is paused or stopped then still can be asked. */
const deadline = (expiry: Expiry | null): number | null =>
  expiry !== null && expiry.action === 'delete' ? expiry.expiresAtMs : null;
