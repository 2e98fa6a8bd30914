import type { FixId, FixOffer, FixSuccess } from '../model/fix.ts';
import type { Forecast } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import type { Incident } from '../model/incident.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import { successScore } from '../model/success.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';
import { againstSignal, offer, type Surroundings } from './offer-against.ts';

/** What is looked at to choose fixes. */
export interface FixSituation extends Surroundings {
  readonly sandbox: Sandbox;
  readonly leading: Forecast | null;
  readonly level: WarningLevel;
  /** What provider and editor can do at all. */
  readonly supports: readonly FixId[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
  /** How an action went before; null when it was never checked. */
  readonly successOf: (id: FixId) => FixSuccess | null;
}

const fits = (id: FixId, { phase, expiry }: Sandbox): boolean => {
  switch (id) {
    case 'extend':
      return expiry !== null && expiry.extendedBy !== 'nothing' && !isEnded(phase) && phase !== 'stopping';
    case 'resume':
      return phase === 'paused' || phase === 'hibernated';
    case 'delete':
      return phase !== 'stopping';
    case 'showDetails':
      return true;
    case 'snapshot':
    case 'endProcess':
    case 'setHeapLimit':
    case 'lowerParallelism':
    case 'clearCaches':
    case 'shortenLogs':
    case 'showLargestFolders':
    case 'recreateLarger':
    case 'pause':
    case 'openTerminal':
      return phase === 'running';
  }
};

/** @returns those of `supports` that make sense in the sandbox's present phase, in the same order. */
export const actionsFor = (sandbox: Sandbox, supports: readonly FixId[]): readonly FixId[] =>
  supports.filter((id) => fits(id, sandbox));

/** Throttled in more than this share of its periods, or so near to all it may use, it is slowed by its CPU limit. */
const throttledFrom = 0.25;
const busyFrom = 0.95;

const whenSlowed = ({ sample }: Surroundings): FixOffer | null => {
  const cpu = sample?.cpu;
  if (cpu === undefined) return null;
  const throttled = cpu.throttledRatio ?? 0;
  const share = cpu.limitCores === null || cpu.limitCores <= 0 ? 0 : cpu.usedCores / cpu.limitCores;
  if (throttled <= throttledFrom && share < busyFrom) return null;
  const how =
    throttled > throttledFrom
      ? `It is slowed in ${Math.round(throttled * 100)} % of its periods`
      : `It uses ${cpu.usedCores.toFixed(1)} of ${Number((cpu.limitCores ?? 0).toFixed(2))} cores`;
  return offer('lowerParallelism', `${how}: fewer jobs at a time wait less for each other.`);
};

const afterIncident = (incident: Incident | undefined): readonly FixOffer[] => {
  switch (incident?.cause) {
    case 'out-of-memory-child':
      return [
        offer('recreateLarger', 'Its memory was too small once already.'),
        offer('openTerminal', 'To see what is left running.'),
      ];
    case 'agent-down':
      return [
        offer('snapshot', 'Keeps the files; the server can do that without the agent.'),
        offer('recreateLarger', 'A new sandbox from a snapshot has a working agent.'),
        offer('delete', 'It cannot be used without its agent.'),
      ];
    case 'out-of-memory':
    case 'crashed':
    case 'exited':
    case 'start-failed':
      // One that was only interrupted lives on, or may.
      if (!incident.endsSandbox) {
        return incident.cause === 'out-of-memory'
          ? [offer('recreateLarger', 'Its memory was too small once already.')]
          : [];
      }
      return [offer('delete', 'It has ended; this removes what is left of it on the server.')];
    default:
      return [];
  }
};

/** Those that act against what comes; the others save the work or only look, and their success says nothing about that. */
const acting: ReadonlySet<FixId> = new Set([
  'extend',
  'endProcess',
  'setHeapLimit',
  'lowerParallelism',
  'clearCaches',
  'shortenLogs',
  'recreateLarger',
]);

/**
 * Puts what worked before first and what never did last, among those that act; the places of the others stay. One that loses something
 * is never lifted above one that does not.
 */
const ranked = (offers: readonly FixOffer[], successOf: FixSituation['successOf']): readonly FixOffer[] => {
  const scoreOf = ({ id, risk }: FixOffer): number => {
    const score = successScore(successOf(id) ?? { worked: 0, didNotWork: 0 });
    return risk === 'destructive' ? Math.min(0, score) : score;
  };
  const inOrder = offers.filter(({ id }) => acting.has(id)).toSorted((a, b) => scoreOf(b) - scoreOf(a));
  return offers.map((each) => (acting.has(each.id) ? (inOrder.shift() ?? each) : each));
};

/** @returns the fixes against what is coming or has happened, best first; every action at most once. */
export const offerFixes = (situation: FixSituation): readonly FixOffer[] => {
  const { sandbox, leading, level, supports, incidents, successOf } = situation;
  const possible = new Set(actionsFor(sandbox, supports));
  const unique = (wished: readonly (FixOffer | null)[], taken: ReadonlySet<FixId>): FixOffer[] => {
    const offers = new Map<FixId, FixOffer>();
    for (const each of wished) {
      if (each !== null && possible.has(each.id) && !taken.has(each.id) && !offers.has(each.id))
        offers.set(each.id, each);
    }
    return [...offers.values()];
  };
  // What was full before it was watched is no warning, and to be mended all the same.
  const against =
    leading !== null && (atLeast(level, 'watch') || isFull(leading)) ? againstSignal(leading, situation) : [];
  const resume = offer('resume', 'It is paused and does nothing until then.');
  // Its time goes on while it is paused.
  const wished = leading?.signal === 'expiry' ? [...against, resume] : [resume, ...against];
  const first = ranked(unique(wished, new Set()), successOf);
  const rest = [
    ...afterIncident(incidents[0]),
    whenSlowed(situation),
    offer('showDetails', 'Everything that is known of it.'),
  ];
  return [...first, ...unique(rest, new Set(first.map(({ id }) => id)))];
};
