import type { RememberedFix } from '../model/fix.ts';
import type { HistoryStore } from '../model/history.ts';
import type { Clock, Log, SandboxProvider } from '../model/ports.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { SandboxView } from '../model/view.ts';
import { Recurrences } from './error-fixes/recurrences.ts';
import { FixSuccesses } from './fix-successes.ts';
import { FoundEnds } from './found-ends.ts';
import { Remembered } from './remembered.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { UnseenEnds } from './unseen-ends.ts';
import type { Tasks } from './waiting.ts';

export interface RecollectionsHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  /** Ids of providers of whose sandboxes nothing is written. */
  readonly unkept: readonly string[];
  /** The fixes a person gave to errors. */
  readonly rememberedFixes: () => readonly RememberedFix[];
  currentId(): string | null;
  record(sandboxId: string): SandboxRecord | null;
  /** The workspace of a sandbox, or null when it is not known. */
  workspaceOf(sandboxId: string): string | null;
  /** The views may look different now. */
  changed(): void;
}

/**
 * What the history tells of earlier, in the background: which sandboxes ended in other sessions and windows, which ended while nobody
 * watched, how fixes went, and how often errors came.
 */
export class Recollections {
  readonly remembered: Remembered;
  readonly successes: FixSuccesses;
  readonly recurrences: Recurrences;
  readonly #unseen: UnseenEnds;
  readonly #found: FoundEnds;
  #maximumAgeMs: number;

  /** @param maximumAgeMs sandboxes that ended longer ago are not shown */
  constructor(host: RecollectionsHost, maximumAgeMs: number) {
    const { clock, log, tasks, history, unkept, rememberedFixes } = host;
    const changed = (): void => host.changed();
    this.#maximumAgeMs = maximumAgeMs;
    this.remembered = new Remembered({ clock, log, tasks, history, changed }, maximumAgeMs);
    this.#unseen = new UnseenEnds({
      clock,
      log,
      tasks,
      history,
      unkept,
      maximumAgeMs: () => this.#maximumAgeMs,
      written: () => this.remembered.load(),
    });
    this.#found = new FoundEnds({
      clock,
      log,
      tasks,
      history,
      currentId: () => host.currentId(),
      record: (sandboxId) => host.record(sandboxId),
    });
    this.successes = new FixSuccesses({ history, tasks, log });
    this.recurrences = new Recurrences({
      clock,
      log,
      tasks,
      history,
      remembered: rememberedFixes,
      workspaceOf: (sandboxId) => host.workspaceOf(sandboxId),
      changed,
    });
  }

  /** Reads what is known from before. */
  load(): void {
    this.remembered.load();
    this.successes.load();
  }

  setMaximumAge(ms: number): void {
    this.#maximumAgeMs = ms;
    this.remembered.setMaximumAge(ms);
  }

  /** A complete list of a server came. */
  listed(provider: SandboxProvider, sandboxes: readonly Sandbox[]): void {
    this.#unseen.listed(provider, sandboxes);
    this.#found.listed(provider, sandboxes);
  }

  /** @returns the view with what is known of its errors, and of its end when it was found ended. */
  join(view: SandboxView, foundEnded: boolean): SandboxView {
    const known = this.recurrences.join(view);
    return foundEnded ? this.remembered.join(known) : known;
  }

  /** @returns the views of ended sandboxes that are not among `present`, newest end first. */
  besides(present: ReadonlySet<string>): readonly SandboxView[] {
    return this.remembered.besides(present);
  }

  /** The history knows less than before: nothing of this sandbox; null: of none. */
  forgot(sandboxId: string | null): void {
    this.successes.load();
    this.recurrences.forget(sandboxId);
  }

  /** Asks nothing any more. */
  close(): void {
    this.remembered.close();
    this.#unseen.close();
    this.#found.close();
    this.recurrences.close();
  }
}
