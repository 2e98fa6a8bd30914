import type { SignalName } from '../model/signal.ts';
import type { SandboxView } from '../model/view.ts';
import { type ErrorRise, riseText } from '../monitor/error-rise.ts';
import type { MonitorRecord } from '../monitor/sandbox-monitor.ts';
import type { Notice } from './contracts.ts';
import { shortName } from './format.ts';
import { noticeText } from './notice-text.ts';
import { type NoticeEvent, type NoticeState, noNotices, reduceNotices, type Say } from './notices.ts';

export interface AnnouncerHost {
  now(): number;
  readonly formatTime: (atMs: number) => string;
  /** The view of a sandbox that has not ended, or null. */
  viewOf(sandboxId: string): SandboxView | null;
  notice(notice: Notice): void;
}

const offered = 2;
/** The same error is told of once in this time, however many sandboxes it comes up in. */
const sameErrorMs = 10 * 60_000;
/** What the person sees fail by their own doing is none of our news, unless it is a known failure. */
const ownDoing: ReadonlySet<string> = new Set(['terminal', 'task', 'debug']);

/** Keeps the state of the notices and puts those that are due into words. */
export class Announcer {
  readonly #host: AnnouncerHost;
  #state: NoticeState = noNotices;
  #due: Say[] = [];
  #rises: { readonly sandboxId: string; readonly rise: ErrorRise }[] = [];
  readonly #toldErrors = new Map<string, number>();

  constructor(host: AnnouncerHost) {
    this.#host = host;
  }

  #take(event: NoticeEvent): void {
    const [state, say] = reduceNotices(this.#state, event);
    this.#state = state;
    this.#due.push(...say);
  }

  record(record: MonitorRecord): void {
    if (record.kind !== 'warning') return;
    this.#take({ kind: 'warning', warning: record.warning, atMs: this.#host.now() });
  }

  /** One error began to come more and more often in a sandbox. */
  rise(sandboxId: string, rise: ErrorRise): void {
    const { fingerprint, pattern, source } = rise.error;
    if (pattern === null && ownDoing.has(source)) return;
    const nowMs = this.#host.now();
    for (const [told, atMs] of this.#toldErrors) {
      if (Math.abs(nowMs - atMs) >= sameErrorMs) this.#toldErrors.delete(told);
    }
    if (this.#toldErrors.has(fingerprint)) return;
    this.#toldErrors.set(fingerprint, nowMs);
    this.#rises.push({ sandboxId, rise });
  }

  ended(sandboxId: string): void {
    this.#take({ kind: 'ended', sandboxId });
  }

  answered(id: string): void {
    this.#take({ kind: 'answered', id });
  }

  snooze(id: string, ms: number): void {
    const atMs = this.#host.now();
    this.#take({ kind: 'snooze', id, atMs, untilMs: atMs + ms });
  }

  mute(sandboxId: string, signal: SignalName): void {
    this.#take({ kind: 'mute', sandboxId, signal });
  }

  passTime(): void {
    this.#take({ kind: 'time', atMs: this.#host.now() });
  }

  /** Whether something waits to be said. */
  get due(): boolean {
    return this.#due.length > 0 || this.#rises.length > 0;
  }

  /** Says what is due; to be called after the views are up to date. */
  speak(): void {
    // Warned and critical within one turn are one message.
    const due = new Map(this.#due.map((say) => [say.warning.id, say]));
    this.#due = [];
    for (const say of due.values()) {
      const view = this.#host.viewOf(say.warning.sandboxId);
      if (view !== null) this.#host.notice(this.#notice(say, view));
    }
    const rises = this.#rises;
    this.#rises = [];
    for (const { sandboxId, rise } of rises) {
      const view = this.#host.viewOf(sandboxId);
      if (view !== null) this.#host.notice(this.#riseNotice(rise, view));
    }
  }

  #riseNotice(rise: ErrorRise, { sandbox }: SandboxView): Notice {
    return {
      id: `${sandbox.id}/${rise.id}`,
      kind: 'errors',
      sandboxId: sandbox.id,
      sandboxName: sandbox.name,
      signal: null,
      text: `${shortName(sandbox.name)}: ${riseText(rise)} (last at ${this.#host.formatTime(rise.atMs)}).`,
      fixes: [],
    };
  }

  #notice({ warning, level }: Say, view: SandboxView): Notice {
    const newest = view.forecasts.find((one) => one.signal === warning.signal);
    // The newest forecast is the better one, unless it has lost sight of the end that was warned of.
    const forecast = newest !== undefined && newest.timeToLimitMs !== null ? newest : warning.forecast;
    return {
      id: warning.id,
      kind: warning.signal === 'expiry' ? 'expiry' : level,
      sandboxId: warning.sandboxId,
      sandboxName: view.sandbox.name,
      signal: warning.signal,
      text: noticeText(view.sandbox, forecast, this.#host.now(), this.#host.formatTime),
      fixes: view.fixes.filter((one) => one.id !== 'showDetails').slice(0, offered),
    };
  }
}
