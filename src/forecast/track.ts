import type { Model } from './combine.ts';
import { blocksLength, Envelope } from './envelope.ts';
import type { Kind, Surroundings } from './features.ts';
import { calm, type Outlook, outlookOf } from './outlook.ts';
import { RecoveryMemory } from './recovery.ts';
import type { PeakSeries } from './rising-peaks.ts';
import { Stall } from './stall.ts';

/** Time scales of the envelopes, seconds, each nearly three times the last: bursts, commands, services. */
const scaleSeconds: readonly number[] = [6, 18, 50, 130, 300];
/** With less history than this there is no evidence for anything, milliseconds. */
export const warmUpMs = 10_000;
/** A reading this much older than the last is a clock that went back, not a late reading. */
const backwardsMs = 5_000;
/** A hole this long makes what was before it worthless. */
export const forwardsMs = 5 * 60_000;
/** How long a note about something unusual stays in the evidence. */
const noteForMs = 60_000;
/** Weight of the newest step in the measured cadence. */
const stepSmoothing = 0.2;

/** An exbibyte: control groups of version 1 write "no limit" as a number beyond it, and no reading gets there. */
const mostPossible = 2 ** 60;

/** Why the trend began anew. */
export type Restart = 'clock-back' | 'hole' | 'source' | 'kill' | 'other-process';

/** Something unusual that the evidence should name. */
export type Note =
  | { readonly kind: 'restart'; readonly why: Restart; readonly byMs: number }
  | { readonly kind: 'limit'; readonly from: number; readonly to: number };

/** What takes over when the signal itself is full, as swap does for memory; in the signal's unit. */
export interface Aside {
  readonly used: number;
  readonly limit: number;
}

const bytesEach = blocksLength * Float64Array.BYTES_PER_ELEMENT;

const envelopesOf = (seconds: readonly number[]): readonly Envelope[] => {
  const buffer = new ArrayBuffer(seconds.length * bytesEach);
  return seconds.map((each, i) => new Envelope(each, new Float64Array(buffer, i * bytesEach, blocksLength)));
};

/** The history of one signal: cleans its readings, keeps its envelopes and answers with an outlook. */
export class SignalTrack {
  used = 0;
  /** Null while no limit of at least one is known. */
  limit: number | null = null;
  lastAtMs = Number.NaN;
  /** First reading since the last restart. */
  sinceMs = Number.NaN;
  cadenceMs = 1000;
  /** Accepted readings since the beginning. */
  readings = 0;
  /** Readings that were no numbers or impossible. */
  ignored = 0;
  /** Counts accepted readings and changes, for caches. */
  version = 0;
  readonly #scales = envelopesOf(scaleSeconds);
  readonly #recovery = new RecoveryMemory();
  readonly #stall = new Stall();
  readonly #quoteWithinMs: number;
  #value = 0;
  #asideUsed = 0;
  #asideLimit = 0;
  #toldLimit: number | null = null;
  #stepMs = 1000;
  #note: Note | null = null;
  #noteAtMs = 0;

  readonly #kind: Kind;

  constructor(quoteWithinMs: number, kind: Kind = 0) {
    this.#quoteWithinMs = quoteWithinMs;
    this.#kind = kind;
  }

