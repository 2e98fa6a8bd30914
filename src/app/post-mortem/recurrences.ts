import type { FixId } from '../../model/fix.ts';
import type { FixRecord } from '../../model/history.ts';
import type { Incident, IncidentCause } from '../../model/incident.ts';
import type { Recurrence } from '../../model/post-mortem.ts';
import type { ErrorPast } from './error-past.ts';
import type { Material } from './material.ts';
import { causeTitles, helpedBy } from './words.ts';

const dayMs = 86_400_000;
const mostDays = 30;

/** Number of the calendar day of this place. */
const dayOf = (atMs: number): number => Math.floor((atMs - new Date(atMs).getTimezoneOffset() * 60_000) / dayMs);

/** Counts for days, the last one being that of `lastMs`; from the first day with any, at most 30. */
const perDay = (counts: ReadonlyMap<number, number>, lastMs: number): readonly number[] => {
  const last = dayOf(lastMs);
  const first = Math.max(last - mostDays + 1, Math.min(last, ...counts.keys()));
  return Array.from({ length: last - first + 1 }, (_, i) => counts.get(first + i) ?? 0);
};

const add = (counts: Map<number, number>, day: number, more: number): void => {
  counts.set(day, (counts.get(day) ?? 0) + more);
};

/**
 * Only the first and the last time of an error in a sandbox are remembered: one falls on each of these two days, the others are spread
 * evenly over the days between.
 */
const spread = (counts: Map<number, number>, count: number, firstMs: number, lastMs: number): void => {
  const first = dayOf(firstMs);
  const last = Math.max(first, dayOf(lastMs));
  const days = last - first + 1;
  // Of a span that no clock can be right about only the ends are counted.
  if (days === 1 || days > 400 || count < 2) {
    add(counts, last, count);
    return;
  }
  add(counts, first, 1);
  add(counts, last, 1);
  for (let no = 0; no < days; no += 1) {
    const share = Math.floor(((no + 1) * (count - 2)) / days) - Math.floor((no * (count - 2)) / days);
    if (share > 0) add(counts, first + no, share);
  }
};

/** Actions that are offered against an end of this kind and against little else. */
const against: Partial<Record<IncidentCause, readonly FixId[]>> = {
  'out-of-memory': ['endProcess', 'recreateLarger'],
  'out-of-memory-child': ['endProcess', 'recreateLarger'],
  expired: ['extend', 'snapshot'],
  'agent-down': ['recreateLarger', 'snapshot'],
};

/** A sandbox ends once, although several windows may have written it down. */
const onceEach = (incidents: readonly Incident[]): readonly Incident[] => {
  const ended = new Set<string>();
  return incidents.filter(({ endsSandbox, sandboxId }) => {
    if (!endsSandbox) return true;
    const isNew = !ended.has(sandboxId);
    ended.add(sandboxId);
    return isNew;
  });
};

const ofCause = (incident: Incident, all: readonly Incident[], fixes: readonly FixRecord[]): Recurrence | null => {
  const same = onceEach(all.filter(({ cause }) => cause === incident.cause));
  if (same.length < 2) return null;
  const counts = new Map<number, number>();
  for (const { atMs } of same) add(counts, dayOf(atMs), 1);
  const relevant = against[incident.cause] ?? [];
  return {
    title: causeTitles[incident.cause],
    kind: 'cause',
    count: same.length,
    sandboxes: new Set(same.map(({ sandboxId }) => sandboxId)).size,
    firstAtMs: Math.min(...same.map(({ atMs }) => atMs)),
    lastAtMs: Math.max(...same.map(({ atMs }) => atMs)),
    perDay: perDay(counts, incident.atMs),
    helped: helpedBy(fixes.filter(({ fixId }) => relevant.some((id) => id === fixId))),
  };
};

const ofError = ({ overall, places, isComplete, fixes }: ErrorPast, atMs: number): Recurrence | null => {
  const counts = new Map<number, number>();
  // With every place known, what happened after this incident can be left out.
  const known = isComplete || places.length > 0 ? places : [overall];
  for (const { count, firstSeenAtMs, lastSeenAtMs } of known) spread(counts, count, firstSeenAtMs, lastSeenAtMs);
  const placed = places.reduce((sum, { count }) => sum + count, 0);
  const count = isComplete ? placed : overall.count;
  if (count < 2) return null;
  return {
    title: overall.title,
    kind: 'fingerprint',
    count,
    sandboxes: isComplete ? places.length : overall.sandboxes,
    firstAtMs: overall.firstSeenAtMs,
    lastAtMs: Math.max(overall.firstSeenAtMs, ...known.map(({ lastSeenAtMs }) => lastSeenAtMs)),
    perDay: perDay(counts, atMs),
    helped: helpedBy(fixes),
  };
};

/** @returns how often the same end and the same errors happened before; what happened for the first time is not among them. */
export const recurrencesOf = ({ incident, incidents, errorPasts, fixes }: Material): readonly Recurrence[] =>
  [ofCause(incident, incidents, fixes), ...errorPasts.map((past) => ofError(past, incident.atMs))].filter(
    (each) => each !== null,
  );
