import type { RecognisedError } from '../model/error-event.ts';
import type { CommandEnded } from '../model/events.ts';
import type { Incident } from '../model/incident.ts';
import type { Health } from '../model/view.ts';

/** How far back health looks. */
const windowMs = 10 * 60_000;
/** So many failures, and more than half of what ran: it is failing. */
const manyFailures = 3;
/** So many errors within this time: it keeps failing. */
const manyErrors = 3;
const burstMs = 2 * 60_000;
/** Beyond this many in the window the oldest are let go; the rate stays at what they make. */
const keptEvents = 2_000;
/** Ended by the person (Ctrl+C). */
const interrupted = 130;

export const wellHealth: Health = { state: 'running', errorsPerMinute: 0 };

/** Something that went well or badly; an error of a command and the command's own end are one of these. */
interface Happening {
  readonly atMs: number;
  readonly commandId: string | null;
  /** A command ended, as far as is known. */
  ended: boolean;
  failed: boolean;
  error: boolean;
}

/** Works out how one sandbox does from what went wrong in it lately. Times are given; it reads no clock. */
export class HealthWatch {
  #happenings: Happening[] = [];
  readonly #byCommand = new Map<string, Happening>();
  #health: Health = wellHealth;

  /** The same object until the state or the first decimal of the rate changes. */
  get health(): Health {
    return this.#health;
  }

  /** A command ended. One that the person interrupted, or whose exit code is not known, has not failed. */
  commandEnded(event: CommandEnded): void {
    const one = this.#take(event.atMs, event.commandId);
    one.ended = true;
    if (event.exitCode !== null && event.exitCode !== 0 && event.exitCode !== interrupted) one.failed = true;
  }

  /** An error was recognised. */
  error(error: RecognisedError, commandId: string | null, atMs: number): void {
    const one = this.#take(atMs, commandId);
    if (commandId !== null && error.exitCode !== null) one.ended = true;
    one.failed = true;
    one.error = true;
  }

  /** Everything that went wrong is forgotten. */
  clear(): void {
    this.#happenings = [];
    this.#byCommand.clear();
  }

  /** Looks at it again. @returns whether it is to be shown differently now. */
  look(nowMs: number, incidents: readonly Incident[]): boolean {
    // Compared in both directions: after a clock was set back, nothing must stay for hours.
    const recent = this.#happenings.filter((each) => Math.abs(nowMs - each.atMs) < windowMs);
    if (recent.length < this.#happenings.length) this.#keep(recent);
    const failures = recent.filter((each) => each.failed);
    const errorsPerMinute = Math.round((failures.length / (windowMs / 60_000)) * 10) / 10;
    const state = this.#state(recent, failures, incidents, nowMs);
    if (state === this.#health.state && errorsPerMinute === this.#health.errorsPerMinute) return false;
    this.#health = { state, errorsPerMinute };
    return true;
  }

  #state(
    recent: readonly Happening[],
    failures: readonly Happening[],
    incidents: readonly Incident[],
    nowMs: number,
  ): Health['state'] {
    const ended = recent.filter((each) => each.ended);
    const mostFailed = ended.filter((each) => each.failed).length * 2 > ended.length;
    const burst = failures.filter((each) => each.error && Math.abs(nowMs - each.atMs) < burstMs);
    if ((failures.length >= manyFailures && mostFailed) || burst.length >= manyErrors) return 'failing';
    const hurt = incidents.some(({ atMs, endsSandbox }) => !endsSandbox && Math.abs(nowMs - atMs) < windowMs);
    return failures.length > 0 || hurt ? 'degraded' : 'running';
  }

  #take(atMs: number, commandId: string | null): Happening {
    const known = commandId === null ? undefined : this.#byCommand.get(commandId);
    // Ids may be given out anew after hours; the same command tells of its end within moments.
    if (known !== undefined && Math.abs(atMs - known.atMs) < windowMs) return known;
    const one: Happening = { atMs, commandId, ended: false, failed: false, error: false };
    this.#happenings.push(one);
    if (commandId !== null) this.#byCommand.set(commandId, one);
    // In batches, because every removal at the front moves all others.
    if (this.#happenings.length > keptEvents * 1.25) this.#keep(this.#happenings.slice(-keptEvents));
    return one;
  }

  #keep(happenings: Happening[]): void {
    this.#happenings = happenings;
    this.#byCommand.clear();
    for (const each of happenings) if (each.commandId !== null) this.#byCommand.set(each.commandId, each);
  }
}
