import type { Clock } from './ports.ts';
import { Problem } from './problem.ts';

/** @returns true after `ms`, false as soon as one of `signals` aborts. Leaves neither timer nor listener behind. */
export const sleep = (clock: Clock, ms: number, ...signals: readonly AbortSignal[]): Promise<boolean> =>
  new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) {
      resolve(false);
      return;
    }
    const end = (whole: boolean): void => {
      timer.cancel();
      for (const signal of signals) signal.removeEventListener('abort', stop);
      resolve(whole);
    };
    const stop = (): void => end(false);
    const timer = clock.after(ms, () => end(true));
    for (const signal of signals) signal.addEventListener('abort', stop);
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

/**
 * Runs `work` with a signal of its own that aborts with `signal` or after `ms`; then throws a Problem `timeout`.
 * @param signal null for what is done after the caller has gone, such as cleaning up.
 */
export const within = async <T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const late = new AbortController();
  const timer = clock.after(ms, () => late.abort());
  const both = signal === null ? late.signal : AbortSignal.any([signal, late.signal]);
  try {
    return await abortable(work(both), both);
  } catch (error) {
    if (late.signal.aborted && signal?.aborted !== true)
      throw new Problem('timeout', `No answer within ${ms / 1000} s.`);
    throw error;
  } finally {
    timer.cancel();
  }
};
