import type { Clock } from '../model/ports.ts';

const LONGEST_DELAY_MS = 2_147_483_647;

/** The machine's own clock and timers; every waiting part of this room takes a `Clock`, so tests can pass time by hand. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    // A longer delay would not fit Node's timer and fire at once.
    const handle = setTimeout(run, Math.min(delayMs, LONGEST_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
