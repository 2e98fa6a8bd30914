import type { Clock, Timer } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';

/** Throws `aborted` when the signal has fired already, so that no call begins that nobody waits for. */
export const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new Problem('aborted', 'The call was stopped before it began.');
};

/** Waits; returns early, without an error, when one of the signals fires. */
export const rest = (clock: Clock, delayMs: number, ...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) {
      resolve();
      return;
    }
    let timer: Timer | null = null;
    const end = (): void => {
      timer?.cancel();
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', end);
    timer = clock.after(delayMs, end);
  });

/** Runs `cleanUp` with a signal of its own that fires after `limitMs`: used when the caller's signal is gone already. */
export const within = async (
  clock: Clock,
  limitMs: number,
  cleanUp: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  const controller = new AbortController();
  const timer = clock.after(limitMs, () => controller.abort());
  try {
    await cleanUp(controller.signal);
  } finally {
    timer.cancel();
  }
};
