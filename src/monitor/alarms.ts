import type { Forecast } from '../model/forecast.ts';
import { isOfHost, type Sample } from '../model/sample.ts';
import { isExhaustible, type SignalName } from '../model/signal.ts';
import { atLeast, type Warning, type WarningLevel } from '../model/warning.ts';
import type { AlertPolicy } from './alert-policy.ts';
import {
  abandonEpisode,
  type EpisodeState,
  type EpisodeStep,
  endEpisode,
  openEpisode,
  quietEpisode,
  stepEpisode,
  takeBackBreak,
} from './episode.ts';
import { type ExpiryState, forgetLastHabit, moveDeadline, quietExpiry, stepExpiry } from './expiry-policy.ts';
import { FullSigns } from './full-signs.ts';
import { noSigns, readSigns, type SignState } from './hard-signs.ts';
import type { WarningChange } from './monitor-types.ts';

/** A step of an episode that is worth a record. */
export interface AlarmChange {
  readonly change: WarningChange;
  readonly warning: Warning;
}

/** The signals of which a sample carries a new reading that speaks of the sandbox itself. */
const signalsIn = (sample: Sample): ReadonlySet<SignalName> => {
  const found = new Set<SignalName>();
  // Memory numbers of the machine say nothing of this sandbox (DESIGN.md, truth 1).
  const isOwn = (signal: SignalName): boolean => !isOfHost(sample.source, signal);
  if (isOwn('memory') && sample.memory !== undefined) found.add('memory');
  if (isOwn('swap') && sample.swap !== undefined) found.add('swap');
  if (isOwn('heap') && sample.processes !== undefined) found.add('heap');
  if (sample.disk !== undefined) found.add('disk');
  if (sample.inodes !== undefined) found.add('inodes');
  if (sample.pids !== undefined) found.add('pids');
  if (sample.fds !== undefined) found.add('fds');
  return found;
};

/** Not made anew for each sample. */
const none: readonly never[] = [];

/** What an episode is about: a signal, and of several disks one of them. */
const aboutOf = ({ signal, place }: { readonly signal: SignalName; readonly place?: string | undefined }): string =>
  place === undefined ? signal : `${signal} ${place}`;

/** Which process is nearest to its limit of open files changes with each look. */
const fullKey = (forecast: Forecast, { fds }: Sample): string =>
  forecast.signal === 'fds' ? `fds ${fds?.pid ?? ''}` : aboutOf(forecast);

/** All warning episodes of one sandbox: one for each signal, and the expiry clock. */
export class Alarms {
  readonly #sandboxId: string;
  #policy: AlertPolicy;
  /** By what they are about: of several disks each has its own. */
  readonly #episodes = new Map<string, EpisodeState>();
  #expiry: ExpiryState;
  #signs: SignState = noSigns;
  #changes: AlarmChange[] = [];
  readonly #full = new FullSigns();

  constructor(sandboxId: string, policy: AlertPolicy) {
    this.#sandboxId = sandboxId;
    this.#policy = policy;
    this.#expiry = quietExpiry(sandboxId);
  }

  setPolicy(policy: AlertPolicy): void {
    this.#policy = policy;
  }

