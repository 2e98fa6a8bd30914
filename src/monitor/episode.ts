import type { Forecast } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import type { SignalName } from '../model/signal.ts';
import { atLeast, type Warning, type WarningLevel } from '../model/warning.ts';
import type { AlertPolicy } from './alert-policy.ts';
import type { WarningChange } from './monitor-types.ts';

/** Where one signal of one sandbox stands: its open or last episode and the timers of the policy. */
export interface EpisodeState {
  readonly sandboxId: string;
  readonly signal: SignalName;
  /** The open episode or the one that ended last. */
  readonly warning: Warning | null;
  /** Since when one of the probabilities has been above its warning line without a gap. */
  readonly aboveSinceMs: number | null;
  /** Since when it has been below the clearing line without a gap. */
  readonly belowSinceMs: number | null;
  readonly lastAtMs: number | null;
  /** The usual time between two readings of this signal, milliseconds. */
  readonly usualStepMs: number | null;
  /** No new warning before this time. */
  readonly quietUntilMs: number | null;
}

/** One new forecast that rests on a reading of the sandbox itself. */
export interface EpisodeInput {
  /** Time of the sample, epoch milliseconds. */
  readonly atMs: number;
  readonly cadenceMs: number;
  readonly forecast: Forecast;
  /** A sign that needs no forecast, in words, or null. */
  readonly hardSign: string | null;
}

/** A new state and what there is to tell of it. */
export interface EpisodeStep {
  readonly state: EpisodeState;
  readonly changes: readonly WarningChange[];
}

/** @returns the state of a signal that has never been watched. */
export const quietEpisode = (sandboxId: string, signal: SignalName): EpisodeState => ({
  sandboxId,
  signal,
  warning: null,
  aboveSinceMs: null,
  belowSinceMs: null,
  lastAtMs: null,
  usualStepMs: null,
  quietUntilMs: null,
});

/** @returns the episode if it is open. */
export const openEpisode = (state: EpisodeState): Warning | null =>
  state.warning?.outcome === 'open' ? state.warning : null;

/** The time, which alone would come a second time after a clock was set back: then what follows the last one. */
const numberOf = ({ warning }: EpisodeState, atMs: number): number => {
  const last = warning === null ? Number.NEGATIVE_INFINITY : Number(warning.id.slice(warning.id.lastIndexOf('/') + 1));
  return Math.max(atMs, last + 1);
};

/** @returns a new episode at `watch`. */
export const beginEpisode = (state: EpisodeState, atMs: number, forecast: Forecast): Warning => ({
  id: `${state.sandboxId}/${state.signal}/${numberOf(state, atMs)}`,
  sandboxId: state.sandboxId,
  signal: state.signal,
  level: 'watch',
  startedAtMs: atMs,
  warnedAtMs: null,
  criticalAtMs: null,
  forecast,
  endedAtMs: null,
  outcome: 'open',
});

/** Raises `warning` to `level`, telling each step it reaches for the first time. A lower level changes nothing. */
export const raise = (
  warning: Warning,
  level: WarningLevel,
  atMs: number,
  forecast: Forecast,
): { readonly warning: Warning; readonly changes: readonly WarningChange[] } => {
  if (atLeast(warning.level, level)) {
    return { warning: warning.warnedAtMs === null ? { ...warning, forecast } : warning, changes: [] };
  }
  const warns = atLeast(level, 'warn') && warning.warnedAtMs === null;
  const turnsCritical = level === 'critical' && warning.criticalAtMs === null;
  const changes: WarningChange[] = [];
  if (warns) changes.push('warned');
  if (turnsCritical) changes.push('critical');
  return {
    warning: {
      ...warning,
      level,
      forecast: warning.warnedAtMs === null ? forecast : warning.forecast,
      warnedAtMs: warns ? atMs : warning.warnedAtMs,
      criticalAtMs: turnsCritical ? atMs : warning.criticalAtMs,
    },
    changes,
  };
};

const stepSmoothing = 0.2;

interface Timers {
  readonly aboveSinceMs: number | null;
  readonly belowSinceMs: number | null;
  readonly usualStepMs: number | null;
  readonly quietUntilMs: number | null;
}

const probability = (value: number): number => (Number.isFinite(value) ? value : 0);

