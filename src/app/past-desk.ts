import type { ForgetOutcome, HistoryStore } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Log } from '../model/ports.ts';
import { toProblem } from '../model/problem.ts';
import type { AppView } from '../model/view.ts';
import { within } from '../model/wait.ts';
import type { Fleet } from './fleet.ts';
import { toldOfAll } from './past-view.ts';
import type { Recorder } from './recorder.ts';
import type { Remembered } from './remembered.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** More than a month of a large fleet leaves; read only when somebody asks. */
export const mostIncidents = 10_000;
const readMs = 10_000;

export interface PastDeskHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: HistoryStore;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly remembered: Remembered;
  view(): AppView;
  /** What a record has still to tell is not to be heard. */
  silence(record: SandboxRecord): void;
  /** Something of this record may look different; null for what belongs to none. */
  changed(record: SandboxRecord | null): void;
  /** The history knows less than before: nothing of this sandbox; null: of none. */
  forgot(sandboxId: string | null): void;
}

/** Lets the past be looked through and forgotten. */
export class PastDesk {
  readonly #host: PastDeskHost;

  constructor(host: PastDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.incidents`. */
  async incidents(): Promise<readonly Incident[]> {
    const { clock, log, history, view } = this.#host;
    const ask = (): Promise<readonly Incident[]> => history.incidents({ limit: mostIncidents, withoutSamples: true });
    let kept: readonly Incident[] = [];
    try {
      kept = await within(clock, readMs, null, ask);
    } catch (error) {
      log.warn(`Incidents of the past could not be read: ${toProblem(error).message}`);
    }
    const shown = view().sandboxes.flatMap((each) => each.incidents);
    const shownIds = new Set(shown.map(({ id }) => id));
    const all = [...shown, ...kept.filter(({ id }) => !shownIds.has(id))];
    return toldOfAll(all.toSorted((a, b) => b.atMs - a.atMs));
  }

  /** See `Supervisor.forgetSandbox`. */
  async forgetSandbox(sandboxId: string): Promise<ForgetOutcome> {
    const { history, fleet, recorder, remembered } = this.#host;
    const record = fleet.record(sandboxId);
    if (record !== null) this.#forget(record);
    remembered.forget(sandboxId);
    this.#host.changed(null);
    const outcome = await history.forgetSandbox(sandboxId);
    this.#host.forgot(sandboxId);
    // What was told of it meanwhile may be gone with the rest: it is told again.
    recorder.forget(sandboxId);
    const living = fleet.record(sandboxId);
    if (living !== null) this.#host.changed(living);
    return outcome;
  }

  /** See `Supervisor.forgetEverything`. */
  async forgetEverything(): Promise<ForgetOutcome> {
    const { history, fleet, recorder, remembered } = this.#host;
    for (const record of fleet.records) this.#forget(record);
    remembered.forget(null);
    this.#host.changed(null);
    const outcome = await history.forgetEverything();
    this.#host.forgot(null);
    for (const record of fleet.records) {
      recorder.forget(record.id);
      this.#host.changed(record);
    }
    return outcome;
  }

  #forget(record: SandboxRecord): void {
    this.#host.silence(record);
    if (record.ended) this.#host.fleet.forget(record);
    else record.monitor.forgetPast(this.#host.clock.now());
    this.#host.recorder.forget(record.id);
  }
}
