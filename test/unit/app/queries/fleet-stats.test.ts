import { describe, expect, it } from 'vitest';
import { type FleetStatsOptions, fleetStats } from '../../../../src/app/queries/fleet-stats.ts';
import type { History } from '../../../../src/history/open-history.ts';
import type { FleetStats } from '../../../../src/model/fleet-stats.ts';
import type { Phase } from '../../../../src/model/sandbox.ts';
import type { PatternBook } from '../../../../src/monitor/pattern-facts.ts';
import { atOnce, disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import {
  aCommand,
  anError,
  anIncident,
  aSandbox,
  dayMs,
  hourMs,
  minuteMs,
  startMs,
} from '../../../integration/history/makers.ts';

disposeHistories();

const categories: Readonly<Record<string, string>> = {
  'port-in-use': 'network',
  'oom-killed': 'memory',
  'entrypoint-crashed': 'sandbox',
  'unhandled-panic': 'runtime',
  'git-merge-conflict': 'git',
};
const patterns: PatternBook = (slug) => {
  const category = categories[slug];
  return category === undefined ? null : { category, cause: 'Because.', fixes: [] };
};

const statsOf = (history: History, options: Partial<FleetStatsOptions> = {}): Promise<FleetStats> =>
  fleetStats(history, { nowMs: startMs, patterns, pause: atOnce, ...options });

/** A sandbox that was created so long ago and passed through these phases, times in seconds after its creation. */
const lived = (
  history: History,
  id: string,
  agoMs: number,
  steps: readonly (readonly [Phase, number])[],
  metadata: Readonly<Record<string, string>> = {},
): void => {
  const createdAtMs = startMs - agoMs;
  const sandbox = aSandbox(id, { createdAtMs, metadata });
  history.recordSandbox(sandbox, startMs - 1);
  for (const [phase, second] of steps) {
    history.recordTransition(sandbox, {
      atMs: createdAtMs + second * 1000,
      phase,
      rawState: phase,
      reason: null,
    });
  }
};

describe('the fleet with nothing in it', () => {
  it('has no numbers, and says so', async () => {
    expect(await statsOf(memoryHistory())).toEqual({
      sinceMs: startMs - dayMs,
      untilMs: startMs,
      spinUp: null,
      spinUpPerHourMs: Array.from({ length: 24 }, () => null),
      startsPer5Min: Array.from({ length: 288 }, () => 0),
      commands: [],
      editToResult: null,
      failureShares: { environment: 0, code: 0, unknown: 0, count: 0 },
      patterns: [],
    });
  });
});

describe('spin-up', () => {
  it('counts from creation to the first running state, of those that were seen to come up', async () => {
    const history = memoryHistory();
    lived(history, 'a', 30 * minuteMs, [
      ['starting', 1],
      ['running', 4],
      ['paused', 60],
      ['running', 300],
    ]);
    lived(history, 'b', 40 * minuteMs, [
      ['creating', 0],
      ['running', 12],
    ]);
    // Seen late: nobody knows how long it took.
    lived(history, 'c', 50 * minuteMs, [['running', 1500]]);
    // Seen within five seconds of its creation: near enough.
    lived(history, 'd', 5 * hourMs + 30 * minuteMs, [['running', 2]]);
    // The server's clock is ahead of ours by a little, and by more than can be.
    lived(history, 'e', 5 * hourMs + 31 * minuteMs, [
      ['starting', -5],
      ['running', -3],
    ]);
    lived(history, 'f', hourMs, [
      ['starting', -900],
      ['running', -800],
    ]);
    lived(history, 'g', hourMs, [['starting', 2]]);
    const stats = await statsOf(history);
    expect(stats.spinUp).toEqual({ count: 4, p50Ms: 2_000, p95Ms: 12_000 });
    expect(stats.spinUpPerHourMs).toHaveLength(24);
    expect(stats.spinUpPerHourMs.at(-1)).toBe(4_000);
    expect(stats.spinUpPerHourMs.at(-6)).toBe(0);
    expect(stats.startsPer5Min.reduce((sum, each) => sum + each, 0)).toBe(7);
    expect(stats.startsPer5Min[288 - 7]).toBe(1);
  });

  it('leaves out what was started before the time it covers, and covers at most a day in five minutes', async () => {
    const history = memoryHistory();
    lived(history, 'a', 2 * hourMs, [
      ['starting', 1],
      ['running', 4],
    ]);
    const hour = await statsOf(history, { sinceMs: startMs - hourMs });
    expect(hour).toMatchObject({ spinUp: null, spinUpPerHourMs: [null] });
    expect(hour.startsPer5Min).toHaveLength(12);
    const month = await statsOf(history, { sinceMs: startMs - 30 * dayMs });
    expect(month.spinUp?.count).toBe(1);
    expect(month.spinUpPerHourMs).toHaveLength(720);
    expect(month.startsPer5Min).toHaveLength(288);
  });
});

describe('commands', () => {
  it('are counted by key, with durations, failures and the most attempts in five minutes', async () => {
    const history = memoryHistory();
    const run = (no: number, sandboxId: string, atMs: number, tookMs: number | null, exitCode: number | null): void =>
      history.recordCommand(
        aCommand(`c-${no}`, {
          sandboxId,
          startedAtMs: atMs,
          endedAtMs: tookMs === null ? null : atMs + tookMs,
          exitCode,
        }),
      );
    for (let no = 0; no < 4; no += 1) run(no, 'a', startMs - hourMs + no * minuteMs, 1000 * (no + 1), no < 2 ? 1 : 0);
    run(10, 'a', startMs - minuteMs, 9_000, 130);
    run(11, 'b', startMs - hourMs, null, null);
    history.recordCommand(aCommand('x', { commandKey: 'make', startedAtMs: startMs - hourMs, endedAtMs: null }));
    const { commands } = await statsOf(history);
    expect(commands).toEqual([
      { commandKey: 'npm ci', runs: 6, failed: 2, medianMs: 3_000, p95Ms: 9_000, attemptsPer5Min: 4 },
      { commandKey: 'make', runs: 1, failed: 0, medianMs: null, p95Ms: null, attemptsPer5Min: 1 },
    ]);
  });

  it('answer the last edit before them', async () => {
    const history = memoryHistory();
    const run = (id: string, atMs: number, tookMs: number): void =>
      history.recordCommand(aCommand(id, { startedAtMs: atMs, endedAtMs: atMs + tookMs }));
    run('before', startMs - 2 * hourMs, 1000);
    run('first', startMs - hourMs + 10_000, 5_000);
    run('second', startMs - hourMs + 30_000, 5_000);
    run('late', startMs - 5 * minuteMs, 1000);
    const edits = [startMs - 30 * minuteMs, startMs - hourMs + 6_000, startMs - hourMs];
    const { editToResult } = await statsOf(history, { editsMs: edits });
    // The edit 30 minutes ago was followed by a command too late to be about it.
    expect(editToResult).toEqual({ count: 1, p50Ms: 9_000, p95Ms: 9_000 });
  });
});

describe('failures', () => {
  it('are the environment’s, the code’s, or not known', async () => {
    const history = memoryHistory();
    const error = (no: number, pattern: string | null): void =>
      history.recordError('a', anError(`f-${no}`, { pattern, title: `error ${no}` }));
    error(1, 'port-in-use');
    error(1, 'port-in-use');
    error(2, 'unhandled-panic');
    error(3, 'git-merge-conflict');
    error(4, null);
    error(5, 'oom-killed');
    const incident = (id: string, part: Parameters<typeof anIncident>[1]): void =>
      history.recordIncident(anIncident(id, { sandboxId: id, ...part }));
    incident('oom', {});
    incident('crashed', { cause: 'crashed', exitCode: 1 });
    incident('stopped', { cause: 'crashed', exitCode: 143 });
    incident('deleted', { cause: 'deleted' });
    incident('exited', { cause: 'exited', exitCode: 0 });
    incident('expired', { cause: 'expired' });
    incident('cut-off', { cause: 'expired' });
    history.recordCommand(aCommand('c', { sandboxId: 'cut-off', startedAtMs: startMs - 5000, endedAtMs: null }));
    // Told by the kernel's counter and by the command that was killed: one failure.
    incident('child', { sandboxId: 'a', cause: 'out-of-memory-child', endsSandbox: false });
    const { failureShares } = await statsOf(history);
    expect(failureShares.count).toBe(10);
    expect(failureShares.environment).toBeCloseTo(5 / 10);
    expect(failureShares.code).toBeCloseTo(2 / 10);
    expect(failureShares.unknown).toBeCloseTo(3 / 10);
  });

  it('count once, though a server tells them in words, too', async () => {
    const history = memoryHistory();
    history.recordIncident(anIncident('crashed', { sandboxId: 'a', cause: 'crashed', exitCode: 1 }));
    history.recordError('a', anError('f-end', { pattern: 'entrypoint-crashed' }));
    expect((await statsOf(history)).failureShares).toEqual({ environment: 0, code: 1, unknown: 0, count: 1 });
    history.recordIncident(anIncident('killed', { sandboxId: 'b', cause: 'out-of-memory' }));
    history.recordError('b', anError('f-killed', { pattern: 'oom-killed' }));
    expect((await statsOf(history)).failureShares).toMatchObject({ environment: 0.5, code: 0.5, count: 2 });
    // The words alone are a failure as well.
    history.recordError('c', anError('f-end', { pattern: 'entrypoint-crashed' }));
    expect((await statsOf(history)).failureShares.count).toBe(3);
    // What was killed in one sandbox is not told by the words of another.
    history.recordIncident(anIncident('killed-too', { sandboxId: 'd', cause: 'out-of-memory' }));
    expect((await statsOf(history)).failureShares.count).toBe(4);
  });

  it('are as many by their kinds as by their shares', async () => {
    const history = memoryHistory();
    const kinds = async () => {
      const { failureShares, patterns: found } = await statsOf(history);
      expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(failureShares.count);
      return Object.fromEntries(found.map(({ fingerprint, count, sandboxes }) => [fingerprint, [count, sandboxes]]));
    };
    history.recordIncident(anIncident('killed', { sandboxId: 'a', cause: 'out-of-memory' }));
    history.recordError('a', anError('f-killed', { pattern: 'oom-killed' }));
    history.recordIncident(anIncident('crashed', { sandboxId: 'b', cause: 'crashed', exitCode: 1 }));
    history.recordError('b', anError('f-end', { pattern: 'entrypoint-crashed' }));
    history.recordIncident(anIncident('silent', { sandboxId: 'c', cause: 'agent-down', endsSandbox: false }));
    expect(await kinds()).toEqual({ 'f-killed': [1, 1], 'cause/crashed': [1, 1], 'cause/agent-down': [1, 1] });
    history.recordIncident(anIncident('killed-too', { sandboxId: 'd', cause: 'out-of-memory' }));
    history.recordError('c', anError('f-end', { pattern: 'entrypoint-crashed' }));
    expect(await kinds()).toEqual({
      ...{ 'f-killed': [1, 1], 'cause/out-of-memory': [1, 1], 'f-end': [1, 1] },
      ...{ 'cause/crashed': [1, 1], 'cause/agent-down': [1, 1] },
    });
  });

  it('are none of a command whose end nobody saw and that nobody heard of for long', async () => {
    const history = memoryHistory();
    const unseen = (id: string, lastSeenAtMs: number): void => {
      history.recordIncident(anIncident(id, { sandboxId: id, cause: 'expired' }));
      const run = { startedAtMs: startMs - 5 * hourMs, endedAtMs: null, exitCode: null, lastSeenAtMs };
      history.recordCommand(aCommand(`c-${id}`, { sandboxId: id, ...run }));
      history.recordError(id, anError('f-1', { firstSeenAtMs: startMs - 1000, lastSeenAtMs: startMs - 1000 }));
    };
    unseen('window-was-closed', startMs - 4 * hourMs);
    expect((await statsOf(history)).failureShares.count).toBe(1);
    expect((await statsOf(history)).patterns[0]?.commands).toEqual([]);
    unseen('still-ran', startMs - 5 * minuteMs);
    expect((await statsOf(history)).failureShares.count).toBe(3);
    expect((await statsOf(history)).patterns[0]?.commands).toEqual(['npm ci']);
  });

  it('follow patterns, across users and commands', async () => {
    const history = memoryHistory();
    lived(history, 'a', hourMs, [], { 'acme.io/owner': 'ada' });
    lived(history, 'b', hourMs, [], { user: 'bob', team: 'core' });
    lived(history, 'c', hourMs, [], { purpose: 'test' });
    const meet = (sandboxId: string, atMs: number): void =>
      history.recordError(sandboxId, anError('f-1', { firstSeenAtMs: atMs, lastSeenAtMs: atMs }));
    meet('a', startMs - 1000);
    meet('a', startMs - 900);
    meet('b', startMs - 500);
    meet('c', startMs - 400);
    history.recordCommand(
      aCommand('1', { sandboxId: 'a', startedAtMs: startMs - 5000, endedAtMs: startMs - 800, exitCode: 1 }),
    );
    history.recordCommand(
      aCommand('2', { sandboxId: 'b', commandKey: 'make', startedAtMs: startMs - 700, endedAtMs: null }),
    );
    history.recordIncident(anIncident('i', { sandboxId: 'b', atMs: startMs - 100 }));
    const { patterns: found } = await statsOf(history);
    expect(found).toEqual([
      {
        fingerprint: 'f-1',
        title: 'The port is taken',
        count: 4,
        sandboxes: 3,
        users: ['ada', 'bob'],
        commands: ['npm ci', 'make'],
        byEnvironment: true,
      },
      {
        fingerprint: 'cause/out-of-memory',
        title: 'out of memory',
        count: 1,
        sandboxes: 1,
        users: ['bob'],
        commands: ['make'],
        byEnvironment: true,
      },
    ]);
  });

  it('are named by the command they came from, and by the time where that is not known', async () => {
    const history = memoryHistory();
    lived(history, 'a', hourMs, [], { user: 'ada' });
    const meet = (atMs: number, commandKey?: string): void =>
      history.recordError(
        'a',
        anError('f-1', { lastSeenAtMs: atMs, ...(commandKey === undefined ? {} : { commandKey }) }),
      );
    // By the time alone it would be taken for the one that failed.
    history.recordCommand(
      aCommand('1', { sandboxId: 'a', startedAtMs: startMs - 5000, endedAtMs: startMs - 100, exitCode: 1 }),
    );
    meet(startMs - 400, 'cargo test');
    meet(startMs - 300, 'cargo test');
    expect((await statsOf(history)).patterns[0]).toMatchObject({ count: 2, commands: ['cargo test'] });
    meet(startMs - 200);
    expect((await statsOf(history)).patterns[0]).toMatchObject({ count: 3, commands: ['cargo test', 'npm ci'] });
  });

  it('that nobody knows are the code’s where the command tests or builds it', async () => {
    const history = memoryHistory();
    const meet = (fingerprint: string, commandKey: string): void =>
      history.recordError('a', anError(fingerprint, { pattern: null, commandKey }));
    meet('f-1', 'npm run build @web');
    meet('f-2', 'curl');
    meet('f-3', 'npm test');
    meet('f-3', 'psql');
    const { failureShares, patterns: found } = await statsOf(history);
    expect(failureShares).toEqual({ environment: 0, code: 0.5, unknown: 0.5, count: 4 });
    expect(Object.fromEntries(found.map((each) => [each.fingerprint, each.byEnvironment]))).toEqual({
      ...{ 'f-1': false, 'f-2': null, 'f-3': null },
    });
  });

  it('are counted in the days that are covered, not in all that is remembered', async () => {
    const history = memoryHistory();
    const meet = (sandboxId: string, agoMs: number): void =>
      history.recordError(sandboxId, anError('f-1', { lastSeenAtMs: startMs - agoMs }));
    for (let no = 0; no < 5; no += 1) meet('old', 9 * dayMs);
    meet('a', minuteMs);
    meet('b', minuteMs);
    const stats = await statsOf(history);
    expect(stats.patterns[0]).toMatchObject({ count: 2, sandboxes: 2 });
    expect(stats.failureShares.count).toBe(2);
    expect((await statsOf(history, { sinceMs: startMs - 30 * dayMs })).patterns[0]).toMatchObject({ count: 7 });
  });
});
