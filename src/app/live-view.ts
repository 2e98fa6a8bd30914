import type { HistoryStore } from '../model/history.ts';
import type { Clock, Log } from '../model/ports.ts';
import type { AppView } from '../model/view.ts';
import type { Announcer } from './announcer.ts';
import { assembleView, emptyView, type Placed } from './app-view.ts';
import type { Unsubscribe } from './contracts.ts';
import type { EventRouter } from './event-router.ts';
import type { Fleet } from './fleet.ts';
import { Listeners } from './listeners.ts';
import type { OwnSandboxes } from './own-sandboxes.ts';
import { Publisher } from './publisher.ts';
import type { Recollections } from './recollections.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface LiveViewHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: Pick<HistoryStore, 'status' | 'onProblem'>;
  readonly fleet: Pick<Fleet, 'record' | 'records' | 'servers' | 'current' | 'currentInside'>;
  readonly own: Pick<OwnSandboxes, 'follow'>;
  readonly router: Pick<EventRouter, 'handOn'>;
  readonly recollections: Pick<Recollections, 'join' | 'besides'>;
  readonly announcer: Pick<Announcer, 'speak'>;
}

/**
 * The snapshot of everything. What changes is gathered, and at most once per 250 ms it is handed on, shown to the listeners, and then
 * said aloud: a notice never speaks of what can not be seen yet.
 */
export class LiveView {
  readonly #host: LiveViewHost;
  readonly #publisher: Publisher;
  readonly #listeners: Listeners<AppView>;
  readonly #changed = new Set<SandboxRecord>();
  readonly #leaveHistory: Unsubscribe;
  #view: AppView = emptyView;

  constructor(host: LiveViewHost) {
    this.#host = host;
    this.#publisher = new Publisher(host.clock, () => this.#publish());
    this.#listeners = new Listeners(host.log);
    this.#leaveHistory = host.history.onProblem(() => this.changed(null));
    if (host.history.status().problem !== null) this.changed(null);
  }

  /** As the listeners know it. */
  get view(): AppView {
    return this.#view;
  }

  onChange(listener: (view: AppView) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /** Something of this record may look different, or has to be told; null for what belongs to none. */
  changed(record: SandboxRecord | null): void {
    if (record !== null) this.#changed.add(record);
    this.#publisher.request();
  }

  /** What changed of this record so far is not to be handed on. */
  silence(record: SandboxRecord): void {
    this.#changed.delete(record);
  }

  #publish(): void {
    const { clock, history, fleet, own, router, announcer } = this.#host;
    const nowMs = clock.now();
    own.follow(fleet.record(fleet.current.id ?? '')?.sandbox ?? null);
    // One that was dropped has said its last; what its end still stirs up is not heard any more.
    for (const record of this.#changed) if (fleet.record(record.id) === record) router.handOn(record);
    this.#changed.clear();
    const { servers, current, currentInside } = fleet;
    const before = this.#view;
    const { problem } = history.status();
    this.#view = assembleView(before, servers, this.#placed(nowMs), current, currentInside, problem);
    if (this.#view !== before) this.#listeners.tell(this.#view);
    announcer.speak();
  }

  #placed(nowMs: number): readonly Placed[] {
    const { fleet, recollections } = this.#host;
    const { records } = fleet;
    const present = records.map(
      (record): Placed => ({
        view: recollections.join(record.monitor.view(nowMs), record.foundEnded),
        endedNo: record.endedNo,
      }),
    );
    const past = recollections.besides(new Set(records.map((record) => record.id)));
    return [...present, ...past.map((view, index): Placed => ({ view, endedNo: -1 - index }))];
  }

  /** Tells nobody anything any more. */
  close(): void {
    this.#publisher.close();
    this.#leaveHistory();
    this.#listeners.clear();
  }
}
