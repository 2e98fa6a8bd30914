import type { Clock } from '../model/ports.ts';
import type { Announcer } from './announcer.ts';
import type { Recurrences } from './error-fixes/recurrences.ts';
import type { InboxItem } from './error-inbox.ts';
import type { Fleet } from './fleet.ts';
import type { Recorder } from './recorder.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface EventRouterHost {
  readonly clock: Clock;
  readonly fleet: Pick<Fleet, 'record' | 'records'>;
  readonly recorder: Recorder;
  readonly recurrences: Recurrences;
  readonly announcer: Announcer;
  /** Something of this record may look different, or has to be told; null for what belongs to none. */
  changed(record: SandboxRecord | null): void;
}

/** The expiry of those not looked at closely is given every so many seconds, in turns. */
const restingTurns = 5;

/** Takes errors, commands and time to the monitors, and what these have to tell to the history, the recurrences and the notices. */
export class EventRouter {
  readonly #host: EventRouterHost;

  constructor(host: EventRouterHost) {
    this.#host = host;
  }

  /** An error or a command came. @returns false when its sandbox is not known (yet). */
  take(item: InboxItem): boolean {
    const { fleet, recorder, recurrences } = this.#host;
    const record = fleet.record(item.sandboxId);
    if (record === null) return false;
    if ('kind' in item) {
      record.monitor.observe(item);
      recorder.command(record, item);
      if (item.kind === 'command-started') recurrences.command(item);
    } else record.monitor.error(item);
    this.#host.changed(record);
    return true;
  }

  /** Lets a second pass. @param turn counts the seconds */
  passTime(turn: number): void {
    const { clock, fleet, announcer } = this.#host;
    for (const record of fleet.records) {
      if (record.ended || (!record.watched && (turn + record.seenNo) % restingTurns !== 0)) continue;
      record.monitor.observe({ kind: 'tick', sandboxId: record.id, atMs: clock.now() });
      this.#host.changed(record);
    }
    announcer.passTime();
    if (announcer.due) this.#host.changed(null);
  }

  /** Hands on what the monitor of this record has to tell. */
  handOn(record: SandboxRecord): void {
    const { recorder, recurrences, announcer } = this.#host;
    recorder.seen(record);
    for (const one of record.monitor.drain()) {
      recorder.record(record, one);
      if (one.kind === 'error') recurrences.error(record.id, one.error, recorder.isKept(record));
      if (one.kind === 'error-rise') announcer.rise(record.id, one.rise);
      announcer.record(one);
    }
    if (record.ended) announcer.ended(record.id);
  }

  /** What its monitor has still to tell is not to be heard. */
  silence(record: SandboxRecord): void {
    record.monitor.drain();
    if (record.ended) this.#host.announcer.ended(record.id);
  }

  /** It is dropped from the view, and says its last. */
  dropped(record: SandboxRecord): void {
    const { recorder, announcer } = this.#host;
    this.handOn(record);
    recorder.dropped(record.id);
    announcer.ended(record.id);
  }
}
