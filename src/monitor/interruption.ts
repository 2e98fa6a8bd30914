import type { Sample } from '../model/sample.ts';
import { type EndFinding, type InterruptionFacts, interrupted } from './ends.ts';

/** What the system says of it may come after it runs again, but not much later. */
export const lateMs = 15_000;
/** Ages and times are rounded, and a list is as old as its question. */
const ageSlackMs = 10_000;
/** A reading that was on its way when it was called interrupted says nothing about that. */
const onItsWayMs = 5_000;

/** Where it is told: in an incident of its own, or in one that had begun before with another finding. */
export interface InterruptionIncident {
  readonly id: string;
  readonly before: EndFinding | null;
}

/** What became of the doubt whether it stopped at all. */
export type Verdict = 'open' | 'lived-on' | 'stopped';

/**
 * One time that a sandbox which ran was said to come up again, with what becomes known of it. A server may call one that is only not ready
 * for a moment the same as one that stopped. The first list of processes tells: one that is older than the interruption lived through it,
 * so that nothing stopped. Where none comes for a while, it is believed.
 */
export class Interruption {
  readonly incident: InterruptionIncident;
  readonly atMs: number;
  #facts: InterruptionFacts;
  #ranAgainAtMs: number | null = null;
  #sampledAtMs: number;
  #verdict: Verdict = 'open';
  /** The verdict is that of a list of processes, and stays. */
  #isProven = false;
  #isSettled = false;

  constructor(incident: InterruptionIncident, facts: InterruptionFacts, atMs: number) {
    this.incident = incident;
    this.#facts = facts;
    this.atMs = atMs;
    this.#sampledAtMs = atMs;
  }

  get isOver(): boolean {
    return this.#ranAgainAtMs !== null;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** As it is known now. */
  get finding(): EndFinding {
    return interrupted(this.#facts);
  }

  /** Whether only its processes told of it. */
  get seenByProcesses(): boolean {
    return this.#facts.seenByProcesses === true;
  }

  /** Whether a list of processes has said what became of it. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Whether the kernel killed for memory just before. */
  get isKilled(): boolean {
    return this.#facts.oomCounterRose === true;
  }

  /** Whether diagnostics of this time are about it. */
  hears(atMs: number): boolean {
    return this.#ranAgainAtMs === null || Math.abs(atMs - this.#ranAgainAtMs) <= lateMs;
  }

  diagnosed(diagnostics: string): void {
    this.#facts = { ...this.#facts, diagnostics };
  }

  runsAgain(atMs: number): void {
    this.#ranAgainAtMs = atMs;
    this.#facts = { ...this.#facts, runsAgain: true };
  }

  /** Whether everybody knows that it did stop. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** It did stop, and everybody is told. */
  settle(): void {
    this.#verdict = 'stopped';
    this.#isSettled = true;
  }

  /** Looks at a reading. */
  sample({ atMs, processes }: Sample): void {
    if (this.#isProven) return;
    this.#sampledAtMs = Math.max(this.#sampledAtMs, atMs);
    const fromMs = this.#ranAgainAtMs ?? this.atMs + onItsWayMs;
    if (processes === undefined || processes.length === 0 || atMs < fromMs) return;
    if (processes.some(({ ageMs }) => ageMs !== null && ageMs > atMs - this.atMs + ageSlackMs)) {
      this.#verdict = 'lived-on';
      this.#isProven = true;
    } else if (this.#ranAgainAtMs !== null) {
      this.#verdict = 'stopped';
      this.#isProven = true;
    }
  }

  /** Lets time pass. */
  passTime(nowMs: number): void {
    const isLongAgo = (atMs: number): boolean => Math.abs(nowMs - atMs) > lateMs;
    const isSilent = isLongAgo(this.#sampledAtMs);
    const isLate = this.#ranAgainAtMs !== null && isLongAgo(this.#ranAgainAtMs);
    if (this.#verdict === 'open' && (isSilent || isLate)) this.#verdict = 'stopped';
  }
}
