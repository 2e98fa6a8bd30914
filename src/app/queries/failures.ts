import { ranUntilMs } from '../../model/command-run.ts';
import type { FleetStats, PatternStats } from '../../model/fleet-stats.ts';
import type { CommandRun, ErrorCount, ErrorDay, RememberedSandbox } from '../../model/history.ts';
import type { Incident } from '../../model/incident.ts';
import { ownerOf } from '../../model/owner.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { type Blame, blameOfIncident, isFailure } from './blame.ts';
import type { Lookup } from './circumstances.ts';
import { slackMs } from './command-at.ts';
import { type MetCause, metCauses } from './met-causes.ts';
import { type MetError, metErrors } from './met-errors.ts';
import { onceEach } from './once-each.ts';
import { eachInSlices, type Pause } from './slices.ts';
import { toldOnce } from './told-once.ts';

const mostPatterns = 100;
/** Each of them sorts the names of all who met it. */
const patternsAtOnce = 20;

/** What failures are told from. */
export interface FailureFacts {
  readonly sandboxes: readonly RememberedSandbox[];
  readonly incidents: readonly Incident[];
  readonly errors: readonly ErrorCount[];
  /** Those of `errors` that lie in the time that is covered. */
  readonly days: readonly ErrorDay[];
  readonly runs: readonly CommandRun[];
  readonly patterns: PatternBook;
}

/** The runs of those sandboxes in which something failed that does not say by which command. */
const runsBehind = async (
  { runs, incidents, days }: FailureFacts,
  pause: Pause,
): Promise<ReadonlyMap<string, readonly CommandRun[]>> => {
  const found = new Map<string, CommandRun[]>(incidents.map(({ sandboxId }) => [sandboxId, []]));
  for (const { sandboxId, commandKey } of days) if (commandKey === null) found.set(sandboxId, []);
  await eachInSlices(runs, (run) => found.get(run.sandboxId)?.push(run), pause);
  return found;
};

const sharesOf = (
  errors: readonly MetError[],
  untold: readonly Incident[],
  patterns: PatternBook,
): FleetStats['failureShares'] => {
  const counts = { environment: 0, code: 0, unknown: 0 };
  const count = (blame: Blame, more: number): void => {
    counts[blame ?? 'unknown'] += more;
  };
  for (const met of errors) for (const [blame, times] of met.blames(patterns)) count(blame, times);
  for (const each of untold) count(blameOfIncident(each), 1);
  const total = counts.environment + counts.code + counts.unknown;
  const share = (part: number): number => (total === 0 ? 0 : part / total);
  return {
    environment: share(counts.environment),
    code: share(counts.code),
    unknown: share(counts.unknown),
    count: total,
  };
};

/** @returns the owner of a sandbox by its metadata, which is looked through once. */
const ownersIn = (sandboxes: readonly RememberedSandbox[]): Lookup['ownerOf'] => {
  const metadata = new Map(sandboxes.map((each) => [each.sandboxId, each.metadata]));
  const owners = new Map<string, string | null>();
  return (sandboxId) => {
    const before = owners.get(sandboxId);
    if (before !== undefined) return before;
    const own = metadata.get(sandboxId);
    const owner = own === undefined ? null : ownerOf(own);
    owners.set(sandboxId, owner);
    return owner;
  };
};

/** Who met them is only put together of those that are shown. */
const patternsOf = async (
  errors: readonly MetError[],
  causes: readonly MetCause[],
  patterns: PatternBook,
  pause: Pause,
): Promise<readonly PatternStats[]> => {
  const shown = [...errors, ...causes].toSorted((a, b) => b.count - a.count).slice(0, mostPatterns);
  const told: PatternStats[] = [];
  await eachInSlices(shown, (each) => told.push(each.stats(patterns)), pause, patternsAtOnce);
  return told;
};

/** @returns the shares of failures by who is to blame, and the patterns they follow. */
export const failuresOf = async (
  facts: FailureFacts,
  pause: Pause,
): Promise<Pick<FleetStats, 'failureShares' | 'patterns'>> => {
  const { sandboxes, patterns } = facts;
  const runsOf = await runsBehind(facts, pause);
  await pause();
  const lookup: Lookup = { runsOf, ownerOf: ownersIn(sandboxes) };
  const isCutOff = ({ sandboxId, atMs }: Incident): boolean =>
    (runsOf.get(sandboxId) ?? []).some((run) => run.startedAtMs <= atMs && ranUntilMs(run) >= atMs - slackMs);
  const failures = onceEach(facts.incidents).filter((each) => isFailure(each, () => isCutOff(each)));
  await pause();
  const errors = await metErrors(facts.errors, facts.days, lookup, pause);
  await pause();
  const untold = toldOnce(failures, errors, patterns);
  const causes = await metCauses(untold, lookup, pause);
  await pause();
  const counted = errors.filter(({ count }) => count > 0);
  return {
    failureShares: sharesOf(counted, untold, patterns),
    patterns: await patternsOf(counted, causes, patterns, pause),
  };
};
