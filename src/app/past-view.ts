import type { RememberedSandbox } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import { isEnded } from '../model/sandbox.ts';
import type { SandboxView } from '../model/view.ts';
import { wellHealth } from '../monitor/health.ts';
import { endedLink } from './link-words.ts';
import { onceEach } from './queries/once-each.ts';

const keptIncidents = 20;

/** Of two windows that saw the same end, the one that knows more: it is sure, it had warned, it saw it first. */
const byKnowledge = (a: Incident, b: Incident): number =>
  Number(b.certainty === 'certain') - Number(a.certainty === 'certain') ||
  Number(b.leadMs !== null) - Number(a.leadMs !== null) ||
  a.atMs - b.atMs;

/** A sandbox ends once, although several windows may have written it down. */
const endOf = (incidents: readonly Incident[]): Incident | null =>
  incidents.filter((each) => each.endsSandbox).toSorted(byKnowledge)[0] ?? null;

/** @returns each end and each break once, newest first, of what several windows may have written down of one sandbox. */
const told = (incidents: readonly Incident[]): readonly Incident[] => {
  const end = endOf(incidents);
  return [...(end === null ? [] : [end]), ...onceEach(incidents.filter((each) => !each.endsSandbox))].toSorted(
    (a, b) => b.atMs - a.atMs,
  );
};

/** The same of all sandboxes. @param incidents newest first */
export const toldOfAll = (incidents: readonly Incident[]): readonly Incident[] =>
  [...Map.groupBy(incidents, (each) => each.sandboxId).values()].flatMap(told).toSorted((a, b) => b.atMs - a.atMs);

/** @returns what an incident alone tells of the sandbox that it ended. */
export const pastFromIncident = (incident: Incident): RememberedSandbox => {
  const last = incident.timeline.at(-1);
  return {
    provider: incident.provider,
    place: null,
    sandboxId: incident.sandboxId,
    name: incident.sandboxName,
    image: null,
    metadata: {},
    workspace: incident.workspace ?? null,
    createdAtMs: null,
    firstSeenAtMs: incident.timeline[0]?.atMs ?? incident.atMs,
    lastSeenAtMs: incident.atMs,
    expiresAtMs: null,
    phase: last !== undefined && isEnded(last.phase) ? last.phase : 'terminated',
    rawState: last?.rawState ?? '',
    reason: last?.reason ?? null,
    endedAtMs: incident.atMs,
    endCause: incident.cause,
  };
};

/** @returns a sandbox that is over, as far as it is remembered. */
export const pastView = (past: RememberedSandbox, incidents: readonly Incident[]): SandboxView => {
  const end = endOf(incidents);
  return {
    sandbox: {
      id: past.sandboxId,
      provider: past.provider,
      name: past.name,
      phase: isEnded(past.phase) ? past.phase : 'terminated',
      rawState: past.rawState,
      reason: past.reason,
      message: null,
      createdAtMs: past.createdAtMs,
      expiry: null,
      image: past.image,
      metadata: past.metadata,
      renewsOnAccess: false,
    },
    isHere: false,
    link: endedLink,
    atMs: past.endedAtMs ?? past.lastSeenAtMs,
    lastSampleAtMs: null,
    sampleSource: null,
    caveat: null,
    sample: null,
    processes: [],
    forecasts: [],
    leading: null,
    level: 'calm',
    signalLevels: {},
    health: wellHealth,
    warning: end?.warning ?? null,
    history: [],
    timeline: end?.timeline ?? [],
    errors: [],
    fixes: [],
    actions: ['showDetails'],
    outcomes: end?.fixes ?? [],
    incidents: told(incidents).slice(0, keptIncidents),
  };
};

/** @returns the view of a sandbox found ended, with what is remembered of its end. */
export const withPast = (view: SandboxView, past: SandboxView): SandboxView => ({
  ...view,
  warning: past.warning ?? view.warning,
  timeline: past.timeline.length > 0 ? past.timeline : view.timeline,
  outcomes: [...past.outcomes, ...view.outcomes],
  incidents: past.incidents,
});
