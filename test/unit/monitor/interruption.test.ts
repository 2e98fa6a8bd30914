import { describe, expect, it } from 'vitest';
import type { ProcessReading } from '../../../src/model/sample.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { errorEvent, feed, id, memoryReading, outcome, processReading, risky, sampleAt, scene, t0 } from './scene.ts';

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

describe('a restart that no word of the server tells of', () => {
  const started = (pid: number, startTicks: number, ageMs: number | null = 600_000): ProcessReading => ({
    ...processReading(pid, `p${pid}`, 1e7, ageMs),
    startTicks,
  });
  const cpu = { usedCores: 0.1, limitCores: 1, throttledRatio: 0 };
  /** A sample a second with rates, and `processes` in every fifth; then one at second 23 without rates, with `now` in it. */
  const seen = (processes: readonly ProcessReading[], now: readonly ProcessReading[], share = 0.5, rates = false) => {
    const each = scene();
    for (let second = 0; second <= 20; second += 1) {
      each.feed(sampleAt(second, share, { cpu, ...(second % 5 === 0 ? { processes } : {}) }), risky(0));
    }
    each.told();
    each.feed(sampleAt(23, 0.1, { processes: now, ...(rates ? { cpu } : {}) }));
    const view = () => each.monitor.view(t0 + 23_000);
    return { ...each, view };
  };
  const before = [started(25, 1_505_060), started(8, 1_505_050), started(1, 1_505_044)];
  const after = [started(9, 1_505_630, 1_100), started(1, 1_505_596, 1_400)];

  it('is known by its first process, told with its time, and begins memory anew before the reading is looked at', () => {
    const { forecaster, told, view } = seen(before, after);
    expect(told()).toEqual(['to running', 'incident crashed probable']);
    expect(view().incidents).toMatchObject([{ cause: 'crashed', endsSandbox: false, atMs: t0 + 21_600 }]);
    expect(view().incidents[0]?.text).toBe(
      'api-tests was restarted, as its processes show; the server, which calls it Running, did not tell. It runs again; its processes are new, and files outside its volumes may be those it began with.',
    );
    expect(view().timeline.at(-1)).toMatchObject({ atMs: t0 + 21_600, reason: 'restarted, as its processes show' });
    const last = forecaster.events.findLastIndex(({ kind }) => kind === 'sample');
    expect(forecaster.events.slice(last - 1, last + 1)).toMatchObject([
      { kind: 'process-exited', pid: 1, atMs: t0 + 21_600, outOfMemory: true },
      { kind: 'sample', atMs: t0 + 23_000 },
    ]);
  });

  it('is told once, and each further one by itself', () => {
    const each = seen(before, after);
    each.feed(sampleAt(28, 0.1, { processes: after, cpu }));
    expect(each.view().incidents).toHaveLength(1);
    each.feed(sampleAt(33, 0.1, { processes: [started(1, 1_506_900, 900), started(9, 1_506_910, 800)] }));
    expect(each.view().incidents).toHaveLength(2);
  });

  it('was probably for want of memory when that was at its limit', () => {
    expect(seen(before, after, 0.97).view().incidents).toMatchObject([
      { cause: 'out-of-memory', certainty: 'probable', endsSandbox: false },
    ]);
  });

  it.each<[string, readonly ProcessReading[], readonly ProcessReading[]]>([
    ['it was not listed before, and is newer than all that were', before.slice(0, 2), after],
    ['it came to another machine', before, [started(1, 9_000, 1_400)]],
    ['it is not listed, and the numbers of others and the counters began anew', before.slice(0, 2), after.slice(0, 1)],
  ])('is known where the first process tells, or others: %s', (_, one, two) => {
    expect(seen(one, two).view().incidents).toHaveLength(1);
  });

  it.each<[string, readonly ProcessReading[], readonly ProcessReading[]]>([
    ['the first process is the same', before, [started(700, 1_507_000, 500), started(1, 1_505_044)]],
    ['any process is the same', before, [started(1, 1_505_596, 1_400), started(8, 1_505_050)]],
    ['all that are large are new', before, [started(700, 1_507_000, 500), started(701, 1_507_001, 400)]],
    ['the numbers came round', [started(30_000, 1_505_900)], [started(412, 1_507_000, 500)]],
    ['the first one had only not been large', before.slice(0, 2), [started(1, 1_505_044)]],
    ['nothing is known of when they started', before, [processReading(1, 'sh', 1e6, 1_000)]],
    ['no processes are listed', before, []],
  ])('is not told where %s', (_, one, two) => {
    const each = seen(one, two);
    expect(each.told()).toEqual([]);
    expect(each.view().incidents).toEqual([]);
  });

  it('is not told of small numbers alone while the counters run on', () => {
    expect(seen(before.slice(0, 2), after.slice(0, 1), 0.5, true).view().incidents).toEqual([]);
  });

  it.each(['pausing', 'paused', 'resuming', 'starting'] as const)('is none when it was %s between', (phase) => {
    const each = seen(before, before);
    each.monitor.lifecycle({ ...each.box, phase }, t0 + 25_000);
    each.monitor.lifecycle(each.box, t0 + 26_000);
    each.feed(sampleAt(28, 0.1, { processes: after }));
    expect(each.view().incidents).toEqual([]);
  });

  it('is none when it was resumed from here', () => {
    const each = seen(before, before);
    each.monitor.fixDone(outcome('resume', 26));
    each.feed(sampleAt(28, 0.1, { processes: after }));
    expect(each.view().incidents).toEqual([]);
  });

  it('is one story with what the server says of it before or after', () => {
    const word = (each: ReturnType<typeof seen>, phase: Sandbox['phase'], second: number): void =>
      each.monitor.lifecycle({ ...each.box, phase, rawState: 'Pending', reason: null }, t0 + second * 1000);
    const first = seen(before, before);
    word(first, 'interrupted', 25);
    word(first, 'running', 27);
    first.feed(sampleAt(28, 0.1, { processes: after }));
    first.feed(sampleAt(33, 0.1, { processes: after }));
    expect(first.view().incidents.map(({ text }) => text)).toEqual([
      expect.stringContaining('the server calls it Pending'),
    ]);
    const later = seen(before, after);
    word(later, 'interrupted', 25);
    word(later, 'running', 27);
    later.feed(sampleAt(28, 0.1, { processes: after }));
    expect(later.view().incidents).toHaveLength(1);
    word(later, 'interrupted', 60);
    expect(later.view().incidents).toHaveLength(2);
  });

  it('is no second story after an end that it came back from', () => {
    const each = seen(before, before);
    each.monitor.lifecycle({ ...each.box, phase: 'failed', rawState: 'Failed' }, t0 + 25_000);
    each.monitor.lifecycle(each.box, t0 + 27_000);
    each.feed(sampleAt(28, 0.1, { processes: after }));
    expect(each.view().incidents).toHaveLength(1);
  });
});
