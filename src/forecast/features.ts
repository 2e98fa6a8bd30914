/**
 * What the additive model looks at, each a number without a unit, so that nothing depends on the size of a sandbox. The first two are
 * different for each horizon, the rest are the same.
 */
export const featureNames = [
  /** Log-odds of the first passage within the horizon. */
  'passage',
  /** ln(time to the limit / horizon). */
  'soon',
  /** ln of how long the climb has lasted, seconds. */
  'age',
  /** ln(time to the limit / how long the climb has lasted): what is still to come against what has been. */
  'toCome',
  /** ln of the newer half's slope over the older half's: below 0 it levels off, above 0 it speeds up. */
  'bend',
  /** ln of how much longer than usual the climb has been resting, 0 while it goes on, below 0 when it rests. */
  'rest',
  /** Climbs of this height that came back by themselves. */
  'recovered',
  /** ln(present slope / mean slope since the climb began): below 0 it levels off over the whole climb, above 0 it speeds up. */
  'pace',
  /** ln(1 + how long nothing had happened before the climb, seconds): no new process, no excursion, no beginning of the watch. */
  'quiet',
  /** Share of the processor quota used lately, 0..1, or -1 when it is not known. */
  'busy',
  /** ln(the climb so far over how much the signal swings): a rise within the noise is none. */
  'clear',
  /** What it is: 0 memory, 1 heap, 2 disk and inodes, 3 things that are counted. */
  'kind',
] as const;

export type FeatureName = (typeof featureNames)[number];
export const featureCount = featureNames.length;

/** What is known of the sandbox beside the signal itself; numbers as in `featureNames`. */
export interface Surroundings {
  /** When the newest processes were born, milliseconds; NaN when nothing tells. */
  bornAtMs: number;
  /** Share of the processor quota used lately, 0..1; NaN when nothing tells. */
  busy: number;
}

/** What kind of thing a signal is, as the feature `kind` has it. */
export type Kind = 0 | 1 | 2 | 3;
