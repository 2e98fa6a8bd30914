import type { FleetStats, PatternStats } from '../../model/fleet-stats.ts';
import type { CommandRun, ErrorCount, ErrorDay, RememberedSandbox } from '../../model/history.ts';
import type { Incident, IncidentCause } from '../../model/incident.ts';
import { ownerOf } from '../../model/owner.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { causeTitles } from '../post-mortem/words.ts';
import { type Blame, blameOfCommand, blameOfIncident, blameOfPattern, isFailure } from './blame.ts';
import { commandAt, slackMs } from './command-at.ts';
import { onceEach } from './once-each.ts';
import { eachInSlices, type Pause } from './slices.ts';

const mostPatterns = 100;
const mostNames = 10;

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

/** Counts names. */
class Names {
  readonly #counts = new Map<string, number>();

  add(name: string | null, times = 1): void {
    if (name !== null) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
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

/** One error in the time that is covered. */
class Met {
  readonly error: ErrorCount;
  readonly circumstances = new Circumstances();
  readonly #sandboxes = new Set<string>();
  #count = 0;
  /** Of `count`, those that came from commands that tell who is to blame. */
  #ofCode = 0;

  constructor(error: ErrorCount) {
    this.error = error;
  }

  add({ sandboxId, commandKey, count, firstSeenAtMs, lastSeenAtMs }: ErrorDay, lookup: Lookup): void {
    const { users, commands } = this.circumstances;
    this.#count += count;
    this.#sandboxes.add(sandboxId);
    users.add(lookup.ownerOf(sandboxId), count);
    // What does not say which command it came from is told by the time.
    const runs = commandKey === null ? (lookup.runsOf.get(sandboxId) ?? []) : [];
    const last = commandKey ?? commandAt(runs, lastSeenAtMs);
    commands.add(last, count);
    if (commandKey === null && firstSeenAtMs !== lastSeenAtMs) commands.add(commandAt(runs, firstSeenAtMs));
    if (blameOfCommand(last) === 'code') this.#ofCode += count;
  }

  /** An error of which an earlier version kept no days counts whole. */
  get count(): number {
    return this.#count === 0 ? this.error.count : this.#count;
  }

  get sandboxes(): number {
    return this.#count === 0 ? this.error.sandboxes : this.#sandboxes.size;
  }

  /** How many are to be blamed on whom. */
  blames(patterns: PatternBook): readonly (readonly [Blame, number])[] {
    if (this.error.pattern !== null) return [[blameOfPattern(this.error.pattern, patterns), this.count]];
    const parts = [['code', this.#ofCode] as const, [null, this.count - this.#ofCode] as const];
    return parts.filter(([, count]) => count > 0);
  }
}

const metOf = async ({ errors, days }: FailureFacts, lookup: Lookup, pause: Pause): Promise<readonly Met[]> => {
  const met = new Map(errors.map((error) => [error.fingerprint, new Met(error)]));
  await eachInSlices(days, (day) => met.get(day.fingerprint)?.add(day, lookup), pause);
  return [...met.values()];
};

const errorPattern = (met: Met, patterns: PatternBook): PatternStats => {
  const { error, circumstances, count, sandboxes } = met;
  const [[blame] = [null], ...others] = met.blames(patterns);
  return {
    fingerprint: error.fingerprint,
    title: error.title,
    count,
    sandboxes,
    users: circumstances.users.list,
    commands: circumstances.commands.list,
    byEnvironment: others.length === 0 ? known(blame) : null,
  };
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
  errors: readonly Met[],
  failures: readonly Incident[],
  patterns: PatternBook,
): FleetStats['failureShares'] => {
  const counts = { environment: 0, code: 0, unknown: 0 };
  const count = (blame: Blame, more: number): void => {
    counts[blame ?? 'unknown'] += more;
  };
  let memoryErrors = 0;
  for (const met of errors) {
    const { pattern } = met.error;
    if (pattern !== null && patterns(pattern)?.category === 'memory') memoryErrors += met.count;
    for (const [blame, times] of met.blames(patterns)) count(blame, times);
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
  const { sandboxes, patterns } = facts;
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
  const errors = await metOf(facts, lookup, pause);
  await pause();
  return {
    failureShares: sharesOf(errors, failures, patterns),
    patterns: [...errors.map((met) => errorPattern(met, patterns)), ...incidentPatterns(failures, lookup)]
      .toSorted((a, b) => b.count - a.count)
      .slice(0, mostPatterns),
  };
};