/** The probability within 120 s; of a source that reports every half minute that within 300 s, or it would be believed too late. */
const within120 = ({ forecast, cadenceMs }: EpisodeInput, policy: AlertPolicy): number =>
  probability(cadenceMs > policy.seldomCadenceMs ? forecast.pBreak300 : forecast.pBreak120);

/** The line that the probability has to reach, by how much time the forecast leaves. */
const lineOf = ({ forecast, cadenceMs }: EpisodeInput, policy: AlertPolicy): number => {
  // Of a source that reports seldom the next reading may be the last: it cannot be waited for.
  if (cadenceMs > policy.noticeCadenceMs) return policy.nearProbability;
  if (forecast.timeToLimitMs === null) return policy.warnProbability;
  const { p50 } = forecast.timeToLimitMs;
  if (p50 <= policy.nearTimeMs) return policy.nearProbability;
  return p50 <= policy.fairTimeMs ? policy.warnProbability : policy.farProbability;
};

/** A climb that has lasted for a multiple of what is left, and is all but certain to get there. */
const isLong = ({ pBreak300, risingForMs, timeToLimitMs }: Forecast, policy: AlertPolicy): boolean =>
  probability(pBreak300) >= policy.longProbability300 &&
  timeToLimitMs !== null &&
  timeToLimitMs.p50 <= policy.longShare * (risingForMs ?? 0);

/** What is full is not over because it does not rise any more. */
const isPressing = ({ hardSign, forecast }: EpisodeInput): boolean => hardSign !== null || isFull(forecast);

/** The time between two readings of this signal, smoothed; a hole counts as a minute at most. */
const usualStep = (beforeMs: number | null, elapsedMs: number): number | null => {
  if (!(elapsedMs >= 0 && Number.isFinite(elapsedMs))) return beforeMs;
  const stepMs = Math.min(elapsedMs, 60_000);
  return beforeMs === null ? stepMs : beforeMs + (stepMs - beforeMs) * stepSmoothing;
};

const turnTimers = (state: EpisodeState, input: EpisodeInput, policy: AlertPolicy): Timers => {
  const { atMs } = input;
  const elapsedMs = state.lastAtMs === null ? Number.POSITIVE_INFINITY : atMs - state.lastAtMs;
  // Not every reading has all signals: what is looked at every ten seconds is not torn by that.
  const usualMs = Math.max(input.cadenceMs, state.usualStepMs ?? 0);
  const torn = elapsedMs < 0 || elapsedMs > Math.max(policy.maxGapMs, 3 * usualMs);
  const p120 = within120(input, policy);
  const above =
    p120 >= lineOf(input, policy) ||
    probability(input.forecast.pBreak60) >= policy.sureProbability60 ||
    (p120 >= policy.watchProbability && isLong(input.forecast, policy));
  const keep = (since: number | null): number => (torn || since === null ? atMs : since);
  return {
    aboveSinceMs: above ? keep(state.aboveSinceMs) : null,
    belowSinceMs: p120 < policy.clearProbability && !isPressing(input) ? keep(state.belowSinceMs) : null,
    usualStepMs: usualStep(state.usualStepMs, elapsedMs),
    // A clock that was set back must not make the quiet time longer than the policy says.
    quietUntilMs: state.quietUntilMs === null ? null : Math.min(state.quietUntilMs, atMs + policy.cooldownMs),
  };
};

/** Whether there is still time to act on the forecast. */
const leavesTime = ({ forecast, cadenceMs }: EpisodeInput, policy: AlertPolicy): boolean => {
  if (forecast.timeToLimitMs === null || cadenceMs > policy.noticeCadenceMs) return true;
  const { p50, p90 } = forecast.timeToLimitMs;
  // What comes in steps may well need longer than its last step says.
  return !(p50 < policy.leastNoticeMs) || (p50 >= policy.doubtfulNoticeMs && p90 >= policy.doubtfulTimeMs);
};

