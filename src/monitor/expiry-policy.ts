import type { Forecast } from '../model/forecast.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';
import type { AlertPolicy, ExpiryStep } from './alert-policy.ts';
import {
  beginEpisode,
  type EpisodeState,
  type EpisodeStep,
  endEpisode,
  openEpisode,
  quietEpisode,
  raise,
} from './episode.ts';
import type { WarningChange } from './monitor-types.ts';

/** The expiry clock of one sandbox: its episode and how its deadline has moved. */
export interface ExpiryState {
  readonly episode: EpisodeState;
  readonly deadlineMs: number | null;
  /** The longest time that was ever granted at once: a short extension does not make a short life. */
  readonly lifetimeMs: number;
  /** Time that was left at the last extensions nobody asked us for, newest last. */
  readonly habitLeftMs: readonly number[];
  /** The same before the deadline moved last. */
  readonly habitBeforeMs: readonly number[];
}

const habitMemory = 3;

/** @returns the clock of a sandbox of which no deadline is known yet. */
export const quietExpiry = (sandboxId: string): ExpiryState => ({
  episode: quietEpisode(sandboxId, 'expiry'),
  deadlineMs: null,
  lifetimeMs: 0,
  habitLeftMs: [],
  habitBeforeMs: [],
});

/**
 * Takes in the deadline as it is now.
 * @param grantedAtMs when it was granted: the time of creation for the first one, else the time it was seen to move.
 * @param byPerson the person moved it through us; that is no habit.
 */
export const moveDeadline = (
  state: ExpiryState,
  deadlineMs: number | null,
  grantedAtMs: number,
  byPerson: boolean,
): ExpiryState => {
  const previous = state.deadlineMs;
  if (deadlineMs === previous) return state;
  const extended = previous !== null && deadlineMs !== null && deadlineMs > previous;
  // Seen only when the old one had passed (the computer slept, the sandbox was paused), it tells nothing of how much was left.
  const isTelling = extended && !byPerson && previous > grantedAtMs;
  const habit = isTelling ? [...state.habitLeftMs, previous - grantedAtMs].slice(-habitMemory) : state.habitLeftMs;
  const lifetimeMs = deadlineMs === null ? state.lifetimeMs : Math.max(state.lifetimeMs, deadlineMs - grantedAtMs);
  return { ...state, deadlineMs, lifetimeMs, habitLeftMs: habit, habitBeforeMs: state.habitLeftMs };
};

/** Takes back the newest extension as a habit: it turned out that the person made it. */
export const forgetLastHabit = (state: ExpiryState): ExpiryState => ({
  ...state,
  habitLeftMs: state.habitBeforeMs,
});

/** @returns the level that the clock alone asks for. */
export const expiryLevel = (state: ExpiryState, nowMs: number, policy: AlertPolicy): WarningLevel => {
  if (state.deadlineMs === null) return 'calm';
  const rules = policy.expiry;
  const { lifetimeMs } = state;
  const habitMs =
    state.habitLeftMs.length >= rules.habitCount
      ? Math.min(...state.habitLeftMs) * rules.habitShare
      : Number.POSITIVE_INFINITY;
  const reach = (step: ExpiryStep): number => Math.min(step.leftMs, step.lifetimeShare * lifetimeMs);
  const criticalMs = Math.min(reach(rules.critical), habitMs);
  const floorMs = Math.min(rules.warnFloorMs, lifetimeMs / 2);
  const warnMs = Math.min(Math.max(reach(rules.warn), floorMs), habitMs);
  const watchMs = Math.min(Math.max(reach(rules.watch), warnMs), habitMs);
  const leftMs = state.deadlineMs - nowMs;
  if (leftMs <= criticalMs) return 'critical';
  if (leftMs <= warnMs) return 'warn';
  return leftMs <= watchMs ? 'watch' : 'calm';
};

/** Lets the clock go on to `nowMs`. A deadline that moved away ends the episode as recovered. */
export const stepExpiry = (
  state: ExpiryState,
  nowMs: number,
  forecast: Forecast,
  policy: AlertPolicy,
): { readonly state: ExpiryState; readonly changes: EpisodeStep['changes'] } => {
  const level = expiryLevel(state, nowMs, policy);
  const episode: EpisodeState = { ...state.episode, lastAtMs: nowMs };
  let open = openEpisode(episode);
  const changes: WarningChange[] = [];
  let present = episode;
  const extended = open !== null && state.deadlineMs !== open.forecast.limit && !atLeast(level, open.level);
  if (open !== null && (level === 'calm' || extended)) {
    const ended = endEpisode(episode, nowMs, 'recovered', policy);
    present = ended.state;
    changes.push(...ended.changes);
    open = null;
  }
  if (level === 'calm') return { state: { ...state, episode: present }, changes };
  if (open === null) changes.push('started');
  const raised = raise(open ?? beginEpisode(present, nowMs, forecast), level, nowMs, forecast);
  return {
    state: { ...state, episode: { ...present, warning: raised.warning } },
    changes: [...changes, ...raised.changes],
  };
};
