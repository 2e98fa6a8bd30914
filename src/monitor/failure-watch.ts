import { type Recognition, recognise } from '../diagnosis/recognise.ts';
import { commandKey } from '../model/command-key.ts';
import type { ErrorEvent, RecognisedError } from '../model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../model/events.ts';
import type { ErrorFix } from '../model/fix.ts';
import type { Incident } from '../model/incident.ts';
import type { Health } from '../model/view.ts';
import { ErrorLedger } from './error-ledger.ts';
import { ErrorRises, riseText } from './error-rise.ts';
import { HealthWatch } from './health.ts';
import type { Journal } from './journal.ts';
import type { OomCounter } from './oom-counter.ts';
import { lateSampleMs } from './sample-order.ts';

const keptCommands = 100;
/** How far back kills belong to a failed command whose start is not known. */
const commandKillsMs = 30_000;

/** What the watch asks and where it reports. */
export interface FailureWatchParts {
  readonly oom: Pick<OomCounter, 'killsBetween'>;
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
    const oldest = this.#begun.keys().next().value;
    if (this.#begun.size > keptCommands && oldest !== undefined) this.#begun.delete(oldest);
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

  /** Something was said that may be an error. @returns what was recognised, or null when it is none. */
  error(event: ErrorEvent): Recognition | null {
    const begun = event.commandId === null ? undefined : this.#begun.get(event.commandId);
    const fromMs = begun?.atMs ?? event.atMs - commandKillsMs;
    const oomKillDelta = this.#parts.oom.killsBetween(fromMs, event.atMs + lateSampleMs);
    const recognition = recognise(event, { oomKillDelta });
    if (recognition === null) return null;
    const error = this.#errors.add(event, recognition, begun?.cwd ?? null);
    if (error !== null) this.#count(error, event);
    return recognition;
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
    this.#errors.clear();
    this.#health.clear();
    this.#rises.clear();
  }
}
