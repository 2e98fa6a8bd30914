import { Problem } from '../../model/problem.ts';

/** Throws `aborted` when the signal has fired already, so that no call begins that nobody waits for. */
export const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new Problem('aborted', 'The call was stopped before it began.');
};
