import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WarningLevel, warningLevels } from '../../../src/model/warning.ts';
import { alertPolicy, sensitivities } from '../../../src/monitor/alert-policy.ts';
import { openEpisode, quietEpisode, stepEpisode } from '../../../src/monitor/episode.ts';
import { moveDeadline, quietExpiry, stepExpiry } from '../../../src/monitor/expiry-policy.ts';
import { sandbox } from '../../helpers/views.ts';
import {
  calmForecast,
  expiryAt,
  id,
  memoryReading,
  outcome,
  risky,
  sampleAt,
  scene,
  t0,
  wordOf,
} from '../../unit/monitor/scene.ts';

const point = fc.record({
  afterMs: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(1000, 5000, 15_000) },
    { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 3_600_000 }) },
  ),
  p120: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.29, 0.3, 0.6, 0.95)),
  p60: fc.double({ min: 0, max: 1, noNaN: true }),
  medianMs: fc.integer({ min: 0, max: 600_000 }),
  hard: fc.boolean(),
});

const rank = (level: WarningLevel): number => warningLevels.indexOf(level);

const policies = fc.constantFrom(...sensitivities).map(alertPolicy);

describe('an episode', () => {
  it('never goes back within itself, tells each step at most once, and always in order', () => {
    fc.assert(
      fc.property(policies, fc.array(point, { maxLength: 200 }), (policy, points) => {
        let state = quietEpisode(id, 'memory');
        let atMs = t0;
        const told = new Map<string, string[]>();
        for (const { afterMs, p120, p60, medianMs, hard } of points) {
          atMs += afterMs;
          const before = openEpisode(state);
          const forecast = risky(p120, {
            pBreak60: Math.min(p60, p120),
            timeToLimitMs: { p10: medianMs / 2, p50: medianMs, p90: medianMs * 2 },
          });
          const step = stepEpisode(
            state,
            { atMs, cadenceMs: 1000, forecast, hardSign: hard && p120 > 0.9 ? 'stalled' : null },
            policy,
          );
          state = step.state;
          const { warning } = state;
          if (warning === null) continue;
          const now = openEpisode(state);
          if (before !== null && now !== null) expect(rank(now.level)).toBeGreaterThanOrEqual(rank(before.level));
          const list = told.get(warning.id) ?? [];
          told.set(warning.id, [...list, ...step.changes]);
          if (rank(warning.level) >= rank('warn') && now !== null) expect(warning.warnedAtMs).not.toBeNull();
        }
        for (const list of told.values()) {
          expect(list.filter((each) => each === 'warned').length).toBeLessThanOrEqual(1);
          expect(list.filter((each) => each === 'critical').length).toBeLessThanOrEqual(1);
          if (list.includes('critical')) expect(list.indexOf('warned')).toBeLessThan(list.indexOf('critical'));
        }
      }),
    );
  });

  it('never begins from a calm forecast', () => {
    fc.assert(
      fc.property(policies, fc.array(point, { maxLength: 100 }), (policy, points) => {
        let state = quietEpisode(id, 'memory');
        let atMs = t0;
        for (const { afterMs, p120, medianMs } of points) {
          atMs += afterMs;
          const forecast = calmForecast({
            pBreak120: p120 * 0.29,
            pressure: 0.99,
            timeToLimitMs: { p10: medianMs, p50: medianMs, p90: medianMs },
          });
          const step = stepEpisode(state, { atMs, cadenceMs: 1000, forecast, hardSign: null }, policy);
          state = step.state;
          expect(step.changes).toEqual([]);
        }
        expect(state.warning).toBeNull();
      }),
    );
  });
});

