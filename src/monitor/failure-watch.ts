import { type ErrorContext, type Recognition, recognise } from '../diagnosis/recognise.ts';
import { dropOldest } from '../model/bounded.ts';
import { commandKey } from '../model/command-key.ts';
import type { ErrorEvent, RecognisedError } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorFix } from '../model/fix.ts';
import type { Incident } from '../model/incident.ts';
import type { Health } from '../model/view.ts';
import { aroundError } from './around-error.ts';
import type { BlackBox } from './black-box.ts';
import { ErrorLedger } from './error-ledger.ts';
import { ErrorRises, riseText } from './error-rise.ts';
import { HealthWatch } from './health.ts';
import type { Journal } from './journal.ts';
import type { OomCounter } from './oom-counter.ts';
import { lateSampleMs } from './sample-order.ts';

const keptCommands = 100;
/** How far back kills belong to a failed command whose start is not known. */
const commandKillsMs = 30_000;
/** A kill is told by the shell at once, and by the kernel's count with one of the next samples. */
const countWaitMs = 4_000;
const mostWaiting = 20;

/** What was said, and what it was recognised as. */
export interface Heard {
  readonly event: ErrorEvent;
  readonly recognition: Recognition;
}

/** What the watch asks and where it reports. */
export interface FailureWatchParts {
  readonly oom: Pick<OomCounter, 'killsBetween'>;
  readonly box: Pick<BlackBox, 'near'>;
  readonly journal: Pick<Journal, 'add'>;
  /** Takes secrets out of a line that is to be shown. Default: lines are shown as they are. */
  readonly redact?: ((text: string) => string) | undefined;
}

/** What goes wrong inside one sandbox while it lives: its errors, its commands, and how it does on the whole. */
export class FailureWatch {
  readonly #parts: FailureWatchParts;
  readonly #errors: ErrorLedger;
  readonly #rises = new ErrorRises();
  readonly #health = new HealthWatch();
  readonly #begun = new Map<string, CommandStarted>();
  /** Errors that are of one kind or another depending on whether the kernel's count rises yet. */
  #waiting: readonly ErrorEvent[] = [];

  constructor(parts: FailureWatchParts) {
    this.#parts = parts;
    this.#errors = new ErrorLedger(parts.redact);
  }

  /** The error seen last first; the same array until something changes. */
  get errors(): readonly RecognisedError[] {
    return this.#errors.list;
  }

  /** See `SandboxMonitor.errorFixes`. */
  fixes(fingerprint: string): readonly ErrorFix[] {
    return this.#errors.fixes(fingerprint);
  }

  /** How it does, as it was last looked at. */
  healthAt(nowMs: number): Health {
    const rise = this.#rises.present(nowMs);
    return rise === null ? this.#health.health : { ...this.#health.health, rising: riseText(rise) };
  }

  /** Looks at the health again. @returns whether it is to be shown differently now. */
  look(nowMs: number, incidents: readonly Incident[]): boolean {
    return this.#health.look(nowMs, incidents);
  }

  commandStarted(event: CommandStarted): void {
    this.#begun.set(event.commandId, event);
    dropOldest(this.#begun, keptCommands);
  }

  /** What it had failed with before is solved when it ends well. @returns whether any error is to be shown differently now. */
  commandEnded(event: CommandEnded): boolean {
    this.#health.commandEnded(event);
    const begun = this.#begun.get(event.commandId);
    if (event.exitCode !== 0 || begun === undefined) return false;
    return this.#errors.commandWorked(begun.commandLine, begun.cwd, event.atMs);
  }

  /** @returns the command without what may be secret in it, or null when its start is not known. */
  keyOf(commandId: string): string | null {
    const begun = this.#begun.get(commandId);
    return begun === undefined ? null : commandKey(begun.commandLine, begun.cwd);
  }

  /**
   * Something was said that may be an error. What may be a kill for memory is not decided before the kernel's count had time to rise: it
   * can be said only once what it was.
   * @returns what was recognised at once; the rest comes from `counted` and `waited`.
   */
  error(event: ErrorEvent): readonly Heard[] {
    if (!this.#countDecides(event)) return this.#recognise([event]);
    this.#waiting = [...this.#waiting, event];
    return this.#takeWaiting((_, index) => index < this.#waiting.length - mostWaiting);
  }

  /** A sample was taken in. @returns the errors that are kills for memory, as its count says. */
  counted(): readonly Heard[] {
    return this.#takeWaiting((event) => this.#killsWith(event) !== 0);
  }

  /** @returns the errors whose kill the count would have told by now. */
  waited(nowMs: number): readonly Heard[] {
    return this.#takeWaiting(({ atMs }) => Math.abs(nowMs - atMs) >= countWaitMs);
  }

  /** @returns all errors that still wait, as far as it is known now what they are. */
  decide(): readonly Heard[] {
    return this.#takeWaiting(() => true);
  }

  #takeWaiting(isDue: (event: ErrorEvent, index: number) => boolean): readonly Heard[] {
    if (this.#waiting.length === 0) return [];
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((event) => !due.includes(event));
    return this.#recognise(due);
  }

  /** Whether it would be another error, had the kernel killed something meanwhile; as far as its count can be read at all. */
  #countDecides(event: ErrorEvent): boolean {
    if (event.source === 'diagnostics' || this.#killsWith(event) !== 0) return false;
    const around = this.#around(event);
    const [without, withKill] = [0, 1].map(
      (oomKillDelta) => recognise(event, { ...around, oomKillDelta })?.pattern ?? null,
    );
    return without !== withKill;
  }

  /** The kills that belong to what was said. */
  #killsWith({ commandId, atMs }: ErrorEvent): number | null {
    const begun = commandId === null ? undefined : this.#begun.get(commandId);
    return this.#parts.oom.killsBetween(begun?.atMs ?? atMs - commandKillsMs, atMs + lateSampleMs);
  }

  /** What was counted when it was said. */
  #around(event: ErrorEvent): ErrorContext {
    return { ...aroundError(this.#parts.box, event.atMs), oomKillDelta: this.#killsWith(event) };
  }

  #recognise(events: readonly ErrorEvent[]): readonly Heard[] {
    return events.flatMap((event): readonly Heard[] => {
      const recognition = recognise(event, this.#around(event));
      if (recognition === null) return [];
      const begun = event.commandId === null ? undefined : this.#begun.get(event.commandId);
      const error = this.#errors.add(event, recognition, event.cwd ?? begun?.cwd ?? null);
      if (error !== null) this.#count(error, event);
      return [{ event, recognition }];
    });
  }

  #count(error: RecognisedError, { commandId, atMs }: ErrorEvent): void {
    this.#parts.journal.add({ kind: 'error', error });
    this.#health.error(error, commandId, atMs);
    const rise = this.#rises.add(error, atMs);
    if (rise !== null) this.#parts.journal.add({ kind: 'error-rise', rise });
  }

  /** A fix was seen to work against an error. */
  fixWorked(fingerprint: string, atMs: number): void {
    this.#errors.fixWorked(fingerprint, atMs);
  }

  /** Everything that went wrong is forgotten; the commands that run go on. */
  forget(): void {
    this.#waiting = [];
    this.#errors.clear();
    this.#health.clear();
    this.#rises.clear();
  }
}
