import type { FixOffer } from '../model/fix.ts';
import type { Forecast } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import type { Mute } from '../model/mute.ts';
import { isLive } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { SandboxView } from '../model/view.ts';
import type { Warning } from '../model/warning.ts';
import { type ErrorRise, riseText } from '../monitor/error-rise.ts';
import type { MonitorRecord } from '../monitor/sandbox-monitor.ts';
import type { Notice } from './contracts.ts';
import { shortName } from './format.ts';
import { noticeText, othersText } from './notice-text.ts';
import {
  isMuted,
  isSnoozed,
  type NoticeEvent,
  type NoticeState,
  noNotices,
  reduceNotices,
  type Say,
} from './notices.ts';
import { OtherWarnings } from './other-warnings.ts';

export interface AnnouncerHost {
  now(): number;
  readonly formatTime: (atMs: number) => string;
  /** The view of a sandbox that has not ended, or null. */
  viewOf(sandboxId: string): SandboxView | null;
  /** What helps against this signal of the sandbox, best first. */
  fixesAgainst(sandboxId: string, signal: SignalName): readonly FixOffer[];
  /** How near a sandbox is to the person. */
  standing(sandboxId: string): Standing;
  /** Another text whenever `standing` may have another answer than before. */
  standingsKey(): string;
  /** Of what the person wants no word; the same array as long as nothing changed. */
  muted(): readonly Mute[];
  notice(notice: Notice): void;
}

/** The current sandbox, another one of the person's own, or somebody else's. */
export type Standing = 'current' | 'own' | 'other';

const offered = 2;
/** Of own sandboxes beside the current one, so many warnings are told singly in this time; what goes beyond is told together. */
const mostSingles = 3;
const singlesMs = 10 * 60_000;
/** The id of every message that tells of several sandboxes. */
const othersId = 'others';
/** The same error is told of once in this time, however many sandboxes it comes up in. */
const sameErrorMs = 10 * 60_000;
/** What the person sees fail by their own doing is none of our news, unless it is a known failure. */
const ownDoing: ReadonlySet<string> = new Set(['terminal', 'task', 'debug']);

/** Whether nothing of what is warned of can happen now, because the sandbox is paused: then a reminder waits until it runs again. */
const rests = ({ signal }: Warning, { sandbox, signalLevels }: SandboxView): boolean =>
  !isLive(sandbox.phase) && signalLevels[signal] === undefined;

/** Keeps the state of the notices and puts those that are due into words. */
export class Announcer {
  readonly #host: AnnouncerHost;
  #state: NoticeState = noNotices;
  #due: Say[] = [];
  #rises: { readonly sandboxId: string; readonly rise: ErrorRise }[] = [];
  readonly #toldErrors = new Map<string, number>();
  readonly #others = new OtherWarnings();
  /** When sandboxes beside the current one were told of singly. */
  #singlesAtMs: number[] = [];
  /** On what it depends which of the others are told singly, as it was when they were looked through last. */
  #claimedOn: readonly unknown[] = [];

  constructor(host: AnnouncerHost) {
    this.#host = host;
  }

  #take(event: NoticeEvent): void {
    this.#follow();
    const [state, say] = reduceNotices(this.#state, event);
    this.#state = state;
    this.#due.push(...say);
    const nowMs = this.#host.now();
    for (const { warning } of say)
      if (this.#host.standing(warning.sandboxId) !== 'current') this.#singlesAtMs.push(nowMs);
  }

  /** What is muted may have changed, also in another window. */
  #follow(): void {
    const muted = this.#host.muted();
    if (muted === this.#state.muted) return;
    [this.#state] = reduceNotices(this.#state, { kind: 'muted', muted, atMs: this.#host.now() });
  }

  record(record: MonitorRecord): void {
    if (record.kind !== 'warning') return;
    const { warning } = record;
    if (this.#isSingle(warning)) {
      this.#others.leave(warning);
      this.#warn(warning);
    } else this.#others.take(warning, this.#host.now());
  }

  #warn(warning: Warning): void {
    this.#take({ kind: 'warning', warning, atMs: this.#host.now() });
  }

  /**
   * Whether a warning has a message of its own. What was once told singly or is to be told later goes on so, and what is muted or snoozed
   * is not told with others either.
   */
  #isSingle(warning: Warning): boolean {
    const standing = this.#host.standing(warning.sandboxId);
    if (standing === 'current' || this.#isQuieted(warning)) return true;
    const episode = this.#state.episodes.find((one) => one.warning.id === warning.id);
    if (episode !== undefined && (episode.said !== null || episode.remindAtMs !== null)) return true;
    return standing === 'own' && this.#hasRoom();
  }

  #isQuieted(warning: Warning): boolean {
    this.#follow();
    return isMuted(this.#state, warning) || isSnoozed(this.#state, warning, this.#host.now());
  }

  /** Whether one more of the own sandboxes may be told of singly. */
  #hasRoom(): boolean {
    const nowMs = this.#host.now();
    this.#singlesAtMs = this.#singlesAtMs.filter((atMs) => Math.abs(nowMs - atMs) < singlesMs);
    return this.#singlesAtMs.length < mostSingles;
  }

