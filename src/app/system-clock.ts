import type { Clock } from '../model/ports.ts';

/** The computer's own clock and timers. Timers never keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    // Longer delays overflow Node's 32-bit timer and would fire at once.
    const timer = setTimeout(run, Math.min(delayMs, 2_147_483_647));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
