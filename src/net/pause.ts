import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';

/** Waits `delayMs`; an aborted signal ends the wait at once with `aborted`. */
export const pause = (delayMs: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => {
      timer.cancel();
      reject(new Problem('aborted', 'The wait was stopped.'));
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    });
    if (signal?.aborted === true) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
