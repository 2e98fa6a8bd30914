import type { Incident, IncidentCause } from '../../model/incident.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import type { MetError } from './met-errors.ts';

const outOfMemory: readonly IncidentCause[] = ['out-of-memory', 'out-of-memory-child'];
/** The error that is nothing but the word for an incident: the main process ended. */
const endPattern = 'entrypoint-crashed';

/** How often errors were met where, each of which can be the words for one incident. */
class Words {
  readonly #in = new Map<string, number>();
  /** Of an earlier version, which did not say where. */
  #anywhere = 0;

  add({ places, unplaced }: MetError): void {
    for (const [sandboxId, times] of places) this.#in.set(sandboxId, (this.#in.get(sandboxId) ?? 0) + times);
    this.#anywhere += unplaced;
  }

  /** @returns whether there were words for an incident in this sandbox that are not taken for another one. */
  take(sandboxId: string): boolean {
    const here = this.#in.get(sandboxId) ?? 0;
    if (here > 0) this.#in.set(sandboxId, here - 1);
    else if (this.#anywhere > 0) this.#anywhere -= 1;
    else return false;
    return true;
  }
}

/**
 * What broke is told twice, as an incident and by an error in the same sandbox, and is to count once, in the shares and in the list of kinds
 * alike. A kill for memory is told better by the words of what was killed, an end of the main process by the incident, which knows its exit
 * code: in `errors` that one is not counted any more.
 * @returns the failures that no error tells of.
 */
export const toldOnce = (
  failures: readonly Incident[],
  errors: readonly MetError[],
  patterns: PatternBook,
): readonly Incident[] => {
  const ofMemory = new Words();
  const ends: MetError[] = [];
  for (const met of errors) {
    const { pattern } = met.error;
    if (pattern === endPattern) ends.push(met);
    if (pattern !== null && patterns(pattern)?.category === 'memory') ofMemory.add(met);
  }
  return failures.filter(({ cause, sandboxId }) => {
    if (cause === 'crashed') ends.some((met) => met.leaveOut(sandboxId));
    return !(outOfMemory.includes(cause) && ofMemory.take(sandboxId));
  });
};
