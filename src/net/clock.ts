import type { Clock } from '../model/ports.ts';

const LONGEST_DELAY_MS = 2_147_483_647;

/**
 * The computer's own clock and timers. Every waiting part takes a `Clock`, so that tests can pass time by hand. A timer
 * alone never keeps the process alive.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    // A longer delay would not fit Node's timer and fire at once.
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
