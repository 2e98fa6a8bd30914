import type { Log } from '../../model/ports.ts';

/** The header has whole seconds and a request takes its time: what is smaller than this is not told from no difference. */
const noticedMs = 30_000;
/** An answer that took longer says too little of the moment its header was written. */
const longestMs = 2000;
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * How far the server's clock is from this computer's. A deadline is a moment on the server's clock; with a local clock
 * that is minutes off, every warning would come minutes too late or too early. Small differences count as none, and a
 * difference once found stays until it is clearly another one, so that deadlines do not tremble.
 */
export class ServerTime {
  readonly #log: Log;
  /** Server minus local. */
  #offsetMs = 0;
  #hasTold = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes in the `Date` header of an answer, sent and received at these local times. An answer from a cache (`Age`) says nothing. */
  learn(date: string | null, age: string | null, sentAtMs: number, receivedAtMs: number): void {
    const tookMs = receivedAtMs - sentAtMs;
    if (date === null || !httpDate.test(date) || age !== null || tookMs < 0 || tookMs > longestMs) return;
    // The header leaves the fraction out: on average half a second.
    const offsetMs = Date.parse(date) + 500 - (sentAtMs + receivedAtMs) / 2;
    if (!Number.isFinite(offsetMs) || Math.abs(offsetMs - this.#offsetMs) <= noticedMs) return;
    this.#offsetMs = Math.abs(offsetMs) <= noticedMs ? 0 : Math.round(offsetMs / 1000) * 1000;
    if (this.#hasTold) return;
    this.#hasTold = true;
    const seconds = Math.round(Math.abs(offsetMs) / 1000);
    const direction = offsetMs > 0 ? 'ahead of' : 'behind';
    this.#log.warn(
      `The clock of the server is ${seconds} s ${direction} this computer's; its deadlines are shown in local time.`,
    );
  }

  /** A moment on the server's clock as epoch milliseconds of this computer's. */
  toLocal(serverMs: number): number {
    return serverMs - this.#offsetMs;
  }

  toServer(localMs: number): number {
    return localMs + this.#offsetMs;
  }
}
