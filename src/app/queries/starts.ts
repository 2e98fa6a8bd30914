import type { RememberedSandbox } from '../../model/history.ts';
import type { LifecycleTransition } from '../../model/incident.ts';
import { durationStats } from './quantiles.ts';
import { eachInSlices, type Pause } from './slices.ts';

const hourMs = 3_600_000;
const fiveMinutesMs = 300_000;
/** A day. */
const mostFives = 288;
/** Server and window may disagree by this much on the time. */
const clockToleranceMs = 5_000;
/**
 * One that runs when it is first seen was running before. Lists come every five seconds at most, which is how exact all these times are;
 * one created longer ago than that was up at an unknown time.
 */
const seenInTimeMs = 5_000;
/** Nothing takes that long to start; it was created, stopped and started again unseen. */
const longestMs = 6 * hourMs;

/** When sandboxes were started and how long that took. */
export interface Starts {
  readonly spinUpsMs: readonly { readonly atMs: number; readonly tookMs: number }[];
  readonly startsMs: readonly number[];
}

interface Seen {
  firstMs: number;
  firstPhase: string;
  runningMs: number;
}

/**
 * @param transitions in any order.
 * @returns what is known of the starts from `sinceMs` on. A sandbox that ran already when it was first seen counts as started, but how long
 * that took is only taken from those that were seen to come up, or were seen within five seconds of their creation.
 */
export const startsOf = async (
  sandboxes: readonly RememberedSandbox[],
  transitions: readonly (LifecycleTransition & { readonly sandboxId: string })[],
  sinceMs: number,
  pause: Pause,
): Promise<Starts> => {
  const seen = new Map<string, Seen>();
  const note = ({ sandboxId, atMs, phase }: LifecycleTransition & { readonly sandboxId: string }): void => {
    const known = seen.get(sandboxId) ?? {
      firstMs: Number.POSITIVE_INFINITY,
      firstPhase: '',
      runningMs: Number.POSITIVE_INFINITY,
    };
    if (atMs < known.firstMs) {
      known.firstMs = atMs;
      known.firstPhase = phase;
    }
    if (phase === 'running') known.runningMs = Math.min(known.runningMs, atMs);
    seen.set(sandboxId, known);
  };
  await eachInSlices(transitions, note, pause);

  const spinUpsMs: { atMs: number; tookMs: number }[] = [];
  const startsMs: number[] = [];
  const look = ({ sandboxId, createdAtMs }: RememberedSandbox): void => {
    const known = seen.get(sandboxId);
    const cameUp = known?.firstPhase === 'creating' || known?.firstPhase === 'starting';
    const startedMs = createdAtMs ?? (cameUp ? (known?.firstMs ?? null) : null);
    if (startedMs === null || startedMs < sinceMs) return;
    startsMs.push(startedMs);
    if (createdAtMs === null || known === undefined || !Number.isFinite(known.runningMs)) return;
    const tookMs = known.runningMs - createdAtMs;
    if (tookMs < -clockToleranceMs || tookMs > longestMs) return;
    if (!cameUp && (known.firstPhase !== 'running' || tookMs > seenInTimeMs)) return;
    spinUpsMs.push({ atMs: createdAtMs, tookMs: Math.max(0, tookMs) });
  };
  await eachInSlices(sandboxes, look, pause);
  return { spinUpsMs, startsMs };
};

/** @returns the median of each hour from `sinceMs` to `untilMs`, the last one ending with `untilMs`; null for hours without a start. */
export const perHour = (
  spinUpsMs: Starts['spinUpsMs'],
  sinceMs: number,
  untilMs: number,
): readonly (number | null)[] => {
  const hours: number[][] = Array.from({ length: Math.max(1, Math.ceil((untilMs - sinceMs) / hourMs)) }, () => []);
  for (const { atMs, tookMs } of spinUpsMs) {
    hours[hours.length - 1 - Math.floor(Math.max(0, untilMs - atMs) / hourMs)]?.push(tookMs);
  }
  return hours.map((values) => durationStats(values)?.p50Ms ?? null);
};

/** @returns the starts in each five minutes, the last ones ending with `untilMs`; of the last day at most. */
export const perFiveMinutes = (startsMs: readonly number[], sinceMs: number, untilMs: number): readonly number[] => {
  const length = Math.min(mostFives, Math.max(1, Math.ceil((untilMs - sinceMs) / fiveMinutesMs)));
  const counts = new Array<number>(length).fill(0);
  for (const atMs of startsMs) {
    const index = length - 1 - Math.floor(Math.max(0, untilMs - atMs) / fiveMinutesMs);
    if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
};
