import { dropOldest } from '../../model/bounded.ts';
import { commandKey } from '../../model/command-key.ts';
import { dayOf, dayStartMs } from '../../model/day.ts';
import type { RecognisedError, Recurrence } from '../../model/error-event.ts';
import type { CommandStarted } from '../../model/events.ts';
import type { RememberedFix } from '../../model/fix.ts';
import type { ErrorCount, ErrorDay, HistoryStore } from '../../model/history.ts';
import type { Clock, Log } from '../../model/ports.ts';
import { toProblem } from '../../model/problem.ts';
import type { SandboxView } from '../../model/view.ts';
import { sleep, within } from '../../model/wait.ts';
import type { Tasks } from '../waiting.ts';
import { type BegunCommand, commandBefore } from './first-after.ts';

export interface RecurrencesHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Tasks;
  readonly history: HistoryStore;
  remembered(): readonly RememberedFix[];
  /** The workspace of a sandbox, or null when it is not known. */
  workspaceOf(sandboxId: string): string | null;
  /** The views may look different now. */
  changed(): void;
}

const keptErrors = 500;
const keptTimes = 200;
const keptCommands = 30;
const keptSandboxes = 200;
const keptWorkspaces = 20;
const readCommands = 300;
/** Days, sandboxes, workspaces and commands of one error; those seen last. */
const readDays = 1_000;
const askMs = 5_000;
/** A flood of one error is asked about this often at most. */
const restMs = 2_000;

interface Occurrence {
  readonly sandboxId: string;
  readonly atMs: number;
}

interface Known {
  /** In this session, of all sandboxes; for "today". */
  times: readonly Occurrence[];
  readonly sandboxes: Set<string>;
  first: Occurrence;
  firstAfter: string | null;
  /** The newest one that the history was told of; null: none. */
  kept: RecognisedError | null;
  /** What the history said last. */
  counted: ErrorCount | null;
  /** The history knows less by now than it said last. */
  isStale: boolean;
  /** The days it was counted on, seen last first. */
  days: readonly ErrorDay[];
  /** As told last, by workspace; the same object until something changes, or the day. */
  told: { readonly day: number; readonly byWorkspace: Map<string | null, Recurrence> } | null;
  asking: boolean;
  dirty: boolean;
}

/** A view as it was told, and what was known then. */
interface Joined {
  readonly view: SandboxView;
  learned: number;
}

const sum = (days: readonly ErrorDay[]): number => days.reduce((total, each) => total + each.count, 0);

const ranBefore = (
  commands: readonly BegunCommand[],
  firstSeenAtMs: number,
  { exitCode }: RecognisedError,
  failedKey: string | null,
): string | null => commandBefore(commands, firstSeenAtMs, exitCode !== null, failedKey);

/** Takes what one sandbox added out again. @returns whether anything is left. */
const leaveOut = (sandboxId: string, known: Known): boolean => {
  known.times = known.times.filter((each) => each.sandboxId !== sandboxId);
  known.sandboxes.delete(sandboxId);
  const [oldest] = known.times;
  if (oldest === undefined) return false;
  if (known.first.sandboxId === sandboxId) {
    known.first = oldest;
    known.firstAfter = null;
  }
  known.told = null;
  known.isStale = true;
  return true;
};

/** How often errors came: a small cache over the history, by fingerprint, put beside the errors of the views. */
export class Recurrences {
  readonly #host: RecurrencesHost;
  readonly #known = new Map<string, Known>();
  readonly #commands = new Map<string, BegunCommand[]>();
  readonly #life = new AbortController();
  #joined = new WeakMap<SandboxView, Joined>();
  /** Rises with everything that is learned. */
  #learned = 0;

  constructor(host: RecurrencesHost) {
    this.#host = host;
  }

