import { describe, expect, it } from 'vitest';
import type { ErrorEvent, RecognisedError } from '../../../src/model/error-event.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { HealthWatch } from '../../../src/monitor/health.ts';
import { id, memoryReading, sampleAt, scene, t0 } from './scene.ts';

const minute = 60_000;

const anError = (part: Partial<RecognisedError> = {}): RecognisedError => ({
  fingerprint: 'f',
  pattern: null,
  title: 'It failed',
  cause: null,
  source: 'terminal',
  exitCode: 1,
  count: 1,
  firstSeenAtMs: t0,
  lastSeenAtMs: t0,
  ...part,
});

const ended = (commandId: string, atMs: number, exitCode: number | null) =>
  ({ kind: 'command-ended', sandboxId: id, commandId, atMs, exitCode }) as const;

const incident = (cause: Incident['cause'], atMs: number, endsSandbox: boolean): Incident => ({
  id: `${cause} ${atMs}`,
  sandboxId: id,
  sandboxName: 'a',
  provider: 'fake',
  atMs,
  cause,
  certainty: 'certain',
  endsSandbox,
  exitCode: null,
  text: '',
  warning: null,
  leadMs: null,
  timeline: [],
  samples: [],
  fixes: [],
});

describe('the health of a sandbox', () => {
  it('runs when nothing went wrong, and is the same object as long as it stays so', () => {
    const watch = new HealthWatch();
    const before = watch.health;
    watch.commandEnded(ended('1', t0, 0));
    expect(watch.look(t0, [])).toBe(false);
    expect(watch.health).toBe(before);
    expect(before).toEqual({ state: 'running', errorsPerMinute: 0 });
  });

  it('is degraded by an error for ten minutes', () => {
    const watch = new HealthWatch();
    watch.error(anError(), null, t0);
    expect(watch.look(t0, [])).toBe(true);
    expect(watch.health).toEqual({ state: 'degraded', errorsPerMinute: 0.1 });
    expect(watch.look(t0 + 9 * minute, [])).toBe(false);
    expect(watch.look(t0 + 10 * minute, [])).toBe(true);
    expect(watch.health).toEqual({ state: 'running', errorsPerMinute: 0 });
  });

  it('counts a failed command and its error once', () => {
    const watch = new HealthWatch();
    watch.commandEnded(ended('1', t0, 1));
    watch.error(anError(), '1', t0 + 50);
    watch.look(t0 + 100, []);
    expect(watch.health.errorsPerMinute).toBe(0.1);
  });

  it('does not take what the person interrupted, or what nobody knows, for a failure', () => {
    const watch = new HealthWatch();
    watch.commandEnded(ended('1', t0, 130));
    watch.commandEnded(ended('2', t0, null));
    watch.look(t0, []);
    expect(watch.health.state).toBe('running');
  });

  it('fails when three failed and that is more than half of what ended', () => {
    const watch = new HealthWatch();
    for (const no of [1, 2, 3]) watch.commandEnded(ended(`good ${no}`, t0, 0));
    for (const no of [1, 2, 3]) watch.commandEnded(ended(`bad ${no}`, t0 + no * minute, 1));
    watch.look(t0 + 4 * minute, []);
    expect(watch.health).toEqual({ state: 'degraded', errorsPerMinute: 0.3 });
    watch.commandEnded(ended('bad 4', t0 + 4 * minute, 2));
    watch.look(t0 + 4 * minute, []);
    expect(watch.health).toEqual({ state: 'failing', errorsPerMinute: 0.4 });
  });

  it('is only degraded by two failures, although nothing else ran', () => {
    const watch = new HealthWatch();
    watch.commandEnded(ended('1', t0, 1));
    watch.commandEnded(ended('2', t0, 1));
    watch.look(t0, []);
    expect(watch.health.state).toBe('degraded');
  });

  it('fails on three errors within two minutes, and not on three further apart', () => {
    const apart = new HealthWatch();
    for (const no of [0, 1, 2]) apart.error(anError(), null, t0 + no * minute);
    apart.look(t0 + 2 * minute, []);
    expect(apart.health.state).toBe('degraded');
    const close = new HealthWatch();
    for (const no of [0, 1, 2]) close.error(anError(), null, t0 + no * 30_000);
    close.look(t0 + minute, []);
    expect(close.health.state).toBe('failing');
    close.look(t0 + 2 * minute, []);
    expect(close.health.state).toBe('degraded');
  });

  it('is degraded by an incident that the sandbox survived, for ten minutes', () => {
    for (const cause of ['out-of-memory-child', 'agent-down'] as const) {
      const watch = new HealthWatch();
      watch.look(t0 + 9 * minute, [incident(cause, t0, false)]);
      expect(watch.health).toEqual({ state: 'degraded', errorsPerMinute: 0 });
      watch.look(t0 + 10 * minute, [incident(cause, t0, false)]);
      expect(watch.health.state).toBe('running');
    }
  });

  it('does not stay as it was for hours when the clock is set back', () => {
    const watch = new HealthWatch();
    watch.error(anError(), null, t0);
    watch.look(t0, []);
    watch.look(t0 - 60 * minute, []);
    expect(watch.health.state).toBe('running');
  });

  it('bounds what it holds in a flood', () => {
    const watch = new HealthWatch();
    for (let no = 0; no < 100_000; no += 1) watch.error(anError(), `c${no}`, t0 + no);
    watch.look(t0 + 100_000, []);
    expect(watch.health.state).toBe('failing');
    expect(watch.health.errorsPerMinute).toBeLessThanOrEqual(250);
    watch.clear();
    watch.look(t0 + 100_000, []);
    expect(watch.health).toEqual({ state: 'running', errorsPerMinute: 0 });
  });
});

