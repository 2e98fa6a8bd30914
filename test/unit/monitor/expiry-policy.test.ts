import { describe, expect, it } from 'vitest';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import {
  type ExpiryState,
  expiryLevel,
  forgetLastHabit,
  moveDeadline,
  quietExpiry,
  stepExpiry,
} from '../../../src/monitor/expiry-policy.ts';
import { calmForecast, id, t0 } from './scene.ts';

const minute = 60_000;
const policy = alertPolicy('balanced');

const granted = (lifetimeMs: number): ExpiryState => moveDeadline(quietExpiry(id), t0 + lifetimeMs, t0, false);

const clock = (limit: number) => calmForecast({ signal: 'expiry', limit });

/** Minutes left at which each level begins. */
const beginnings = (
  state: ExpiryState,
  sensitivity: 'calm' | 'balanced' | 'eager' = 'balanced',
): Record<string, number> => {
  const found: Record<string, number> = {};
  const deadline = state.deadlineMs ?? 0;
  for (let leftMs = state.lifetimeMs; leftMs >= 0; leftMs -= 1000) {
    const level = expiryLevel(state, deadline - leftMs, alertPolicy(sensitivity));
    if (level !== 'calm') found[level] ??= leftMs / minute;
  }
  return found;
};

describe('the expiry clock', () => {
  it('watches at ten minutes, warns at five, is critical at one for a long life', () => {
    expect(beginnings(granted(60 * minute))).toEqual({ watch: 10, warn: 5, critical: 1 });
  });

  it('is later for the calm and earlier for the eager', () => {
    expect(beginnings(granted(60 * minute), 'calm')).toEqual({ watch: 5, warn: 2, critical: 1 });
    expect(beginnings(granted(60 * minute), 'eager')).toEqual({ watch: 20, warn: 10, critical: 2 });
  });

  it('goes by the share of a short life', () => {
    expect(beginnings(granted(10 * minute))).toEqual({ watch: 5, warn: 2.5, critical: 1 });
    expect(beginnings(granted(minute))).toEqual({ warn: 0.5, critical: 0.1 });
  });

  it('does nothing without a deadline', () => {
    expect(expiryLevel(quietExpiry(id), t0, policy)).toBe('calm');
  });

  it('waits longer for a deadline that is extended by habit', () => {
    let state = granted(10 * minute);
    for (let round = 1; round <= 2; round++) {
      const deadline = state.deadlineMs ?? 0;
      state = moveDeadline(state, deadline + 8 * minute, deadline - 2 * minute, false);
    }
    expect(beginnings(state)).toEqual({ critical: 1 });
  });

  it('is silent for one that is always extended in the last half minute', () => {
    let state = granted(10 * minute);
    for (let round = 1; round <= 3; round++) {
      const deadline = state.deadlineMs ?? 0;
      state = moveDeadline(state, deadline + 9.5 * minute, deadline - minute / 2, false);
    }
    expect(expiryLevel(state, (state.deadlineMs ?? 0) - minute / 2, policy)).toBe('calm');
    expect(expiryLevel(state, (state.deadlineMs ?? 0) - minute / 4, policy)).toBe('critical');
  });

  it('learns nothing from extensions that are seen only when the old deadline had passed', () => {
    let state = granted(10 * minute);
    for (let round = 1; round <= 2; round++) {
      // The computer slept, or the sandbox was paused, until long after it.
      const deadline = state.deadlineMs ?? 0;
      state = moveDeadline(state, deadline + 30 * minute, deadline + 20 * minute, false);
    }
    expect(beginnings(state)).toMatchObject({ warn: 2.5, critical: 1 });
  });

  it('keeps the habit of others when a late extension turns out to be the person’s', () => {
    let state = granted(10 * minute);
    for (let round = 1; round <= 2; round++) {
      const deadline = state.deadlineMs ?? 0;
      state = moveDeadline(state, deadline + 8 * minute, deadline - 2 * minute, false);
    }
    const deadline = state.deadlineMs ?? 0;
    const late = forgetLastHabit(moveDeadline(state, deadline + 12 * minute, deadline + 2 * minute, false));
    expect(beginnings(late)).toEqual({ critical: 1 });
    const early = forgetLastHabit(moveDeadline(state, deadline + 8 * minute, deadline - 8 * minute, false));
    expect(beginnings(early)).toEqual({ critical: 1 });
  });

  it('does not take the person for a habit', () => {
    let state = granted(10 * minute);
    for (let round = 1; round <= 4; round++) {
      const deadline = state.deadlineMs ?? 0;
      state = moveDeadline(state, deadline + 8 * minute, deadline - 2 * minute, true);
    }
    expect(beginnings(state)).toEqual({ watch: 5, warn: 2.5, critical: 1 });
  });

  it('tells each step once, and ends as recovered when it is extended', () => {
    let state = granted(60 * minute);
    const told: string[] = [];
    const goTo = (leftMs: number): void => {
      const deadline = state.deadlineMs ?? 0;
      const step = stepExpiry(state, deadline - leftMs, clock(deadline), policy);
      state = step.state;
      told.push(...step.changes);
    };
    for (let left = 12 * minute; left >= 3 * minute; left -= 10_000) goTo(left);
    expect(told).toEqual(['started', 'warned']);
    const first = state.episode.warning?.id;
    state = moveDeadline(state, t0 + 90 * minute, t0 + 57 * minute, true);
    goTo(33 * minute);
    expect(told).toEqual(['started', 'warned', 'recovered']);
    for (let left = 12 * minute; left >= 0; left -= 10_000) goTo(left);
    expect(told.slice(3)).toEqual(['started', 'warned', 'critical']);
    expect(state.episode.warning?.id).not.toBe(first);
  });

  it('stays in its episode when the extension is too short to matter', () => {
    let state = granted(60 * minute);
    state = stepExpiry(state, t0 + 59.5 * minute, clock(t0 + 60 * minute), policy).state;
    state = moveDeadline(state, t0 + 60 * minute + 1000, t0 + 59.9 * minute, true);
    const step = stepExpiry(state, t0 + 60 * minute, clock(t0 + 60 * minute + 1000), policy);
    expect(step.changes).toEqual([]);
    expect(step.state.episode.warning).toMatchObject({ outcome: 'open', level: 'critical' });
  });

  it('says everything at once when it is first seen half a minute before the end', () => {
    const step = stepExpiry(granted(60 * minute), t0 + 59.5 * minute, clock(t0 + 60 * minute), policy);
    expect(step.changes).toEqual(['started', 'warned', 'critical']);
  });
});
