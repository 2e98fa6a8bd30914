import type { Sample } from '../model/sample.ts';
import { type EndFinding, type InterruptionFacts, interrupted } from './ends.ts';

/** What the system says of it may come after it runs again, but not much later. */
const lateMs = 15_000;
/** Ages and times are rounded, and a list is as old as its question. */
const ageSlackMs = 10_000;

/** One time that a sandbox which ran was said to come up again, with what becomes known of it. */
export class Interruption {
  readonly incidentId: string;
  /** The incident tells of it alone, so that it can be taken back. */
  readonly hasOwnIncident: boolean;
  readonly #atMs: number;
  #facts: InterruptionFacts;
  #ranAgainAtMs: number | null = null;
  #isProven = false;

  constructor(incidentId: string, hasOwnIncident: boolean, facts: InterruptionFacts, atMs: number) {
    this.incidentId = incidentId;
    this.hasOwnIncident = hasOwnIncident;
    this.#facts = facts;
    this.#atMs = atMs;
  }

  get isOver(): boolean {
    return this.#ranAgainAtMs !== null;
  }

  /** Whether diagnostics of this time are about it. */
  hears(atMs: number): boolean {
    return this.#ranAgainAtMs === null || Math.abs(atMs - this.#ranAgainAtMs) <= lateMs;
  }

  diagnosed(diagnostics: string): EndFinding {
    this.#facts = { ...this.#facts, diagnostics };
    return interrupted(this.#facts);
  }

  runsAgain(atMs: number): EndFinding {
    this.#ranAgainAtMs = atMs;
    this.#facts = { ...this.#facts, runsAgain: true };
    return interrupted(this.#facts);
  }

  /**
   * A server may call a sandbox that is only not ready for a moment the same as one that stopped. The first list of processes after
   * it runs again tells: one that is older than the interruption lived through it, so that nothing stopped.
   */
  isDisprovedBy({ processes, atMs }: Sample): boolean {
    if (this.#isProven || this.#ranAgainAtMs === null || atMs < this.#ranAgainAtMs) return false;
    if (processes === undefined || processes.length === 0) return false;
    this.#isProven = true;
    return processes.some(({ ageMs }) => ageMs !== null && ageMs > atMs - this.#atMs + ageSlackMs);
  }
}
