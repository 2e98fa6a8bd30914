/*
 * A run that was killed for want of memory did not show how much it needed.
 */

/** Ended by SIGKILL, as the kernel's killer does. */
export const killedExit = 137;

/** A command that ends within this time after a kill was what was killed, milliseconds: its own exit code may be another. */
export const killOfCommandMs = 10_000;

/** It would have gone on: its peak counts as so much more (the Vertical Pod Autoscaler adds a fifth). */
export const killedFactor = 1.3;
