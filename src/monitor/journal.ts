import type { FixOutcome } from '../model/fix.ts';
import type { LifecycleTransition } from '../model/incident.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { MonitorRecord } from './monitor-types.ts';

const keptTransitions = 50;
const keptOutcomes = 20;

/** What happened to one sandbox: all of it until it has been told, and the newest phases and fixes for the view. */
export class Journal {
  #records: MonitorRecord[] = [];
  #timeline: readonly LifecycleTransition[] = [];
  #outcomes: readonly FixOutcome[] = [];

  /** Oldest first. */
  get timeline(): readonly LifecycleTransition[] {
    return this.#timeline;
  }

  /** Of the fixes that were tried, oldest first. */
  get outcomes(): readonly FixOutcome[] {
    return this.#outcomes;
  }

  add(record: MonitorRecord): void {
    this.#records.push(record);
  }

  /** It is in another phase now, or in the same one for another reason. */
  transition(sandbox: Sandbox, atMs: number, reason: string | null = sandbox.reason): void {
    const transition = { atMs, phase: sandbox.phase, rawState: sandbox.rawState, reason };
    this.#timeline = [...this.#timeline, transition].slice(-keptTransitions);
    this.add({ kind: 'transition', sandbox, transition });
  }

  /** A fix has ended. @param fingerprint of the error it was tried against, or null. */
  fix(outcome: FixOutcome, fingerprint: string | null): void {
    this.#outcomes = [...this.#outcomes, outcome].slice(-keptOutcomes);
    this.add({ kind: 'fix', outcome, fingerprint });
  }

  /** Keeps the present phase only, and what was not told yet is not told any more. */
  forget(): void {
    this.#records = [];
    this.#timeline = this.#timeline.slice(-1);
    this.#outcomes = [];
  }

  /** @returns what was not told yet, oldest first; from now on it is told. */
  drain(): readonly MonitorRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}
