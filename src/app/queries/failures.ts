import type { FleetStats, PatternStats } from '../../model/fleet-stats.ts';
import type { CommandRun, ErrorCount, RememberedSandbox } from '../../model/history.ts';
import type { Incident, IncidentCause } from '../../model/incident.ts';
import { ownerOf } from '../../model/owner.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { causeTitles } from '../post-mortem/words.ts';
import { type Blame, blameOfIncident, blameOfPattern, isFailure } from './blame.ts';
import { hasFailed } from './command-stats.ts';
import type { ErrorPlace } from './error-places.ts';
import { eachInSlices, type Pause } from './slices.ts';

const mostPatterns = 100;
const mostNames = 10;
/** An error is told a moment after its command ended, and a command ends a moment after its sandbox. */
const slackMs = 2_000;

/** What failures are told from. */
export interface FailureFacts {
  readonly sandboxes: readonly RememberedSandbox[];
  readonly incidents: readonly Incident[];
  readonly errors: readonly ErrorCount[];
  readonly places: readonly ErrorPlace[];
  readonly runs: readonly CommandRun[];
  readonly patterns: PatternBook;
}

const isOver = (run: CommandRun, atMs: number): boolean => run.endedAtMs !== null && run.endedAtMs < atMs - slackMs;

/** @returns the command during which something happened; of several one that failed, else the one begun last. */
const commandAt = (runs: readonly CommandRun[], atMs: number): string | null => {
  const during = runs.filter((run) => run.startedAtMs <= atMs + slackMs && !isOver(run, atMs));
  const sorted = during.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  return (sorted.find(hasFailed) ?? sorted[0])?.commandKey ?? null;
};

/** Counts names. */
class Names {
  readonly #counts = new Map<string, number>();

  add(name: string | null): void {
    if (name !== null) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Most often first, at most ten. */
  get list(): readonly string[] {
    return [...this.#counts]
      .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
      .slice(0, mostNames)
      .map(([name]) => name);
  }
}

const known = (blame: Blame): boolean | null => (blame === null ? null : blame === 'environment');

/** Two windows write down one end under two ids. */
const onceEach = (incidents: readonly Incident[]): readonly Incident[] => [
  ...new Map(
    incidents.map((each) => [each.endsSandbox ? `end of ${each.sandboxId}` : each.id, each] as const),
  ).values(),
];

/** Runs by sandbox. */
const bySandbox = async (runs: readonly CommandRun[], pause: Pause): Promise<ReadonlyMap<string, CommandRun[]>> => {
  const found = new Map<string, CommandRun[]>();
  await eachInSlices(
    runs,
    (run) => {
      const own = found.get(run.sandboxId);
      if (own === undefined) found.set(run.sandboxId, [run]);
      else own.push(run);
    },
    pause,
  );
  return found;
};

/** Who met a failure, and during which command. */
class Circumstances {
  readonly users = new Names();
  readonly commands = new Names();
}

interface Lookup {
  readonly runsOf: ReadonlyMap<string, readonly CommandRun[]>;
  readonly ownerOf: (sandboxId: string) => string | null;
}

const errorPatterns = async (facts: FailureFacts, lookup: Lookup, pause: Pause): Promise<readonly PatternStats[]> => {
  const { errors, places, patterns } = facts;
  const met = new Map(errors.map(({ fingerprint }) => [fingerprint, new Circumstances()]));
  const note = ({ sandboxId, fingerprint, firstSeenAtMs, lastSeenAtMs }: ErrorPlace): void => {
    const own = met.get(fingerprint);
    if (own === undefined) return;
    own.users.add(lookup.ownerOf(sandboxId));
    const runs = lookup.runsOf.get(sandboxId) ?? [];
    own.commands.add(commandAt(runs, lastSeenAtMs));
    if (firstSeenAtMs !== lastSeenAtMs) own.commands.add(commandAt(runs, firstSeenAtMs));
  };
  await eachInSlices(places, note, pause);
  return errors.map(({ fingerprint, pattern, title, count, sandboxes }) => ({
    fingerprint,
    title,
    count,
    sandboxes,
    users: met.get(fingerprint)?.users.list ?? [],
    commands: met.get(fingerprint)?.commands.list ?? [],
    byEnvironment: known(blameOfPattern(pattern, patterns)),
  }));
};

const incidentPatterns = (failures: readonly Incident[], lookup: Lookup): readonly PatternStats[] =>
  [...Map.groupBy(failures, (each): IncidentCause => each.cause)].map(([cause, own]) => {
    const { users, commands } = new Circumstances();
    const blames = new Set(own.map(blameOfIncident));
    for (const { sandboxId, atMs } of own) {
      users.add(lookup.ownerOf(sandboxId));
      commands.add(commandAt(lookup.runsOf.get(sandboxId) ?? [], atMs));
    }
    const [blame = null] = blames;
    return {
      fingerprint: `cause/${cause}`,
      title: causeTitles[cause],
      count: own.length,
      sandboxes: new Set(own.map(({ sandboxId }) => sandboxId)).size,
      users: users.list,
      commands: commands.list,
      byEnvironment: blames.size === 1 ? known(blame) : null,
    };
  });

const sharesOf = (
  errors: readonly ErrorCount[],
  failures: readonly Incident[],
  patterns: PatternBook,
): FleetStats['failureShares'] => {
  const counts = { environment: 0, code: 0, unknown: 0 };
  const count = (blame: Blame, more: number): void => {
    counts[blame ?? 'unknown'] += more;
  };
  let memoryErrors = 0;
  for (const { pattern, count: times } of errors) {
    if (pattern !== null && patterns(pattern)?.category === 'memory') memoryErrors += times;
    count(blameOfPattern(pattern, patterns), times);
  }
  // A process killed for memory is told twice, by the kernel's counter and by the command that it ended.
  const kills = failures.filter(({ cause }) => cause === 'out-of-memory-child').length;
  count('environment', Math.max(0, kills - memoryErrors));
  for (const each of failures) if (each.cause !== 'out-of-memory-child') count(blameOfIncident(each), 1);
  const total = counts.environment + counts.code + counts.unknown;
  const share = (part: number): number => (total === 0 ? 0 : part / total);
  return {
    environment: share(counts.environment),
    code: share(counts.code),
    unknown: share(counts.unknown),
    count: total,
  };
};

/** @returns the shares of failures by who is to blame, and the patterns they follow. */
export const failuresOf = async (
  facts: FailureFacts,
  pause: Pause,
): Promise<Pick<FleetStats, 'failureShares' | 'patterns'>> => {
  const { sandboxes, errors, patterns } = facts;
  const runsOf = await bySandbox(facts.runs, pause);
  await pause();
  const metadata = new Map(sandboxes.map((each) => [each.sandboxId, each.metadata]));
  const lookup: Lookup = {
    runsOf,
    ownerOf: (sandboxId) => {
      const own = metadata.get(sandboxId);
      return own === undefined ? null : ownerOf(own);
    },
  };
  const isCutOff = ({ sandboxId, atMs }: Incident): boolean =>
    (runsOf.get(sandboxId) ?? []).some((run) => run.startedAtMs <= atMs && (run.endedAtMs ?? atMs) >= atMs - slackMs);
  const failures = onceEach(facts.incidents).filter((each) => isFailure(each, isCutOff(each)));
  await pause();
  const found = await errorPatterns(facts, lookup, pause);
  await pause();
  return {
    failureShares: sharesOf(errors, failures, patterns),
    patterns: [...found, ...incidentPatterns(failures, lookup)]
      .toSorted((a, b) => b.count - a.count)
      .slice(0, mostPatterns),
  };
};
