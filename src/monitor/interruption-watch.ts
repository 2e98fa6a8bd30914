import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { type EndFacts, interrupted } from './ends.ts';
import type { IncidentDesk } from './incident-desk.ts';
import { Interruption, lateMs } from './interruption.ts';
import { InterruptionClues } from './interruption-clues.ts';
import type { Journal } from './journal.ts';
import type { KilledChild, ToldKill } from './killed-child.ts';

/** Where the watch reports. */
export interface InterruptionWatchParts {
  readonly incidents: IncidentDesk;
  readonly child: KilledChild;
  readonly journal: Pick<Journal, 'timeline' | 'transition'>;
  /** The sandbox did stop at this time: what was measured before belongs to an earlier run. */
  stopped(atMs: number): void;
}

/**
 * Follows the interruptions of one sandbox. An incident tells of each at once; that something broke, which ends warnings and begins memory
 * anew, is only believed when no process has lived through it. One that the server does not tell of is known by its processes.
 */
export class InterruptionWatch {
  readonly #parts: InterruptionWatchParts;
  readonly #clues = new InterruptionClues();
  #interruption: Interruption | null = null;

  constructor(parts: InterruptionWatchParts) {
    this.#parts = parts;
  }

  /** Whether it is interrupted, as far as is known: nothing that runs in it says otherwise. */
  get isOpen(): boolean {
    return this.#interruption?.isOver === false;
  }

  /** It ran, and is said to come up again without having been paused. */
  begin(sandbox: Sandbox, atMs: number, facts: EndFacts): void {
    if (!this.isOpen) this.#begin(sandbox, atMs, facts, false);
  }

  #begin(sandbox: Sandbox, atMs: number, end: EndFacts, seenByProcesses: boolean): void {
    this.#stopped();
    const { name: sandboxName, rawState, reason } = sandbox;
    const { oomCounterRose, killedBefore = false, lastMemoryPressure } = end;
    const memory = { oomCounterRose, killedBefore, lastMemoryPressure };
    const said = { sandboxName, rawState, reason, diagnostics: null, runsAgain: seenByProcesses, seenByProcesses };
    const facts = { ...said, ...memory };
    const { incidents, child, journal } = this.#parts;
    const finding = interrupted(facts);
    const begun = (seenByProcesses ? null : this.#seenAt(atMs)) ?? child.beganWith(sandbox, finding, atMs);
    if (begun !== null) {
      incidents.correct(begun.incidentId, finding, { endsSandbox: false, timeline: journal.timeline });
    }
    const id = begun?.incidentId ?? incidents.open(finding, { sandbox, atMs, endsSandbox: false, isDoubtful: true }).id;
    this.#interruption = new Interruption({ id, before: begun?.finding ?? null }, facts, atMs);
  }

  /** @returns the restart that its processes told of before the server did. */
  #seenAt(atMs: number): ToldKill | null {
    const before = this.#interruption;
    if (before?.seenByProcesses !== true || Math.abs(atMs - before.atMs) > lateMs) return null;
    const { incident, finding } = before;
    return this.#parts.incidents.find(incident.id) === null ? null : { incidentId: incident.id, finding };
  }

  runsAgain(atMs: number): void {
    if (this.#interruption?.isOver !== false) return;
    this.#interruption.runsAgain(atMs);
    this.#correct();
  }

  /**
   * Looks at a reading, before anything else does.
   * @param sandbox as the server calls it
   * @param factsAt what was known at a time
   */
  sample(sample: Sample, sandbox: Sandbox, factsAt: (atMs: number) => EndFacts): void {
    const begunAtMs = this.#clues.read(sample);
    const isTold = this.#interruption?.isProven === false;
    if (begunAtMs !== null && !isTold) {
      this.#parts.journal.transition(sandbox, begunAtMs, 'restarted, as its processes show');
      this.#begin(sandbox, begunAtMs, factsAt(begunAtMs), true);
      this.#interruption?.runsAgain(begunAtMs);
    }
    this.#interruption?.sample(sample);
    this.#decide();
  }

  /** It is paused, resumed or made anew: that its processes are others then is no interruption. */
  isMeant(): void {
    this.#clues.forget();
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
    this.#clues.forget();
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
