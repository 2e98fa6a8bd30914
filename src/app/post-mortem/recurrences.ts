import { dayOf } from '../../model/day.ts';
import type { FixId } from '../../model/fix.ts';
import type { ErrorDay } from '../../model/history.ts';
import type { IncidentCause } from '../../model/incident.ts';
import type { Recurrence, RecurrenceCounts } from '../../model/post-mortem.ts';
import { onceEach } from '../queries/once-each.ts';
import { talliesBy } from '../queries/tally.ts';
import type { ErrorPast } from './error-past.ts';
import type { Material } from './material.ts';
import { addTo, type DayCounts, firstDayOf, rowOf, spread } from './per-day.ts';
import { causeTitles, helpedBy } from './words.ts';

const mostNames = 5;

/** Actions that are offered against an end of this kind and against little else. */
const against: Partial<Record<IncidentCause, readonly FixId[]>> = {
  'out-of-memory': ['endProcess', 'recreateLarger', 'setHeapLimit', 'lowerParallelism'],
  'out-of-memory-child': ['endProcess', 'recreateLarger', 'setHeapLimit', 'lowerParallelism'],
  expired: ['extend', 'snapshot'],
  'agent-down': ['recreateLarger', 'snapshot'],
};

/** One occurrence or some on one day. */
interface Happened {
  readonly sandboxId: string;
  readonly workspace: string | null;
  readonly day: number;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const datesOf = (happened: readonly Happened[]): DayCounts => {
  const counts: DayCounts = new Map();
  for (const { day, count } of happened) addTo(counts, day, count);
  return counts;
};

const countsOf = (happened: readonly Happened[], perDay: readonly number[]): RecurrenceCounts => ({
  count: happened.reduce((sum, { count }) => sum + count, 0),
  sandboxes: new Set(happened.map(({ sandboxId }) => sandboxId)).size,
  firstAtMs: happened.reduce((first, { firstAtMs }) => Math.min(first, firstAtMs), Number.POSITIVE_INFINITY),
  lastAtMs: happened.reduce((last, { lastAtMs }) => Math.max(last, lastAtMs), Number.NEGATIVE_INFINITY),
  perDay,
});

/** What happened in the workspace of the incident; null where that is not known. */
const hereOf = (
  { workspace, incident }: Material,
  happened: readonly Happened[],
  firstDay: number,
): Recurrence['here'] => {
  if (workspace === null) return null;
  const own = happened.filter((each) => each.workspace === workspace);
  const counts = countsOf(own, rowOf(datesOf(own), firstDay, incident.atMs));
  return own.length === 0
    ? { ...counts, workspace, firstAtMs: incident.atMs, lastAtMs: incident.atMs }
    : { ...counts, workspace };
};

const unplacedIn = (happened: readonly Happened[]): number =>
  happened.reduce((sum, { workspace, count }) => (workspace === null ? sum + count : sum), 0);

const ofCause = (material: Material): Recurrence | null => {
  const { incident, incidents, fixes, fixesHere, places } = material;
  const happened = onceEach(incidents.filter(({ cause }) => cause === incident.cause)).map(
    ({ id, sandboxId, workspace, atMs }): Happened => ({
      sandboxId,
      workspace: id === incident.id ? material.workspace : (workspace ?? places.get(sandboxId)?.workspace ?? null),
      day: dayOf(atMs),
      count: 1,
      firstAtMs: atMs,
      lastAtMs: atMs,
    }),
  );
  if (happened.length < 2) return null;
  const days = datesOf(happened);
  const firstDay = firstDayOf(days, incident.atMs);
  const relevant = against[incident.cause] ?? [];
  const made = ({ fixId }: { readonly fixId: string }): boolean => relevant.some((id) => id === fixId);
  return {
    title: causeTitles[incident.cause],
    kind: 'cause',
    ...countsOf(happened, rowOf(days, firstDay, incident.atMs)),
    here: hereOf(material, happened, firstDay),
    unplaced: unplacedIn(happened),
    users: [],
    commands: [],
    helped: helpedBy(fixes.filter(made), fixesHere.filter(made)),
  };
};

const shown = (tallies: readonly { readonly name: string; readonly count: number }[]): Recurrence['users'] =>
  tallies.slice(0, mostNames).map(({ name, count }) => ({ name, count }));

const ofError = (material: Material, { overall, days, undated, fixes, fixesHere }: ErrorPast): Recurrence | null => {
  const { incident, places } = material;
  const happened = days.map(
    ({ sandboxId, workspace, day, count, firstSeenAtMs, lastSeenAtMs }: ErrorDay): Happened => ({
      sandboxId,
      workspace,
      day,
      count,
      firstAtMs: firstSeenAtMs,
      lastAtMs: lastSeenAtMs,
    }),
  );
  const dated = datesOf(happened);
  const ours = countsOf(happened, []);
  const count = ours.count + undated;
  if (count < 2) return null;
  if (undated > 0) spread(dated, undated, overall.firstSeenAtMs, Math.min(overall.lastSeenAtMs, incident.atMs));
  const firstDay = firstDayOf(dated, incident.atMs);
  const owner = ({ sandboxId }: ErrorDay): string | null => places.get(sandboxId)?.owner ?? null;
  const command = ({ commandKey }: ErrorDay): string | null => commandKey;
  return {
    title: overall.title,
    kind: 'fingerprint',
    count,
    sandboxes: Math.max(ours.sandboxes, undated > 0 ? overall.sandboxes : 0),
    firstAtMs: Math.min(overall.firstSeenAtMs, ours.firstAtMs),
    lastAtMs: Math.max(overall.firstSeenAtMs, ours.lastAtMs),
    perDay: rowOf(dated, firstDay, incident.atMs),
    here: hereOf(material, happened, firstDay),
    unplaced: unplacedIn(happened) + undated,
    users: shown(talliesBy(days, owner, incident.atMs)),
    commands: shown(talliesBy(days, command, incident.atMs)),
    helped: helpedBy(fixes, fixesHere),
  };
};

/** @returns how often the same end and the same errors happened before; what happened for the first time is not among them. */
export const recurrencesOf = async (material: Material, pause: () => Promise<void>): Promise<readonly Recurrence[]> => {
  const found = [ofCause(material)];
  for (const past of material.errorPasts) {
    await pause();
    found.push(ofError(material, past));
  }
  return found.filter((each) => each !== null);
};
