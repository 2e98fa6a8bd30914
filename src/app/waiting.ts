import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { aborted, sleep } from '../model/wait.ts';

/**
 * Asks `look` every `everyMs`, at most `times` times, until it returns something other than null. Counts instead of comparing
 * clock times, so that a clock that jumps changes nothing.
 * @returns what `look` returned, or null when it never did. Throws a Problem `aborted` when `signal` aborts.
 */
export const poll = async <T>(
  clock: Clock,
  signal: AbortSignal,
  everyMs: number,
  times: number,
  look: () => Promise<T | null> | T | null,
): Promise<T | null> => {
  for (let turn = 0; turn < times; turn += 1) {
    if (!(await sleep(clock, everyMs, signal))) throw new Problem('aborted', 'It was cancelled.');
    const found = await look();
    if (found !== null) return found;
  }
  return null;
};

/** Work under way, so that the end can wait for it. */
export class Tasks {
  readonly #running = new Set<Promise<void>>();

  /** Takes over a promise; a failure that reaches this point is handed to `failed` and goes no further. */
  add(work: Promise<unknown>, failed: (error: unknown) => void): void {
    void this.follow(work, failed);
  }

  /** Like `add`. @returns a promise that settles with the work and never fails. */
  follow(work: Promise<unknown>, failed: (error: unknown) => void): Promise<void> {
    const task = work.then(
      () => undefined,
      (error: unknown) => failed(error),
    );
    this.#running.add(task);
    return task.finally(() => this.#running.delete(task));
  }

  get count(): number {
    return this.#running.size;
  }

  /** Settles when all work is done, also what is begun meanwhile, at the latest after `ms`. @returns whether all was done. */
  async settled(clock: Clock, ms: number): Promise<boolean> {
    const late = new AbortController();
    const timer = clock.after(ms, () => late.abort());
    const over = aborted(late.signal);
    while (this.#running.size > 0 && !late.signal.aborted) await Promise.race([Promise.all(this.#running), over]);
    timer.cancel();
    return this.#running.size === 0;
  }
}

/** Lets at most `most` pieces of work run at a time; the others wait for their turn, in order. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#free = most;
  }

  /** Runs `work` when its turn has come, and answers or fails as it does. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