const wantedLevel = (input: EpisodeInput, timers: Timers, hasWarned: boolean, policy: AlertPolicy): WarningLevel => {
  const { atMs, forecast, hardSign } = input;
  const watched = within120(input, policy) >= policy.watchProbability ? 'watch' : 'calm';
  if (timers.quietUntilMs !== null && atMs < timers.quietUntilMs) return watched;
  if (hardSign !== null) return 'critical';
  if (timers.aboveSinceMs === null || atMs - timers.aboveSinceMs < policy.warnHoldMs) return watched;
  if (!hasWarned && !leavesTime(input, policy)) return watched;
  const p60 = probability(forecast.pBreak60);
  if (forecast.timeToLimitMs === null) return p60 >= policy.criticalProbability ? 'critical' : 'warn';
  return forecast.timeToLimitMs.p50 < policy.criticalTimeMs && p60 >= policy.soonProbability ? 'critical' : 'warn';
};

const reopens = (warning: Warning | null, atMs: number, policy: AlertPolicy): warning is Warning =>
  warning?.outcome === 'recovered' &&
  warning.endedAtMs !== null &&
  atMs >= warning.endedAtMs &&
  atMs - warning.endedAtMs < policy.mergeGapMs;

/**
 * Takes in one forecast. Within one episode the level only rises; `warned` and `critical` are told at most once for
 * one `warning.id`, also when the episode recovers and comes back within the merge gap.
 */
export const stepEpisode = (state: EpisodeState, input: EpisodeInput, policy: AlertPolicy): EpisodeStep => {
  const timers = turnTimers(state, input, policy);
  const { atMs, forecast } = input;
  const next: EpisodeState = { ...state, ...timers, lastAtMs: atMs };
  const open = openEpisode(state);
  const wanted = wantedLevel(input, timers, open !== null && open.warnedAtMs !== null, policy);
  if (open !== null && timers.belowSinceMs !== null && atMs - timers.belowSinceMs >= policy.clearHoldMs) {
    return endEpisode(next, atMs, 'recovered', policy);
  }
  if (open === null && wanted === 'calm') return { state: next, changes: [] };
  const changes: WarningChange[] = [];
  let warning: Warning;
  if (open !== null) warning = open;
  else if (reopens(state.warning, atMs, policy)) {
    warning = { ...state.warning, level: 'watch', endedAtMs: null, outcome: 'open' };
    changes.push('reopened');
  } else {
    warning = beginEpisode(state, atMs, forecast);
    changes.push('started');
  }
  // Swap that is full ends nothing by itself: it is shown, but it never speaks.
  const raised = raise(warning, state.signal === 'swap' && atLeast(wanted, 'warn') ? 'watch' : wanted, atMs, forecast);
  return { state: { ...next, warning: raised.warning }, changes: [...changes, ...raised.changes] };
};

/**
 * Ends the episode. A break also claims an episode that recovered less than the merge gap ago.
 * @returns the same state when there is nothing to end.
 */
export const endEpisode = (
  state: EpisodeState,
  atMs: number,
  outcome: 'recovered' | 'broke',
  policy: AlertPolicy,
): EpisodeStep => {
  const warning = openEpisode(state);
  const claimed = outcome === 'broke' && reopens(state.warning, atMs, policy) ? state.warning : null;
  const ending = warning ?? claimed;
  if (ending === null) return { state, changes: [] };
  return {
    state: {
      ...state,
      warning: { ...ending, outcome, endedAtMs: atMs },
      aboveSinceMs: null,
      belowSinceMs: null,
      quietUntilMs: outcome === 'broke' ? atMs + policy.cooldownMs : state.quietUntilMs,
    },
    changes: [outcome],
  };
};

/** @returns the episode as one that nothing came of, when it had been taken for broken. */
export const takeBackBreak = (state: EpisodeState): EpisodeStep =>
  state.warning?.outcome === 'broke'
    ? { state: { ...state, warning: { ...state.warning, outcome: 'recovered' } }, changes: ['recovered'] }
    : { state, changes: [] };

/** Ends an episode of which nothing was heard for so long that its forecast has run out, at the moment when it did. */
export const abandonEpisode = (state: EpisodeState, nowMs: number, policy: AlertPolicy): EpisodeStep => {
  const endsAtMs = (state.lastAtMs ?? nowMs) + policy.abandonMs;
  return nowMs > endsAtMs ? endEpisode(state, endsAtMs, 'recovered', policy) : { state, changes: [] };
};
