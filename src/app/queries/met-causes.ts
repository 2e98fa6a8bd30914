import type { PatternStats } from '../../model/fleet-stats.ts';
import type { Incident, IncidentCause } from '../../model/incident.ts';
import { causeTitles } from '../post-mortem/words.ts';
import { type Blame, blameOfIncident, byEnvironment } from './blame.ts';
import { Circumstances, type Lookup } from './circumstances.ts';
import { commandAt } from './command-at.ts';
import { eachInSlices, type Pause } from './slices.ts';

/** One cause of failures in the time that is covered. */
export class MetCause {
  readonly #cause: IncidentCause;
  readonly #circumstances = new Circumstances();
  readonly #sandboxes = new Set<string>();
  readonly #blames = new Set<Blame>();
  #count = 0;

  constructor(cause: IncidentCause) {
    this.#cause = cause;
  }

  add(incident: Incident, { ownerOf, runsOf }: Lookup): void {
    const { sandboxId, atMs } = incident;
    this.#count += 1;
    this.#sandboxes.add(sandboxId);
    this.#blames.add(blameOfIncident(incident));
    this.#circumstances.users.add(ownerOf(sandboxId));
    this.#circumstances.commands.add(commandAt(runsOf.get(sandboxId) ?? [], atMs));
  }

  get count(): number {
    return this.#count;
  }

  stats(): PatternStats {
    const { users, commands } = this.#circumstances;
    const [blame = null, ...others] = this.#blames;
    return {
      fingerprint: `cause/${this.#cause}`,
      title: causeTitles[this.#cause],
      count: this.#count,
      sandboxes: this.#sandboxes.size,
      users: users.list,
      commands: commands.list,
      byEnvironment: others.length === 0 ? byEnvironment(blame) : null,
    };
  }
}

/** @returns the causes of incidents that are failures. */
export const metCauses = async (
  failures: readonly Incident[],
  lookup: Lookup,
  pause: Pause,
): Promise<readonly MetCause[]> => {
  const met = new Map<IncidentCause, MetCause>();
  const note = (incident: Incident): void => {
    const known = met.get(incident.cause) ?? new MetCause(incident.cause);
    met.set(incident.cause, known);
    known.add(incident, lookup);
  };
  await eachInSlices(failures, note, pause);
  return [...met.values()];
};