  /** One error began to come more and more often in a sandbox. Those of others are not told: the fleet page shows them. */
  rise(sandboxId: string, rise: ErrorRise): void {
    const { fingerprint, pattern, source } = rise.error;
    if (pattern === null && ownDoing.has(source)) return;
    if (this.#host.standing(sandboxId) === 'other') return;
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
    this.#others.drop(sandboxId);
  }

  answered(id: string): void {
    this.#take({ kind: 'answered', id });
  }

  snooze(id: string, ms: number): void {
    const atMs = this.#host.now();
    if (id === othersId) this.#others.snooze(atMs, atMs + ms);
    else this.#take({ kind: 'snooze', id, atMs, untilMs: atMs + ms });
  }

  passTime(): void {
    this.#take({ kind: 'time', atMs: this.#host.now() });
    this.#claim();
  }

  /** Which sandbox is the person's may have been found out meanwhile. Not looked for each second: hundreds may wait. */
  #claim(): void {
    const { muted, snoozes } = this.#state;
    const basis = [this.#host.standingsKey(), this.#hasRoom(), muted, snoozes];
    if (basis.every((part, index) => part === this.#claimedOn[index])) return;
    this.#claimedOn = basis;
    const next = (): Warning | null => this.#others.claim((warning) => this.#isSingle(warning));
    for (let own = next(); own !== null; own = next()) this.#warn(own);
  }

  /** Whether something waits to be said. */
  get due(): boolean {
    return this.#due.length > 0 || this.#rises.length > 0 || this.#others.isDue(this.#host.now());
  }

  /** Says what is due; to be called after the views are up to date. */
  speak(): void {
    // Warned and critical within one turn are one message.
    const due = new Map(this.#due.map((say) => [say.warning.id, say]));
    this.#due = [];
    for (const say of due.values()) {
      const view = this.#host.viewOf(say.warning.sandboxId);
      if (view === null || !this.#isOpen(say) || this.#isQuieted(say.warning)) continue;
      if (rests(say.warning, view)) this.#due.push(say);
      else this.#host.notice(this.#notice(say, view));
    }
    const rises = this.#rises;
    this.#rises = [];
    for (const { sandboxId, rise } of rises) {
      const view = this.#host.viewOf(sandboxId);
      const stands = view?.errors.some(({ fingerprint }) => fingerprint === rise.error.fingerprint) === true;
      if (view !== null && stands) this.#host.notice(this.#riseNotice(rise, view));
    }
    if (this.#others.isDue(this.#host.now())) this.#speakOfOthers();
  }

  /** What is over by the time it would be said is not said. */
  #isOpen({ warning: { id } }: Say): boolean {
    return this.#state.episodes.some(({ warning }) => warning.id === id && warning.outcome === 'open');
  }

  #speakOfOthers(): void {
    const { now, formatTime } = this.#host;
    const told = this.#others.tell(now()).flatMap((warning) => {
      const view = this.#host.viewOf(warning.sandboxId);
      if (view === null || rests(warning, view)) return [];
      return [{ sandbox: view.sandbox, forecast: this.#newest(warning, view) }];
    });
    const [first] = told;
    if (first === undefined) return;
    this.#host.notice({
      id: othersId,
      kind: 'others',
      sandboxId: first.sandbox.id,
      sandboxName: first.sandbox.name,
      signal: null,
      text: othersText(told, now(), formatTime),
      fixes: [],
    });
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

  /** The newest forecast is the better one, unless it has lost sight of the end that was warned of and that has not come. */
  #newest({ signal, forecast }: Warning, { forecasts }: SandboxView): Forecast {
    const newest = forecasts.find((one) => one.signal === signal && one.place === forecast.place);
    return newest !== undefined && (newest.timeToLimitMs !== null || isFull(newest)) ? newest : forecast;
  }

  #notice({ warning, level }: Say, view: SandboxView): Notice {
    const { id, sandboxId, signal } = warning;
    return {
      id,
      kind: signal === 'expiry' ? 'expiry' : level,
      sandboxId,
      sandboxName: view.sandbox.name,
      signal,
      text: noticeText(view.sandbox, this.#newest(warning, view), this.#host.now(), this.#host.formatTime),
      fixes: this.#host
        .fixesAgainst(sandboxId, signal)
        .filter((one) => one.id !== 'showDetails')
        .slice(0, offered),
    };
  }
}
