import type { Sample } from '../model/sample.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** One step of thinning. */
export interface ThinningStep {
  /** What it takes: samples thinned to this width before; 0: all there are. */
  readonly takesStepMs: number;
  /** What it leaves: one sample for each bucket of this width. */
  readonly leavesStepMs: number;
  /** Samples younger than this are not touched. */
  readonly afterMs: number;
  /** It runs when the oldest sample is older than this, so that every run has enough to do. */
  readonly dueMs: number;
}

/** All of the last ten minutes, then one in ten seconds for hours, one a minute for a day, one in ten minutes after that. */
export const thinningSteps: readonly ThinningStep[] = [
  { takesStepMs: 0, leavesStepMs: 10_000, afterMs: 10 * minuteMs, dueMs: 20 * minuteMs },
  { takesStepMs: 10_000, leavesStepMs: minuteMs, afterMs: 2 * hourMs, dueMs: 4 * hourMs },
  { takesStepMs: minuteMs, leavesStepMs: 10 * minuteMs, afterMs: 24 * hourMs, dueMs: 48 * hourMs },
];

/** How near a sample is to the end of memory; of a bucket the worst is kept, because a peak must be seen. */
const weightOf = (sample: Sample): number => {
  const { memory } = sample;
  if (memory === undefined) return sample.cpu?.usedCores ?? 0;
  // Memory speaks first: whatever its use, it outweighs samples that could not see it.
  return 1e6 + memory.workingSetBytes / Math.max(1, memory.limitBytes ?? 1e15);
};

/** @returns one sample, the worst, for each bucket of `stepMs`, oldest first. Samples of different sources do not compete. */
export const thin = (samples: readonly Sample[], stepMs: number): readonly Sample[] => {
  const best = new Map<string, Sample>();
  for (const sample of samples) {
    const bucket = `${sample.source} ${Math.floor(sample.atMs / stepMs)}`;
    const before = best.get(bucket);
    if (before === undefined || weightOf(sample) > weightOf(before)) best.set(bucket, sample);
  }
  return [...best.values()].toSorted((a, b) => a.atMs - b.atMs);
};

/** @returns the latest time that `step` takes at `nowMs`, aligned so that no bucket is cut in two. */
export const thinningEndMs = (step: ThinningStep, nowMs: number): number =>
  Math.floor((nowMs - step.afterMs) / step.leavesStepMs) * step.leavesStepMs - 1;