  /**
   * Takes one reading. `value` is what the trend follows; it is `used` except where a part of `used` can be given back at will.
   * `aside` is added to both use and limit, for the trend only; `who` is what takes most of it, where that is known. Duplicates and late readings are dropped without a word, impossible ones are counted.
   */
  add(
    atMs: number,
    used: number,
    limit: number | null,
    cadenceMs: number,
    value: number = used,
    aside: Aside | null = null,
    who: string | null = null,
  ): void {
    if (!(Number.isFinite(atMs) && used >= 0 && used <= mostPossible && value >= 0 && value <= used)) {
      this.ignored++;
      this.version++;
      return;
    }
    if (!Number.isNaN(this.lastAtMs)) {
      const step = atMs - this.lastAtMs;
      if (step < -backwardsMs) this.restart(atMs, 'clock-back', -step);
      else if (step <= 0) return;
      else if (step > forwardsMs) this.restart(atMs, 'hole', step);
    }
    this.#measureCadence(atMs, cadenceMs);
    if (Number.isNaN(this.sinceMs)) this.sinceMs = atMs;
    this.readings++;
    this.lastAtMs = atMs;
    this.used = used;
    this.#value = value;
    this.#asideUsed = aside?.used ?? 0;
    this.#asideLimit = aside?.limit ?? 0;
    this.#setLimit(atMs, limit ?? this.#toldLimit);
    this.version++;
    const trend = value + this.#asideUsed;
    for (const scale of this.#scales) scale.add(atMs, trend);
    if (this.limit !== null) {
      const reach = this.limit + this.#asideLimit;
      this.#recovery.add(atMs, trend, reach, who);
      this.#stall.add(atMs, trend, reach, this.cadenceMs);
    }
  }

  /** Takes a limit from elsewhere; it holds where the readings themselves carry none. */
  tellLimit(atMs: number, limit: number | null): void {
    this.#toldLimit = limit;
    this.#setLimit(atMs, limit);
  }

  /** The intended cadence, or the real one where readings come more slowly. */
  #measureCadence(atMs: number, intendedMs: number): void {
    const step = atMs - this.lastAtMs;
    if (step > 0 && step <= forwardsMs) this.#stepMs += (step - this.#stepMs) * stepSmoothing;
    this.cadenceMs = Math.max(intendedMs > 0 && Number.isFinite(intendedMs) ? intendedMs : 0, this.#stepMs);
  }

  /** Anything but a number from one to an exbibyte means that there is no limit. */
  #setLimit(atMs: number, limit: number | null): void {
    const next = limit !== null && limit >= 1 && limit <= mostPossible ? limit : null;
    if (next === this.limit) return;
    const explained = this.#note?.kind === 'restart' && this.#noteAtMs === atMs;
    if (next !== null && this.limit !== null && !explained)
      this.#remark(atMs, { kind: 'limit', from: this.limit, to: next });
    this.limit = next;
    this.version++;
  }

  /** Forgets the past and says why. */
  restart(atMs: number, why: Restart, byMs = 0): void {
    for (const scale of this.#scales) scale.restart();
    this.#recovery.restart();
    this.#stall.restart();
    if (!Number.isNaN(this.sinceMs)) this.sinceMs = atMs;
    this.version++;
    this.#remark(atMs, { kind: 'restart', why, byMs });
  }

  #remark(atMs: number, note: Note): void {
    this.#note = note;
    this.#noteAtMs = atMs;
  }

  /** The latest unusual thing, for a minute. */
  get note(): Note | null {
    return this.#note !== null && this.lastAtMs - this.#noteAtMs <= noteForMs ? this.#note : null;
  }

  /** The part of `used` that can be given back at will, in the signal's unit. */
  get reclaimable(): number {
    return this.used - this.#value;
  }

  /** What the trend follows, with what takes over when the signal itself is full; in the signal's unit. */
  get trend(): number {
    return this.#value + this.#asideUsed;
  }

  /** How far it can go. Only with a limit. */
  get reach(): number {
    return (this.limit ?? 0) + this.#asideLimit;
  }

  /** Whether there is too little history to say anything. */
  get warmingUp(): boolean {
    return !(this.lastAtMs - this.sinceMs >= warmUpMs);
  }

  /** The excursions, where each went higher than the one before; null where they did not. Only with a limit. */
  get series(): PeakSeries | null {
    return this.limit === null || this.warmingUp ? null : this.#recovery.series(this.lastAtMs, this.reach);
  }

  /** @returns what the history says now; all zero without a limit or with too little history. */
  outlook(surroundings: Surroundings, model?: Model): Outlook {
    if (this.limit === null || this.warmingUp) return calm;
    return outlookOf({
      scales: this.#scales,
      recovery: this.#recovery,
      standing: {
        nowMs: this.lastAtMs,
        used: this.#value + this.#asideUsed,
        limit: this.limit + this.#asideLimit,
        stillRising: this.#stall.stillRising(this.lastAtMs),
      },
      surroundings,
      sinceMs: this.sinceMs,
      kind: this.#kind,
      quoteWithinMs: this.#quoteWithinMs,
      model,
    });
  }
}
