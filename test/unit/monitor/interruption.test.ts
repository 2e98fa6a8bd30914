import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { errorEvent, feed, id, memoryReading, processReading, risky, sampleAt, scene, t0 } from './scene.ts';

/** One that is warned of, with memory at its limit, and is called interrupted at second 20. */
const interrupted = (share = 0.95) => {
  const each = scene();
  feed(each, 0, 20, risky(0.97), share);
  expect(each.told()).toContain('memory warned');
  const told = (phase: Sandbox['phase'], second: number): void =>
    each.monitor.lifecycle({ ...each.box, phase, rawState: 'Pending', reason: null }, t0 + second * 1000);
  told('interrupted', 20);
  /** A sample with one process that is so old then. */
  const list = (second: number, ageSeconds: number | null): void =>
    each.feed(
      sampleAt(second, share, {
        processes: [processReading(412, 'node', 1e8, ageSeconds === null ? null : ageSeconds * 1000)],
      }),
    );
  const exits = () => each.forecaster.events.filter(({ kind }) => kind === 'process-exited');
  return { ...each, lifecycle: told, list, exits };
};

describe('an interruption', () => {
  it('that a process has lived through leaves the forecast and the warning as they are', () => {
    const { monitor, told, lifecycle, list, exits } = interrupted();
    expect(told()).toEqual(['to interrupted', 'incident out-of-memory probable']);
    lifecycle('running', 22);
    expect(monitor.isInterrupted).toBe(false);
    list(23, 3_600);
    expect(told()).toEqual(['to running', 'incident out-of-memory probable', 'incident withdrawn']);
    expect(exits()).toEqual([]);
    expect(monitor.view(t0 + 23_000)).toMatchObject({ warning: { outcome: 'open' }, incidents: [] });
  });

  it('is known not to be one while it is still told, by a list that was not on its way before', () => {
    const { monitor, told, list, exits } = interrupted();
    told();
    list(22, 3_600);
    expect(monitor.isInterrupted).toBe(true);
    list(30, null);
    expect(monitor.isInterrupted).toBe(true);
    list(31, 3_600);
    expect(monitor.isInterrupted).toBe(false);
    expect(told()).toEqual(['incident withdrawn']);
    expect(exits()).toEqual([]);
  });

  it('ends what was warned of, and memory begins anew, before the first readings of the new run are looked at', () => {
    const { monitor, forecaster, told, lifecycle, list } = interrupted();
    lifecycle('running', 25);
    told();
    list(26, 2);
    expect(forecaster.events.slice(-2)).toMatchObject([
      { kind: 'process-exited', pid: 1, atMs: t0 + 20_000, outOfMemory: true },
      { kind: 'sample', atMs: t0 + 26_000 },
    ]);
    expect(told().slice(0, 2)).toEqual(['incident out-of-memory probable', 'memory broke']);
    expect(monitor.view(t0 + 26_000).incidents).toMatchObject([
      { cause: 'out-of-memory', endsSandbox: false, warning: { outcome: 'broke' } },
    ]);
    expect(monitor.view(t0 + 26_000).incidents[0]?.leadMs).toBeGreaterThan(15_000);
    // Processes grow old.
    list(4_000, 3_900);
    expect(monitor.view(t0 + 4_000_000).incidents).toHaveLength(1);
  });

  it.each([
    ['nothing is measured any more', 'interrupted', false],
    ['it runs and no list of processes comes', 'running', true],
  ] as const)('is believed after a while when %s', (_, phase, samples) => {
    const { tick, told, lifecycle, exits, feed: take } = interrupted();
    lifecycle(phase, 22);
    for (let second = 22; second <= 34; second += 1) {
      if (samples) take(sampleAt(second, 0.3));
      else tick(second);
    }
    expect(exits()).toEqual([]);
    expect(told()).not.toContain('memory broke');
    tick(40);
    expect(exits()).toHaveLength(1);
    expect(told()).toContain('memory broke');
    tick(80);
    expect(exits()).toHaveLength(1);
  });

  it('is taken back by the first list also when it was believed for want of one', () => {
    const { tick, told, lifecycle, list, monitor } = interrupted();
    tick(60);
    lifecycle('running', 70);
    list(71, 3_600);
    expect(told()).toContain('incident withdrawn');
    expect(monitor.view(t0 + 71_000).incidents).toEqual([]);
  });

  it('that was believed takes the warning back that it came true, when nothing stopped or it was not memory', () => {
    const lived = interrupted();
    lived.tick(60);
    expect(lived.told()).toContain('memory broke');
    lived.lifecycle('running', 70);
    lived.list(71, 3_600);
    expect(lived.told()).toEqual(expect.arrayContaining(['incident withdrawn', 'memory recovered']));
    const other = interrupted();
    other.tick(60);
    const read = { source: 'diagnostics', exitCode: null, text: 'OOMKilled: false\nexit code 1' } as const;
    other.monitor.error(errorEvent({ ...read, atMs: t0 + 61_000 }));
    expect(other.monitor.view(t0 + 61_000)).toMatchObject({
      incidents: [{ cause: 'crashed', warning: null, leadMs: null }],
      warning: { outcome: 'recovered' },
    });
  });

  it('counts when the next one begins, and when the sandbox ends', () => {
    const next = interrupted();
    next.lifecycle('running', 22);
    next.lifecycle('interrupted', 24);
    expect(next.exits()).toHaveLength(1);
    const end = interrupted();
    end.lifecycle('failed', 22);
    expect(end.exits()).toHaveLength(1);
  });

  it('gives the kill it was told with its own words back when nothing stopped', () => {
    const each = scene();
    feed(each, 0, 20, risky(0), 0.5);
    each.feed(sampleAt(21, 0.4, { memory: memoryReading(0.4, { oomKillCount: 1 }) }));
    const told = (phase: Sandbox['phase'], second: number): void =>
      each.monitor.lifecycle({ ...each.box, phase, rawState: 'Pending', reason: null }, t0 + second * 1000);
    const texts = (): readonly string[] => each.monitor.view(t0 + 40_000).incidents.map(({ text }) => text);
    const before = texts();
    told('interrupted', 23);
    expect(texts()).toEqual([expect.stringContaining('stopped or was restarted')]);
    told('running', 25);
    each.feed(sampleAt(26, 0.4, { processes: [processReading(412, 'node', 1e8, 3_600_000)] }));
    expect(texts()).toEqual(before);
    expect(before).toEqual([expect.stringContaining('The sandbox itself lives on.')]);
    expect(each.monitor.sandboxId).toBe(id);
  });

  it('is one, whatever else the server calls it until it runs again', () => {
    const { monitor, lifecycle } = interrupted();
    for (const phase of ['unknown', 'interrupted', 'unknown', 'running'] as const) lifecycle(phase, 24);
    expect(monitor.isInterrupted).toBe(false);
    const { incidents } = monitor.view(t0 + 25_000);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]?.text).toContain('It runs again');
  });
});