  /** Takes in the forecasts made with `sample`. */
  sample(sample: Sample, forecasts: readonly Forecast[]): void {
    const { state, sign } = readSigns(this.#signs, sample, this.#policy);
    this.#signs = state;
    const fresh = signalsIn(sample);
    // A computer that slept tells of the night with the first sample: what was warned of before it is another story.
    this.#abandon(sample.atMs);
    for (const forecast of forecasts) {
      const { signal } = forecast;
      if (!fresh.has(signal) || !isExhaustible(signal)) continue;
      const key = aboutOf(forecast);
      const before = this.#episodes.get(key) ?? quietEpisode(this.#sandboxId, signal);
      const input = {
        atMs: sample.atMs,
        cadenceMs: sample.cadenceMs,
        forecast,
        hardSign: signal === 'memory' ? sign : this.#full.of(forecast, fullKey(forecast, sample)),
      };
      this.#take(key, stepEpisode(before, input, this.#policy));
    }
    for (const { place, usedBytes, limitBytes } of sample.otherDisks ?? none)
      this.#full.other(aboutOf({ signal: 'disk', place }), usedBytes, limitBytes);
    for (const { place, used, limit } of sample.otherInodes ?? none)
      this.#full.other(aboutOf({ signal: 'inodes', place }), used, limit);
    // Nothing is said of a heap any more once its process has ended; one that broke is claimed by its exit code or its error.
    const heap = this.#episodes.get('heap');
    if (heap !== undefined && fresh.has('heap') && !forecasts.some(({ signal }) => signal === 'heap')) {
      this.#take('heap', endEpisode(heap, sample.atMs, 'recovered', this.#policy));
    }
  }

  /** Lets time pass: the expiry clock goes on, and episodes of which nothing is heard run out. */
  clock(nowMs: number, forecasts: readonly Forecast[]): void {
    this.#abandon(nowMs);
    const forecast = forecasts.find((each) => each.signal === 'expiry');
    if (forecast === undefined) return;
    const step = stepExpiry(this.#expiry, nowMs, forecast, this.#policy);
    this.#expiry = step.state;
    this.#tell(step.state.episode, step.changes);
  }

  /** Takes in the deadline as it is now; see `moveDeadline`. */
  deadline(deadlineMs: number | null, grantedAtMs: number, byPerson: boolean): void {
    this.#expiry = moveDeadline(this.#expiry, deadlineMs, grantedAtMs, byPerson);
    if (deadlineMs === null) this.#endExpiry(grantedAtMs, 'recovered');
  }

  /** The newest extension was the person's own. */
  extendedByPerson(): void {
    this.#expiry = forgetLastHabit(this.#expiry);
  }

  /** Ends the episodes of `signals` as broken. @returns the warning that came first among them, or null. */
  broke(signals: readonly SignalName[], atMs: number): Warning | null {
    const claimed: Warning[] = [];
    for (const signal of signals) {
      this.#full.broke(signal);
      if (signal === 'expiry') this.#endExpiry(atMs, 'broke');
      // Which of several disks it was is not told.
      for (const [key, episode] of this.#episodes)
        if (episode.signal === signal) this.#take(key, endEpisode(episode, atMs, 'broke', this.#policy));
      for (const { warning } of [...this.#episodes.values(), this.#expiry.episode])
        if (warning?.signal === signal && warning.outcome === 'broke' && warning.endedAtMs === atMs)
          claimed.push(warning);
    }
    const began = (warning: Warning): number => warning.warnedAtMs ?? Number.POSITIVE_INFINITY;
    return claimed.toSorted((a, b) => (began(a) < began(b) ? -1 : 1))[0] ?? null;
  }

  /** What this warning was about was taken for broken, and was not. */
  didNotBreak(warningId: string): void {
    for (const [key, episode] of this.#episodes) {
      if (episode.warning?.id === warningId) this.#take(key, takeBackBreak(episode));
    }
    if (this.#expiry.episode.warning?.id !== warningId) return;
    const step = takeBackBreak(this.#expiry.episode);
    this.#expiry = { ...this.#expiry, episode: step.state };
    this.#tell(step.state, step.changes);
  }

  /** The sandbox is over: what is still open is not going to happen any more. */
  endAll(atMs: number): void {
    for (const [key, episode] of this.#episodes) this.#take(key, endEpisode(episode, atMs, 'recovered', this.#policy));
    this.#endExpiry(atMs, 'recovered');
    this.#signs = noSigns;
  }

  /** @returns the level of each signal with an open episode; without `resources` that of the expiry clock only. */
  levels(resources: boolean): ReadonlyMap<SignalName, WarningLevel> {
    const levels = new Map<SignalName, WarningLevel>();
    for (const episode of [...(resources ? this.#episodes.values() : []), this.#expiry.episode]) {
      const open = openEpisode(episode);
      if (open !== null && !atLeast(levels.get(open.signal) ?? 'calm', open.level)) levels.set(open.signal, open.level);
    }
    return levels;
  }

  /** Whether something that is measured is warned of. */
  get isWarned(): boolean {
    return [...this.#episodes.values()].some((episode) => atLeast(openEpisode(episode)?.level ?? 'calm', 'warn'));
  }

  /** @returns the open episode with the highest level (of several: that of `preferred`), else the one that ended last. */
  current(preferred: SignalName | null): Warning | null {
    const all = [...this.#episodes.values(), this.#expiry.episode]
      .map((each) => each.warning)
      .filter((each) => each !== null);
    const ranked = all.toSorted((a, b) => {
      if ((a.outcome === 'open') !== (b.outcome === 'open')) return a.outcome === 'open' ? -1 : 1;
      if (a.outcome !== 'open') return (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0);
      if (a.level !== b.level) return atLeast(a.level, b.level) ? -1 : 1;
      return Number(b.signal === preferred) - Number(a.signal === preferred);
    });
    return ranked[0] ?? null;
  }

  /** @returns the changes since the last call, oldest first. */
  takeChanges(): readonly AlarmChange[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  #abandon(nowMs: number): void {
    for (const [key, episode] of this.#episodes) this.#take(key, abandonEpisode(episode, nowMs, this.#policy));
  }

  #endExpiry(atMs: number, outcome: 'recovered' | 'broke'): void {
    const step = endEpisode(this.#expiry.episode, atMs, outcome, this.#policy);
    this.#expiry = { ...this.#expiry, episode: step.state };
    this.#tell(step.state, step.changes);
  }

  #take(key: string, step: EpisodeStep): void {
    this.#episodes.set(key, step.state);
    this.#tell(step.state, step.changes);
  }

  #tell(state: EpisodeState, changes: readonly WarningChange[]): void {
    if (state.warning === null) return;
    for (const change of changes) this.#changes.push({ change, warning: state.warning });
  }
}
