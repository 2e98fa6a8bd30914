import type { Clock, Timer } from '../model/ports.ts';
import { warmUpSteps } from '../monitor/warm-up.ts';

/** The start of the editor comes first. */
const settleMs = 5_000;
/** Between two pieces everything else has its turn. */
const betweenMs = 50;

/** Gets ready for the first error in small pieces, some time after the start. @returns ends it early */
export function warmUp(clock: Clock): Timer {
  const steps = warmUpSteps();
  let timer = clock.after(settleMs, step);
  function step(): void {
    if (steps.next().done !== true) timer = clock.after(betweenMs, step);
  }
  return { cancel: () => timer.cancel() };
}
