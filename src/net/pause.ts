import type { Clock } from '../model/ports.ts';
import { Problem } from '../model/problem.ts';
import { sleep } from '../model/wait.ts';

/** Waits `delayMs`; an aborted signal ends the wait at once with `aborted`. */
export const pause = async (delayMs: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> => {
  const whole = await sleep(clock, delayMs, ...(signal === undefined ? [] : [signal]));
  if (!whole) throw new Problem('aborted', 'The wait was stopped.');
};
