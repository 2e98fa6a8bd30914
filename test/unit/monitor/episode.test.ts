import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../../src/model/forecast.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { type EpisodeState, endEpisode, quietEpisode, stepEpisode } from '../../../src/monitor/episode.ts';
import { calmForecast, id, risky, t0 } from './scene.ts';

const policy = alertPolicy('balanced');

interface Point {
  readonly second: number;
  readonly forecast: Forecast;
  readonly hardSign?: string;
  readonly cadenceMs?: number;
}

const run = (points: readonly Point[], start: EpisodeState = quietEpisode(id, 'memory')) => {
  const told: string[] = [];
  let state = start;
  for (const { second, forecast, hardSign, cadenceMs } of points) {
    const step = stepEpisode(
      state,
      { atMs: t0 + second * 1000, cadenceMs: cadenceMs ?? 1000, forecast, hardSign: hardSign ?? null },
      policy,
    );
    state = step.state;
    for (const change of step.changes) told.push(`${second} ${change}`);
  }
  return { state, told };
};

const every = (from: number, to: number, forecast: Forecast, step = 1): Point[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => ({
    second: from + index * step,
    forecast,
    cadenceMs: step * 1000,
  }));

describe('an episode', () => {
  it('goes from watch to warn only after the probability has held for a second', () => {
    const { told } = run([...every(0, 1, risky(0.4)), ...every(2, 6, risky(0.7))]);
    expect(told).toEqual(['0 started', '3 warned']);
  });

  it('does not warn of a single peak', () => {
    const { told, state } = run([{ second: 0, forecast: risky(0.9) }, ...every(1, 10, risky(0.35))]);
    expect(told).toEqual(['0 started']);
    expect(state.warning?.level).toBe('watch');
  });

  it('measures time, not samples: with 5 s and 15 s between samples the second one confirms', () => {
    expect(run(every(0, 10, risky(0.7), 5)).told).toEqual(['0 started', '5 warned']);
    expect(run(every(0, 30, risky(0.7), 15)).told).toEqual(['0 started', '15 warned']);
  });

  it('begins to measure anew after a gap, of which nothing is known', () => {
    const { told } = run([{ second: 0, forecast: risky(0.7) }, ...every(60, 64, risky(0.7))]);
    expect(told).toEqual(['0 started', '61 warned']);
  });

  it('turns critical when a break within 60 s is likely and no time is known', () => {
    const known = risky(0.95, { pBreak60: 0.85, timeToLimitMs: null });
    const { told } = run([...every(0, 5, risky(0.7)), ...every(6, 7, known)]);
    expect(told).toEqual(['0 started', '1 warned', '6 critical']);
  });

  it('is a warning while more than half a minute is left, however sure it is', () => {
    const sure = risky(1, { pBreak60: 1, timeToLimitMs: { p10: 38_000, p50: 40_000, p90: 44_000 } });
    expect(run(every(0, 10, sure)).told).toEqual(['0 started', '1 warned']);
  });

  it('turns critical when the median time is under half a minute', () => {
    const near = risky(0.9, { pBreak60: 0.5, timeToLimitMs: { p10: 20_000, p50: 29_000, p90: 50_000 } });
    const { told, state } = run([...every(0, 5, risky(0.7)), { second: 6, forecast: near }]);
    expect(told).toEqual(['0 started', '1 warned', '6 critical']);
    expect(state.warning?.criticalAtMs).toBe(t0 + 6000);
  });

  it('stays at warn when the median time is under half a minute, but a break within 60 s is not likely', () => {
    const doubtful = risky(0.9, { pBreak60: 0.49, timeToLimitMs: { p10: 20_000, p50: 29_000, p90: 50_000 } });
    expect(run(every(0, 10, doubtful)).told).toEqual(['0 started', '1 warned']);
  });

  it('does not believe a short time alone while the probability is low', () => {
    const unlikely = risky(0.2, { timeToLimitMs: { p10: 1, p50: 2, p90: 3 } });
    expect(run(every(0, 20, unlikely)).told).toEqual([]);
  });

  it('is critical at once on a hard sign, and still tells of the warning first', () => {
    const { told } = run([{ second: 0, forecast: calmForecast(), hardSign: 'stalled' }]);
    expect(told).toEqual(['0 started', '0 warned', '0 critical']);
  });

  it('recovers after 15 s below a third of the warning line', () => {
    const { told, state } = run([...every(0, 5, risky(0.7)), ...every(6, 30, calmForecast())]);
    expect(told).toEqual(['0 started', '1 warned', '21 recovered']);
    expect(state.warning).toMatchObject({ outcome: 'recovered', endedAtMs: t0 + 21_000, level: 'warn' });
  });

  it('does not recover while the probability lies between the lines', () => {
    const { state } = run([...every(0, 5, risky(0.7)), ...every(6, 60, risky(0.25))]);
    expect(state.warning).toMatchObject({ outcome: 'open', level: 'warn' });
  });

  it('is the same episode when it comes back within a minute, and does not warn again', () => {
    const { told, state } = run([
      ...every(0, 5, risky(0.7)),
      ...every(6, 21, calmForecast()),
      ...every(22, 70, risky(0.7)),
    ]);
    expect(told).toEqual(['0 started', '1 warned', '21 recovered', '22 reopened']);
    expect(state.warning).toMatchObject({ id: `${id}/memory/${t0}`, level: 'warn', outcome: 'open' });
  });

  it('has a name of its own, also when the clock goes back to the moment at which another one began', () => {
    const first = run([...every(0, 5, risky(0.7)), ...every(6, 21, calmForecast())]);
    const second = run(every(120, 125, risky(0.7)), first.state);
    const over = endEpisode(second.state, t0 + 126_000, 'broke', policy).state;
    const third = run(every(0, 5, risky(0.7)), over);
    const ids = [first, second, third].map(({ state }) => state.warning?.id);
    expect(ids[0]).toBe(`${id}/memory/${t0}`);
    expect(new Set(ids).size).toBe(3);
    expect(third.state.warning?.startedAtMs).toBe(t0);
  });

  it('is a new episode when it comes back later', () => {
    const { told, state } = run([
      ...every(0, 5, risky(0.7)),
      ...every(6, 90, calmForecast()),
      ...every(91, 95, risky(0.7)),
    ]);
    expect(told).toEqual(['0 started', '1 warned', '21 recovered', '91 started', '92 warned']);
    expect(state.warning?.startedAtMs).toBe(t0 + 91_000);
  });

  it('keeps quiet for a minute after a break, also on a hard sign', () => {
    const broken = endEpisode(run(every(0, 5, risky(0.7))).state, t0 + 6000, 'broke', policy).state;
    const { told } = run(
      [
        ...every(7, 65, risky(0.9)),
        { second: 65.5, forecast: risky(0.9), hardSign: 'stalled' },
        ...every(66, 70, risky(0.9)),
      ],
      broken,
    );
    expect(told).toEqual(['7 started', '66 warned']);
  });

  it('lets a break claim an episode that has just recovered', () => {
    const { state } = run([...every(0, 5, risky(0.7)), ...every(6, 30, calmForecast())]);
    const step = endEpisode(state, t0 + 40_000, 'broke', policy);
    expect(step.changes).toEqual(['broke']);
    expect(step.state.warning).toMatchObject({ outcome: 'broke', endedAtMs: t0 + 40_000 });
    expect(endEpisode(state, t0 + 100_000, 'broke', policy).changes).toEqual([]);
  });

  it('keeps the forecast that raised it to warn', () => {
    const { state } = run([
      ...every(0, 3, risky(0.7, { evidence: 'first' })),
      ...every(4, 9, risky(0.9, { evidence: 'later' })),
    ]);
    expect(state.warning?.forecast.evidence).toBe('first');
  });

  it('never speaks for swap', () => {
    const { told, state } = run(
      every(0, 60, risky(0.95, { signal: 'swap', pBreak60: 0.95 })),
      quietEpisode(id, 'swap'),
    );
    expect(told).toEqual(['0 started']);
    expect(state.warning?.level).toBe('watch');
  });

  it('takes probabilities that are no numbers for nothing', () => {
    expect(run(every(0, 20, risky(Number.NaN, { pBreak60: Number.NaN }))).told).toEqual([]);
  });

  it('survives a clock that was set back', () => {
    const { told } = run([{ second: 100, forecast: risky(0.7) }, ...every(0, 4, risky(0.7))]);
    expect(told).toEqual(['100 started', '1 warned']);
  });
});

