import type { Forecast } from '../model/forecast.ts';
import type { Link } from '../model/view.ts';

/** A sandbox that is not watched yet. */
export const idleLink: Link = { state: 'idle', problem: null, text: null, nextStep: null, retryAtMs: null };

/** A sandbox that is over. */
export const endedLink: Link = { ...idleLink, state: 'ended' };

const minuteMs = 60_000;

/**
 * How precisely the time left is worth a new view: whole minutes far from the end, ten seconds near it, every second in
 * the last two minutes. Two times with the same bucket look the same to a person.
 */
export const clockBucket = (deadlineMs: number | null, nowMs: number): string => {
  if (deadlineMs === null) return '';
  const leftMs = Math.max(0, deadlineMs - nowMs);
  const stepMs = leftMs > 10 * minuteMs ? minuteMs : leftMs > 2 * minuteMs ? 10_000 : 1_000;
  return `${stepMs}/${Math.ceil(leftMs / stepMs)}`;
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** @returns whether two values hold the same, field by field. For small plain data only. */
export const sameFields = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameFields(a[key], b[key]))
  );
};

/** @returns whether the forecasts other than that of the expiry clock, which changes all the time, are the same. */
export const sameForecasts = (a: readonly Forecast[], b: readonly Forecast[]): boolean => {
  const trends = (all: readonly Forecast[]): readonly Forecast[] => all.filter((each) => each.signal !== 'expiry');
  const before = trends(a);
  const now = trends(b);
  return before.length === now.length && before.every((each, index) => sameFields(each, now[index]));
};