describe('the health in the view', () => {
  const failed = (seconds: number, part: Partial<ErrorEvent> = {}): ErrorEvent => ({
    sandboxId: id,
    commandId: null,
    commandLine: 'npm test',
    source: 'terminal',
    text: 'ENOSPC: no space left on device, write',
    exitCode: 1,
    atMs: t0 + seconds * 1000,
    ...part,
  });

  it('changes with errors and commands, and by time alone', () => {
    const { monitor, tick } = scene();
    expect(monitor.view(t0).health.state).toBe('running');
    monitor.observe(ended('1', t0 + 1_000, 2));
    expect(monitor.view(t0 + 1_000).health).toEqual({ state: 'degraded', errorsPerMinute: 0.1 });
    for (const second of [2, 3, 4]) monitor.error(failed(second));
    expect(monitor.view(t0 + 4_000).health).toEqual({
      state: 'failing',
      errorsPerMinute: 0.4,
      rising: '“The disk is full” came 3 times in ten minutes',
    });
    tick(700);
    expect(monitor.view(t0 + 700_000).health).toEqual({ state: 'running', errorsPerMinute: 0 });
  });

  it('makes no new view while it stays the same', () => {
    const { monitor, tick } = scene();
    monitor.error(failed(1));
    const before = monitor.view(t0 + 1_000);
    for (let second = 2; second < 60; second += 1) tick(second);
    expect(monitor.view(t0 + 60_000)).toBe(before);
  });

  it('is that of live sandboxes only', () => {
    const { monitor, box } = scene();
    monitor.error(failed(1));
    monitor.lifecycle({ ...box, phase: 'paused', rawState: 'Paused' }, t0 + 2_000);
    expect(monitor.view(t0 + 2_000).health.state).toBe('running');
    monitor.lifecycle(box, t0 + 3_000);
    expect(monitor.view(t0 + 3_000).health.state).toBe('degraded');
    monitor.gone(t0 + 4_000);
    expect(monitor.view(t0 + 4_000).health).toEqual({ state: 'running', errorsPerMinute: 0 });
  });
});

describe('forgetting the past of a live sandbox', () => {
  it('leaves what there is now, and none of what was', () => {
    const { monitor, feed, box } = scene();
    feed(sampleAt(1));
    feed(sampleAt(2, 0.5, { memory: memoryReading(0.5, { oomKillCount: 3 }) }));
    monitor.error({
      sandboxId: id,
      commandId: null,
      commandLine: null,
      source: 'terminal',
      text: 'ENOSPC: no space left on device, write',
      exitCode: 1,
      atMs: t0 + 2_500,
    });
    expect(monitor.view(t0 + 3_000)).toMatchObject({
      errors: [{ count: 1 }],
      incidents: [{ cause: 'out-of-memory-child' }],
    });
    monitor.forgetPast(t0 + 3_000);
    expect(monitor.view(t0 + 3_000)).toMatchObject({ errors: [], incidents: [], outcomes: [], history: [] });
    expect(monitor.view(t0 + 3_000)).toMatchObject({
      health: { state: 'running' },
      sample: { atMs: t0 + 2_000 },
      sandbox: box,
    });
    expect(monitor.drain()).toEqual([]);
    monitor.gone(t0 + 4_000);
    expect(monitor.view(t0 + 4_000).incidents[0]?.samples).toHaveLength(1);
  });

  it('changes nothing of one that has ended', () => {
    const { monitor } = scene();
    monitor.gone(t0 + 1_000);
    const before = monitor.view(t0 + 1_000);
    monitor.forgetPast(t0 + 2_000);
    expect(monitor.view(t0 + 2_000)).toBe(before);
  });
});