  command(event: CommandStarted): void {
    const begun = { key: commandKey(event.commandLine, event.cwd), startedAtMs: event.atMs };
    const list = [...(this.#commands.get(event.sandboxId) ?? []), begun].slice(-keptCommands);
    this.#commands.delete(event.sandboxId);
    this.#commands.set(event.sandboxId, list);
    dropOldest(this.#commands, keptSandboxes);
  }

  /**
   * It occurred once more; the history was told before.
   * @param isKept whether the history is told of this sandbox at all
   */
  error(sandboxId: string, error: RecognisedError, isKept: boolean): void {
    const { fingerprint, firstSeenAtMs, lastSeenAtMs } = error;
    const known: Known = this.#known.get(fingerprint) ?? {
      times: [],
      sandboxes: new Set<string>(),
      first: { sandboxId, atMs: firstSeenAtMs },
      firstAfter: ranBefore(this.#commands.get(sandboxId) ?? [], firstSeenAtMs, error, error.commandKey ?? null),
      kept: null,
      counted: null,
      isStale: false,
      days: [],
      told: null,
      asking: false,
      dirty: false,
    };
    known.times = [...known.times, { sandboxId, atMs: lastSeenAtMs }].slice(-keptTimes);
    if (known.sandboxes.size < keptSandboxes) known.sandboxes.add(sandboxId);
    this.#known.delete(fingerprint);
    this.#known.set(fingerprint, known);
    dropOldest(this.#known, keptErrors);
    known.told = null;
    this.#learned += 1;
    if (!isKept) return;
    known.kept = error;
    this.#ask(error, known);
  }

  /**
   * What was seen is forgotten with the history. What the history says of the errors of other sandboxes is asked again.
   * @param sandboxId null: of all sandboxes
   */
  forget(sandboxId: string | null): void {
    if (sandboxId === null) {
      this.#known.clear();
      this.#commands.clear();
    } else {
      this.#commands.delete(sandboxId);
      for (const [fingerprint, known] of this.#known) {
        if (!leaveOut(sandboxId, known)) this.#known.delete(fingerprint);
      }
    }
    this.#joined = new WeakMap();
    this.#learned += 1;
    this.#host.changed();
  }

  /** A person named an error, or took a name back. */
  renamed(): void {
    this.#learned += 1;
    this.#host.changed();
  }

  #ask(error: RecognisedError, known: Known): void {
    known.dirty = true;
    if (known.asking || this.#life.signal.aborted) return;
    known.asking = true;
    const { log, tasks } = this.#host;
    tasks.add(this.#read(error, known), (failure) => {
      known.asking = false;
      if (!this.#life.signal.aborted) log.debug(`How often an error came: ${toProblem(failure).message}`);
    });
  }

  async #read(error: RecognisedError, known: Known): Promise<void> {
    const { clock, history } = this.#host;
    const { signal } = this.#life;
    const { fingerprint } = error;
    const isAgain = known.isStale;
    known.dirty = false;
    known.isStale = false;
    const [[counted], days] = await within(clock, askMs, signal, () =>
      Promise.all([
        history.errors({ fingerprint, limit: 1 }, clock.now()),
        history.errorDays({ fingerprint, limit: readDays }),
      ]),
    );
    known.days = days;
    const before = known.counted;
    known.counted = counted ?? null;
    // It came first in an earlier session or another window; or what was known of that is forgotten.
    const isFirst = (firstSeenAtMs: number): boolean =>
      isAgain ? firstSeenAtMs <= known.first.atMs : before === null && firstSeenAtMs < known.first.atMs;
    if (counted !== undefined && isFirst(counted.firstSeenAtMs)) {
      known.firstAfter = await this.#after(error, counted.firstSeenAtMs, days);
    }
    known.told = null;
    this.#learned += 1;
    this.#host.changed();
    await sleep(clock, restMs, signal);
    known.asking = false;
    if (known.dirty) this.#ask(error, known);
  }

  /** What ran in the sandbox it came first in, as far as that is known. */
  async #after(error: RecognisedError, firstSeenAtMs: number, days: readonly ErrorDay[]): Promise<string | null> {
    const first = days.findLast((each) => each.firstSeenAtMs === firstSeenAtMs);
    if (first === undefined) return null;
    const { clock, history } = this.#host;
    const runs = await within(clock, askMs, this.#life.signal, () =>
      history.commands({ sandboxId: first.sandboxId, limit: readCommands }),
    );
    const begun = runs.map((run) => ({ key: run.commandKey, startedAtMs: run.startedAtMs }));
    return ranBefore(begun, firstSeenAtMs, error, first.commandKey);
  }

  #recurrence({ fingerprint }: RecognisedError, workspace: string | null, nowMs: number): Recurrence | null {
    const known = this.#known.get(fingerprint);
    if (known === undefined) return null;
    if (known.isStale && known.kept !== null) this.#ask(known.kept, known);
    const day = dayOf(nowMs);
    const told = known.told?.day === day ? known.told : { day, byWorkspace: new Map<string | null, Recurrence>() };
    const before = told.byWorkspace.get(workspace);
    if (before !== undefined) return before;
    const { counted, days } = known;
    const count = Math.max(counted?.count ?? 0, known.times.length);
    const firstSeenAtMs = Math.min(counted?.firstSeenAtMs ?? known.first.atMs, known.first.atMs);
    const startMs = dayStartMs(day);
    const seenToday = known.times.filter(({ atMs }) => atMs >= startMs).length;
    const here = workspace === null ? 0 : sum(days.filter((each) => each.workspace === workspace));
    const recurrence: Recurrence = {
      count,
      decayedCount: counted?.decayedCount ?? count,
      today: firstSeenAtMs >= startMs ? count : Math.max(seenToday, sum(days.filter((each) => each.day === day))),
      ...(here === 0 ? {} : { here: Math.min(here, count) }),
      sandboxes: Math.max(counted?.sandboxes ?? 0, known.sandboxes.size),
      firstSeenAtMs,
      firstAfter: known.firstAfter,
    };
    told.byWorkspace.set(workspace, recurrence);
    dropOldest(told.byWorkspace, keptWorkspaces);
    known.told = told;
    return recurrence;
  }

  /** @returns the view with what is known of its errors; the same object for the same view until something of these is learned. */
  join(view: SandboxView): SandboxView {
    if (view.errors.length === 0) return view;
    const before = this.#joined.get(view);
    if (before?.learned === this.#learned) return before.view;
    const nowMs = this.#host.clock.now();
    const workspace = this.#host.workspaceOf(view.sandbox.id);
    const names = new Map(this.#host.remembered().map(({ fingerprint, name }) => [fingerprint, name]));
    const errors = view.errors.map((error): RecognisedError => {
      const recurrence = this.#recurrence(error, workspace, nowMs);
      const title = names.get(error.fingerprint) ?? error.title;
      return recurrence === null ? { ...error, title } : { ...error, title, recurrence };
    });
    const isSame = before?.view.errors.every(
      ({ title, recurrence }, index) => title === errors[index]?.title && recurrence === errors[index]?.recurrence,
    );
    if (before !== undefined && isSame === true) {
      before.learned = this.#learned;
      return before.view;
    }
    const joined = { ...view, errors };
    this.#joined.set(view, { view: joined, learned: this.#learned });
    return joined;
  }

  /** Asks nothing any more. */
  close(): void {
    this.#life.abort();
  }
}
