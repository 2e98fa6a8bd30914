import type { HistoryStore } from '../model/history.ts';
import type { Fleet } from './fleet.ts';
import type { Recorder } from './recorder.ts';
import type { Remembered } from './remembered.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface PastDeskHost {
  readonly history: HistoryStore;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly remembered: Remembered;
  now(): number;
  /** What a record has still to tell is not to be heard. */
  silence(record: SandboxRecord): void;
  /** Something of this record may look different; null for what belongs to none. */
  changed(record: SandboxRecord | null): void;
  /** The history knows less than before: nothing of this sandbox; null: of none. */
  forgot(sandboxId: string | null): void;
}

/** Lets the past be forgotten. */
export class PastDesk {
  readonly #host: PastDeskHost;

  constructor(host: PastDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.forgetSandbox`. */
  async forgetSandbox(sandboxId: string): Promise<void> {
    const { history, fleet, recorder, remembered } = this.#host;
    const record = fleet.record(sandboxId);
    if (record !== null) this.#forget(record);
    remembered.forget(sandboxId);
    this.#host.changed(null);
    await history.forgetSandbox(sandboxId);
    this.#host.forgot(sandboxId);
    // What was told of it meanwhile may be gone with the rest: it is told again.
    recorder.forget(sandboxId);
    const living = fleet.record(sandboxId);
    if (living !== null) this.#host.changed(living);
  }

  /** See `Supervisor.forgetEverything`. */
  async forgetEverything(): Promise<void> {
    const { history, fleet, recorder, remembered } = this.#host;
    for (const record of fleet.records) this.#forget(record);
    remembered.forget(null);
    this.#host.changed(null);
    await history.forgetEverything();
    this.#host.forgot(null);
    for (const record of fleet.records) {
      recorder.forget(record.id);
      this.#host.changed(record);
    }
  }

  #forget(record: SandboxRecord): void {
    this.#host.silence(record);
    if (record.ended) this.#host.fleet.forget(record);
    else record.monitor.forgetPast(this.#host.now());
    this.#host.recorder.forget(record.id);
  }
}