describe('the sensitivity', () => {
  it('moves the warning line and the clearing line with it', () => {
    const lines = (['calm', 'balanced', 'eager'] as const).map(alertPolicy);
    for (const line of ['nearProbability', 'warnProbability', 'clearProbability'] as const) {
      const [calm = 0, balanced = 0, eager = 0] = lines.map((each) => each[line]);
      expect(calm).toBeGreaterThan(balanced);
      expect(balanced).toBeGreaterThan(eager);
    }
    for (const each of lines) expect(each.clearProbability).toBeLessThan(each.nearProbability / 2);
  });

  it('asks for more the more time is left', () => {
    for (const sensitivity of ['calm', 'balanced', 'eager'] as const) {
      const { nearProbability, warnProbability, farProbability } = alertPolicy(sensitivity);
      expect(warnProbability).toBeGreaterThan(nearProbability);
      expect(farProbability).toBeGreaterThan(warnProbability);
    }
  });
});

describe('notice', () => {
  const short = risky(0.95, { pBreak60: 0.7, timeToLimitMs: { p10: 8_000, p50: 12_000, p90: 20_000 } });
  const fair = risky(0.95, { pBreak60: 0.7, timeToLimitMs: { p10: 25_000, p50: 40_000, p90: 60_000 } });

  it('a forecast that leaves no time to act raises no warning any more', () => {
    expect(run(every(0, 20, short)).told).toEqual(['0 started']);
    expect(run([...every(0, 20, short), ...every(21, 30, fair)]).told).toEqual(['0 started', '21 warned']);
  });

  it('but what was warned of in time goes on to critical', () => {
    const { told } = run([...every(0, 5, risky(0.9)), ...every(6, 10, short)]);
    expect(told).toEqual(['0 started', '1 warned', '6 critical']);
  });

  it('hard signs and sources that report seldom are heard with any notice', () => {
    expect(run([{ second: 0, forecast: short, hardSign: 'stands still' }]).told).toContain('0 critical');
    expect(run(every(0, 40, short, 10)).told).toContain('10 warned');
  });

  it('of a source that reports every half minute, the probability within 300 s counts', () => {
    const far = risky(0.2, { pBreak60: 0, pBreak300: 0.9 });
    expect(run(every(0, 60, far, 30)).told).toEqual(['0 started', '30 warned']);
    expect(run(every(0, 60, far)).told).toEqual([]);
  });
});