describe('the expiry clock', () => {
  it('tells each step of an episode at most once, wherever the deadline goes', () => {
    const move = fc.record({
      afterMs: fc.integer({ min: 0, max: 120_000 }),
      byMs: fc.option(fc.integer({ min: -600_000, max: 1_200_000 }), { freq: 5 }),
    });
    fc.assert(
      fc.property(policies, fc.array(move, { maxLength: 100 }), (policy, moves) => {
        let nowMs = t0;
        let deadlineMs = t0 + 1_200_000;
        let state = moveDeadline(quietExpiry(id), deadlineMs, t0, false);
        const told: string[] = [];
        for (const { afterMs, byMs } of moves) {
          nowMs += afterMs;
          if (byMs !== null) {
            deadlineMs += byMs;
            state = moveDeadline(state, deadlineMs, nowMs, false);
          }
          const before = openEpisode(state.episode);
          const step = stepExpiry(state, nowMs, calmForecast({ signal: 'expiry', limit: deadlineMs }), policy);
          state = step.state;
          const now = openEpisode(state.episode);
          if (before !== null && now?.id === before.id)
            expect(rank(now.level)).toBeGreaterThanOrEqual(rank(before.level));
          told.push(...step.changes);
        }
        const episodes = told.join(' ').split('started').slice(1);
        for (const episode of episodes) {
          expect(episode.split('warned').length).toBeLessThanOrEqual(2);
          expect(episode.split('critical').length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});

type Step = (each: ReturnType<typeof scene>, seconds: number) => void;

const phases = ['running', 'paused', 'failed', 'terminated', 'unknown', 'stopping'] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ p: fc.double({ min: 0, max: 1, noNaN: true }), kills: fc.nat(3), machine: fc.boolean() })
      .map(
        ({ p, kills, machine }): Step =>
          (each, seconds) =>
            each.feed(
              sampleAt(seconds, p, {
                source: machine ? 'machine' : 'cgroup',
                memory: memoryReading(p, { oomKillCount: kills, limitHitCount: kills }),
              }),
              risky(p, { pBreak60: p }),
            ),
      ),
  },
  { weight: 3, arbitrary: fc.constant<Step>((each, seconds) => each.tick(seconds)) },
  {
    weight: 2,
    arbitrary: fc.record({ phase: fc.constantFrom(...phases), left: fc.integer({ min: -10, max: 900 }) }).map(
      ({ phase, left }): Step =>
        (each, seconds) =>
          each.monitor.lifecycle(
            sandbox({ phase, rawState: phase, expiry: expiryAt(t0 + (seconds + left) * 1000) }),
            t0 + seconds * 1000,
          ),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((each, seconds) => each.monitor.gone(t0 + seconds * 1000)) },
  { weight: 1, arbitrary: fc.constant<Step>((each, seconds) => each.monitor.forgetPast(t0 + seconds * 1000)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(5), fc.option(fc.nat(2), { nil: null })).map(
      ([no, exitCode]): Step =>
        (each, seconds) =>
          each.monitor.observe({
            kind: 'command-ended',
            sandboxId: id,
            commandId: `${no}`,
            atMs: t0 + seconds * 1000,
            exitCode,
          }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('answers', 'refused', 'no-answer', 'unknown').map(
      (answer): Step =>
        (each, seconds) =>
          each.monitor.agent(answer as 'answers', t0 + seconds * 1000),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('extend', 'delete', 'endProcess').map(
      (fix): Step =>
        (each, seconds) =>
          each.monitor.fixDone(outcome(fix as 'extend', seconds)),
    ),
  },
);

const story = fc.array(
  fc.tuple(
    step,
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 20 }) },
      { weight: 1, arbitrary: fc.integer({ min: -7200, max: 7200 }) },
    ),
  ),
  {
    maxLength: 120,
  },
);

const play = (steps: readonly (readonly [Step, number])[]) => {
  const each = scene({ expiry: expiryAt(t0 + 600_000) });
  let seconds = 0;
  const records = steps.flatMap(([run, after]) => {
    seconds += after;
    run(each, seconds);
    each.monitor.view(t0 + seconds * 1000);
    return each.monitor.drain();
  });
  return { records, view: each.monitor.view(t0 + seconds * 1000) };
};

describe('the monitor', () => {
  it('survives any order of events and tells the same story twice', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const one = play(steps);
        const two = play(steps);
        expect(one.records.map(wordOf)).toEqual(two.records.map(wordOf));
        expect(one.view).toEqual(two.view);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its promises in any order of events', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const { records, view } = play(steps);
        const warned = records.flatMap((each) =>
          each.kind === 'warning' && each.change === 'warned' ? [each.warning.id] : [],
        );
        expect(new Set(warned).size).toBe(warned.length);
        for (const incident of view.incidents) {
          if (incident.leadMs !== null) expect(incident.leadMs).toBeGreaterThanOrEqual(0);
          expect(incident.text).not.toBe('');
        }
        expect(view.incidents.length).toBeLessThanOrEqual(20);
        expect(view.timeline.length).toBeLessThanOrEqual(50);
        expect(view.outcomes.length).toBeLessThanOrEqual(20);
        expect(view.health.errorsPerMinute).toBeGreaterThanOrEqual(0);
        if (view.health.state === 'running') expect(view.health.errorsPerMinute).toBe(0);
        if (view.level !== 'calm') expect(view.warning).toMatchObject({ outcome: 'open' });
        if (view.sandbox.phase === 'failed' || view.sandbox.phase === 'terminated') expect(view.level).toBe('calm');
        for (const fix of view.fixes) expect(view.actions).toContain(fix.id);
      }),
      { numRuns: 60 },
    );
  });
});
