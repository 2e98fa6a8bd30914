import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';

/** @returns true after `ms`, false as soon as `signal` aborts. Leaves neither timer nor listener behind. */
export const sleep = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const stop = (): void => {
      timer.cancel();
      resolve(false);
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    });
    signal.addEventListener('abort', stop, { once: true });
  });

/** Settles when `signal` aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The promise, or a Problem `aborted` as soon as `signal` aborts, whatever the promise does then. */
export const abortable = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(new Problem('aborted', 'It was cancelled.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

/** Runs `work` with a signal of its own that aborts with `signal` or after `ms`; then throws a Problem `timeout`. */
export const within = async <T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const late = new AbortController();
  const timer = clock.after(ms, () => late.abort());
  const both = AbortSignal.any([signal, late.signal]);
  try {
    return await abortable(work(both), both);
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) throw new Problem('timeout', `No answer within ${ms / 1000} s.`);
    throw error;
  } finally {
    timer.cancel();
  }
};

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
