import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { type EndFacts, interrupted } from './ends.ts';
import type { IncidentDesk } from './incident-desk.ts';
import { Interruption } from './interruption.ts';
import type { Journal } from './journal.ts';
import type { KilledChild } from './killed-child.ts';

/** Where the watch reports. */
export interface InterruptionWatchParts {
  readonly incidents: IncidentDesk;
  readonly child: KilledChild;
  readonly journal: Pick<Journal, 'timeline'>;
  /** The sandbox did stop at this time: what was measured before belongs to an earlier run. */
  stopped(atMs: number): void;
}

/**
 * Follows the interruptions of one sandbox. An incident tells of each at once; that something broke, which ends warnings and begins memory
 * anew, is only believed when no process has lived through it.
 */
export class InterruptionWatch {
  readonly #parts: InterruptionWatchParts;
  #interruption: Interruption | null = null;

  constructor(parts: InterruptionWatchParts) {
    this.#parts = parts;
  }

  /** Whether it is interrupted, as far as is known: nothing that runs in it says otherwise. */
  get isOpen(): boolean {
    return this.#interruption?.isOver === false;
  }

  /** It ran, and is said to come up again without having been paused. */
  begin(sandbox: Sandbox, atMs: number, { oomCounterRose, lastMemoryPressure }: EndFacts): void {
    if (this.isOpen) return;
    this.#stopped();
    const { name: sandboxName, rawState, reason } = sandbox;
    const said = { sandboxName, rawState, reason, diagnostics: null, runsAgain: false };
    const facts = { ...said, oomCounterRose, lastMemoryPressure };
    const { incidents, child, journal } = this.#parts;
    const finding = interrupted(facts);
    const begun = child.beganWith(sandbox, finding, atMs);
    if (begun !== null) {
      incidents.correct(begun.incidentId, finding, { endsSandbox: false, timeline: journal.timeline });
    }
    const id = begun?.incidentId ?? incidents.open(finding, { sandbox, atMs, endsSandbox: false, isDoubtful: true }).id;
    this.#interruption = new Interruption({ id, before: begun?.finding ?? null }, facts, atMs);
  }

  runsAgain(atMs: number): void {
    if (this.#interruption?.isOver !== false) return;
    this.#interruption.runsAgain(atMs);
    this.#correct();
  }

  /** Looks at a reading, before anything else does. */
  sample(sample: Sample): void {
    this.#interruption?.sample(sample);
    this.#decide();
  }

  passTime(nowMs: number): void {
    this.#interruption?.passTime(nowMs);
    this.#decide();
  }

  /** @returns whether the diagnostics tell of a run that is over, and not of the present one. */
  diagnostics(text: string, atMs: number): boolean {
    const interruption = this.#interruption;
    if (interruption?.hears(atMs) !== true) return false;
    interruption.diagnosed(text);
    this.#correct();
    return interruption.isOver;
  }

  /** The sandbox ended: nothing will tell any more that it lived through it. */
  close(): void {
    this.#stopped();
    this.#interruption = null;
  }

  forget(): void {
    this.#interruption = null;
  }

  #correct(): void {
    const interruption = this.#interruption;
    if (interruption === null) return;
    const { incidents } = this.#parts;
    const { incident, finding } = interruption;
    const known = incidents.find(incident.id);
    if (known === null) return;
    // A kill that was told before has broken what was warned of, whatever is found of the interruption.
    const isKill = interruption.isKilled || incident.before !== null;
    const warning = isKill ? known.warning : incidents.warningUnder(finding, known);
    incidents.correct(incident.id, finding, { endsSandbox: false, ...(warning === known.warning ? {} : { warning }) });
  }

  #decide(): void {
    const verdict = this.#interruption?.verdict;
    if (verdict === 'lived-on') this.#takeBack();
    if (verdict === 'stopped') this.#stopped();
  }

  /** Nothing stopped. */
  #takeBack(): void {
    const interruption = this.#interruption;
    this.#interruption = null;
    if (interruption === null) return;
    const { id, before } = interruption.incident;
    if (before === null) this.#parts.incidents.withdraw(id);
    else this.#parts.incidents.correct(id, before, { endsSandbox: false });
  }

  /** It did stop, as far as can be known. */
  #stopped(): void {
    const interruption = this.#interruption;
    if (interruption === null || interruption.isSettled) return;
    interruption.settle();
    const { incidents, child } = this.#parts;
    incidents.confirm(interruption.incident.id, interruption.finding, { endsSandbox: false });
    child.forget();
    this.#parts.stopped(interruption.atMs);
  }
}