describe('waiting while there is time', () => {
  const at = (pBreak120: number, seconds: number, pBreak60 = 0.3): Forecast =>
    risky(pBreak120, {
      pBreak60,
      timeToLimitMs: { p10: 800 * seconds, p50: 1000 * seconds, p90: 1300 * seconds },
    });
  const warns = (forecast: Forecast): boolean =>
    run(every(0, 20, forecast)).told.some((each) => each.endsWith('warned'));

  it('a likely break is told of when little time is left, and not a minute before', () => {
    const { nearProbability, nearTimeMs } = policy;
    expect(warns(at(nearProbability, nearTimeMs / 1000))).toBe(true);
    expect(warns(at(nearProbability, nearTimeMs / 1000 + 1))).toBe(false);
  });

  it('the surer it is, the earlier it is told of', () => {
    const { warnProbability, farProbability, fairTimeMs } = policy;
    expect(warns(at(warnProbability, fairTimeMs / 1000))).toBe(true);
    expect(warns(at(warnProbability, fairTimeMs / 1000 + 1))).toBe(false);
    expect(warns(at(farProbability, 110))).toBe(true);
  });

  it('what is all but certain within a minute is told of whatever time is said', () => {
    expect(warns(at(0.82, 90, policy.sureProbability60))).toBe(true);
  });

  it('without a time the middle line holds', () => {
    expect(warns(risky(policy.warnProbability, { timeToLimitMs: null }))).toBe(true);
    expect(warns(risky(policy.warnProbability - 0.01, { timeToLimitMs: null }))).toBe(false);
  });

  it('a climb that has lasted for twice as long as what is left is told of minutes before', () => {
    const { longProbability300, longShare, watchProbability } = policy;
    const long = (part: Partial<Forecast> = {}): Forecast => ({
      ...at(watchProbability, 150),
      pBreak300: longProbability300,
      risingForMs: 150_000 / longShare,
      ...part,
    });
    expect(warns(long())).toBe(true);
    expect(warns(long({ risingForMs: 150_000 / longShare - 1_000 }))).toBe(false);
    expect(warns(long({ pBreak300: longProbability300 - 0.01 }))).toBe(false);
    expect(warns(long({ pBreak120: watchProbability - 0.01 }))).toBe(false);
    const { risingForMs: _, ...unknown } = long();
    expect(warns(unknown)).toBe(false);
    expect(warns(long({ timeToLimitMs: null }))).toBe(false);
  });

  it('of what comes in steps a shorter time will do, if it may well be longer', () => {
    const stairs = (p90: number): Forecast => risky(0.9, { timeToLimitMs: { p10: 15_000, p50: 25_000, p90 } });
    expect(warns(stairs(policy.doubtfulTimeMs))).toBe(true);
    expect(warns(stairs(policy.doubtfulTimeMs - 1))).toBe(false);
  });

  it('a source that reports seldom is not waited for', () => {
    expect(run(every(0, 30, at(policy.nearProbability, 100), 10)).told).toContain('10 warned');
  });
});
