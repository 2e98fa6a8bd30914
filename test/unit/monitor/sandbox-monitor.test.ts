import { describe, expect, it } from 'vitest';
import type { Link } from '../../../src/model/view.ts';
import { createSandboxMonitor } from '../../../src/monitor/sandbox-monitor.ts';
import { sandbox } from '../../helpers/views.ts';
import {
  allFixes,
  calmForecast,
  docker,
  errorEvent,
  expiryAt,
  feed,
  id,
  limitBytes,
  memoryReading,
  processReading,
  risky,
  sampleAt,
  scene,
  t0,
} from './scene.ts';

const live: Link = { state: 'live', problem: null, text: null, nextStep: null, retryAtMs: null };

describe('the view', () => {
  it('is the same object until something changes', () => {
    const { monitor, feed: give } = scene();
    const first = monitor.view(t0);
    expect(monitor.view(t0 + 500)).toBe(first);
    monitor.lifecycle(sandbox({ createdAtMs: t0 }), t0 + 1000);
    expect(monitor.view(t0 + 1000)).toBe(first);
    give(sampleAt(1));
    expect(monitor.view(t0 + 1000)).not.toBe(first);
  });

  it('does not change with every tick while the end is far', () => {
    const { monitor, tick } = scene({ expiry: expiryAt(t0 + 3_600_000) });
    const seen = new Set([monitor.view(t0)]);
    for (let second = 1; second <= 50; second++) {
      tick(second);
      seen.add(monitor.view(t0 + second * 1000));
    }
    expect(seen.size).toBeLessThanOrEqual(2);
  });

  it('holds the sample, its source, the processes of the last list, and the model’s words', () => {
    const { monitor, feed: give } = scene();
    give(sampleAt(1, 0.5, { processes: [processReading(412, 'node', 1e8)] }), calmForecast());
    give(sampleAt(2, 0.5, { caveat: 'slow: no bash in the image' }), calmForecast());
    const view = monitor.view(t0 + 2000);
    expect(view).toMatchObject({
      lastSampleAtMs: t0 + 2000,
      sampleSource: 'cgroup',
      caveat: 'slow: no bash in the image',
      level: 'calm',
      leading: null,
    });
    expect(view.processes.map((each) => each.name)).toEqual(['node']);
    expect(view.history).toEqual([{ signal: 'memory', values: [0.71] }]);
  });

  it('offers the actions that fit the phase', () => {
    const { monitor } = scene({ phase: 'paused', rawState: 'Paused' });
    expect(monitor.view(t0).actions).toEqual(['resume', 'delete', 'showDetails']);
    expect(monitor.view(t0).fixes[0]?.id).toBe('resume');
  });

  it('shows the link and takes an equal one for no news', () => {
    const { monitor } = scene();
    monitor.link(live, t0);
    const view = monitor.view(t0);
    expect(view.link).toEqual(live);
    monitor.link({ ...live }, t0 + 1);
    expect(monitor.view(t0 + 1)).toBe(view);
  });
});

describe('a leak', () => {
  it('is warned of, becomes critical, and the fixes name the process that grows', () => {
    const each = scene();
    feed(each, 1, 5, risky(0.7, { grower: { pid: 412, name: 'node', bytesPerSecond: 4e6 } }));
    expect(each.told()).toEqual(['memory started', 'memory warned']);
    feed(each, 6, 8, risky(0.95, { pBreak60: 0.9, timeToLimitMs: { p10: 18_000, p50: 25_000, p90: 40_000 } }));
    expect(each.told()).toEqual(['memory critical']);
    const view = each.monitor.view(t0 + 8000);
    expect(view).toMatchObject({
      level: 'critical',
      leading: { signal: 'memory' },
      warning: { signal: 'memory', outcome: 'open' },
    });
    expect(view.fixes.slice(0, 2)).toMatchObject([{ id: 'recreateLarger' }, { id: 'snapshot' }]);
    feed(each, 9, 9, risky(0.95, { pBreak60: 0.9, grower: { pid: 412, name: 'node', bytesPerSecond: 4e6 } }));
    expect(each.monitor.view(t0 + 9000).fixes[0]).toMatchObject({ id: 'endProcess', target: { pid: 412 } });
  });

  it('is offered to be ended with the start of the process that grows: a message may stand until its pid is another one', () => {
    const each = scene();
    const forecast = risky(0.7, { grower: { pid: 412, name: 'node', bytesPerSecond: 4e6 } });
    const processes = [{ ...processReading(412, 'node', 100), startTicks: 90_210 }];
    for (let second = 1; second < 6; second++) each.feed(sampleAt(second, 0.7, { processes }), forecast);
    const [offer] = each.monitor.fixesAgainst('memory').filter(({ id }) => id === 'endProcess');
    expect(offer?.target).toEqual({ pid: 412, name: 'node', startTicks: 90_210, against: 'memory' });
  });

  it('is never seen in numbers of the machine', () => {
    const each = scene();
    for (let second = 1; second < 30; second++)
      each.feed(sampleAt(second, 0.99, { source: 'machine' }), risky(0.99, { pBreak60: 0.99 }));
    expect(each.told()).toEqual([]);
    expect(each.monitor.view(t0 + 30_000).level).toBe('calm');
  });

  it('that ends in the kill of a child is an incident with its lead, and the child gets its name', () => {
    const each = scene();
    each.feed(
      sampleAt(0, 0.6, { processes: [processReading(412, 'node', 0.6 * limitBytes), processReading(1, 'sh', 1e6)] }),
      calmForecast(),
    );
    feed(each, 1, 60, risky(0.7));
    each.told();
    each.feed(sampleAt(61, 0.2, { memory: memoryReading(0.2, { oomKillCount: 1 }) }), calmForecast());
    expect(each.told()).toEqual(['incident out-of-memory-child certain', 'memory broke']);
    each.feed(
      sampleAt(65, 0.2, { memory: memoryReading(0.2, { oomKillCount: 1 }), processes: [processReading(1, 'sh', 1e6)] }),
      calmForecast(),
    );
    const [incident] = each.monitor.view(t0 + 65_000).incidents;
    expect(incident).toMatchObject({ endsSandbox: false, leadMs: 59_000, warning: { outcome: 'broke' } });
    expect(incident?.text).toContain('the kernel killed a process, probably node (pid 412).');
    expect(incident?.text).toContain('The warning came 59 s before.');
    expect(incident?.samples).toHaveLength(62);
    expect(each.told()).toEqual(['incident out-of-memory-child certain']);
  });

  it('that ends the sandbox is one incident, not two', () => {
    const each = scene();
    feed(each, 1, 60, risky(0.7), 0.97);
    each.feed(sampleAt(61, 0.97, { memory: memoryReading(0.97, { oomKillCount: 1 }) }), risky(0.9));
    each.monitor.lifecycle(
      sandbox({
        phase: 'failed',
        rawState: 'Failed',
        reason: 'CONTAINER_EXITED_ERROR',
        message: 'Sandbox container exited with code 137.',
      }),
      t0 + 62_000,
    );
    const view = each.monitor.view(t0 + 62_000);
    expect(view.incidents).toHaveLength(1);
    expect(view.incidents[0]).toMatchObject({
      cause: 'out-of-memory',
      certainty: 'certain',
      endsSandbox: true,
      exitCode: 137,
      leadMs: 59_000,
    });
    expect(view).toMatchObject({ level: 'calm', leading: null, link: { state: 'ended' } });
  });

  it('of disk space that ends in a full disk has broken, as the error says', () => {
    const each = scene();
    const disk = { usedBytes: 7e8, limitBytes: 1e9 };
    for (let second = 1; second <= 5; second++)
      each.feed(sampleAt(second, 0.3, { disk }), risky(0.7, { signal: 'disk' }));
    each.told();
    each.monitor.error(errorEvent({ text: 'cp: error writing: No space left on device', atMs: t0 + 6000 }));
    expect(each.told()).toEqual(['error disk-full', 'disk broke']);
  });

  it('forgets an episode of which nothing more is heard', () => {
    const each = scene();
    feed(each, 1, 5, risky(0.7));
    each.told();
    each.tick(300);
    expect(each.told()).toEqual([]);
    each.tick(306);
    expect(each.told()).toEqual(['memory recovered']);
  });

  it.each([
    ['the clock', true],
    ['a sample', false],
  ])('is another one after a night in which the computer slept, when %s tells of it first', (_, clockFirst) => {
    const night = 8 * 3600;
    const each = scene();
    feed(each, 1, 5, risky(0.95));
    each.told();
    if (clockFirst) each.tick(night);
    feed(each, night + 1, night + 5, risky(0.95));
    expect(each.told()).toEqual(['memory recovered', 'memory started', 'memory warned']);
    expect(each.monitor.view(t0 + (night + 5) * 1000).warning?.startedAtMs).toBe(t0 + (night + 1) * 1000);
  });

  it('is the same one when its stream comes back within five minutes', () => {
    const each = scene();
    feed(each, 1, 5, risky(0.95));
    each.told();
    for (let second = 6; second < 290; second += 1) each.tick(second);
    feed(each, 290, 295, risky(0.95));
    expect(each.told()).toEqual([]);
  });

  it('does not colour a paused sandbox, in which nothing moves', () => {
    const each = scene();
    feed(each, 1, 5, risky(0.7));
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, phase: 'paused', rawState: 'Paused' }), t0 + 6000);
    expect(each.monitor.view(t0 + 6000).level).toBe('calm');
    each.monitor.lifecycle(sandbox({ createdAtMs: t0 }), t0 + 8000);
    expect(each.monitor.view(t0 + 8000).level).toBe('warn');
  });
});

describe('silence', () => {
  it('is told of a sandbox that runs, and not of one that is paused', () => {
    const each = scene();
    each.forecaster.next = [calmForecast(), calmForecast({ signal: 'responsiveness', limit: null, pressure: null })];
    each.feed(sampleAt(1));
    const signals = (seconds: number) => each.monitor.view(t0 + seconds * 1000).forecasts.map(({ signal }) => signal);
    expect(signals(1)).toEqual(['memory', 'responsiveness']);
    each.monitor.lifecycle(sandbox({ createdAtMs: t0, phase: 'paused', rawState: 'Paused' }), t0 + 2000);
    expect(signals(2)).toEqual(['memory']);
    each.monitor.lifecycle(sandbox({ createdAtMs: t0 }), t0 + 3000);
    expect(signals(3)).toEqual(['memory', 'responsiveness']);
  });
});

describe('strange input', () => {
  it('does not throw and does not confuse', () => {
    const each = scene();
    each.feed(sampleAt(10), calmForecast());
    each.feed(sampleAt(5, 0.99), risky(0.99));
    expect(each.monitor.view(t0).lastSampleAtMs).toBe(t0 + 10_000);
    each.feed({ ...sampleAt(11), sandboxId: 'another' });
    each.feed({ ...sampleAt(11), atMs: Number.NaN });
    each.tick(Number.NaN);
    each.monitor.gone(Number.NaN);
    each.monitor.lifecycle({ ...sandbox(), id: 'another' }, t0);
    each.monitor.error(errorEvent({ sandboxId: 'another' }));
    expect(each.monitor.view(t0).lastSampleAtMs).toBe(t0 + 10_000);
    expect(each.told()).toEqual([]);
  });

  it('shows a state never seen before as it is', () => {
    const each = scene();
    each.monitor.lifecycle(sandbox({ phase: 'unknown', rawState: 'Defrosting', reason: null }), t0 + 1000);
    expect(each.told()).toEqual(['to unknown']);
    expect(each.monitor.view(t0).timeline.at(-1)).toEqual({
      atMs: t0 + 1000,
      phase: 'unknown',
      rawState: 'Defrosting',
      reason: null,
    });
  });
});

describe('with the real model', () => {
  it('warns of a steady leak more than 30 s before the limit, names memory, and stays calm before', () => {
    const monitor = createSandboxMonitor({
      sandbox: sandbox({ createdAtMs: t0 }),
      supports: allFixes,
      capabilities: docker,
      nowMs: t0,
    });
    const told: string[] = [];
    let breaksAt = Number.POSITIVE_INFINITY;
    for (let second = 0; second <= 400; second++) {
      const share = second < 120 ? 0.3 : 0.3 + (second - 120) * 0.005;
      if (share >= 1) {
        breaksAt = Math.min(breaksAt, second);
        break;
      }
      monitor.observe(sampleAt(second, share + (second % 3) * 0.002));
      for (const record of monitor.drain()) if (record.kind === 'warning') told.push(`${record.change} ${second}`);
    }
    const warned = Number(told.find((each) => each.startsWith('warned'))?.split(' ')[1]);
    expect(warned).toBeGreaterThan(120);
    expect(breaksAt - warned).toBeGreaterThanOrEqual(30);
    expect(monitor.view(t0).leading?.signal).toBe('memory');
  });
});

describe('with the real model, when the clock is set back', () => {
  /** The second in which a leak that fills the limit in two minutes is warned of. */
  const warnedAt = (setBackMs: number): number | null => {
    const monitor = createSandboxMonitor({
      sandbox: sandbox({ createdAtMs: t0 }),
      supports: allFixes,
      capabilities: docker,
      nowMs: t0,
    });
    let atMs = t0;
    for (let second = 0; second < 120; second += 1) {
      atMs += second === 30 ? 1000 - setBackMs : 1000;
      monitor.observe({ ...sampleAt(0, 0.2 + (second * 0.8) / 120), atMs });
      monitor.observe({ kind: 'tick', sandboxId: id, atMs });
      for (const record of monitor.drain()) {
        if (record.kind === 'warning' && record.change === 'warned') return second;
      }
    }
    return null;
  };

  it('by less than a minute, the warning comes as early as if it had not been', () => {
    const undisturbed = warnedAt(0) ?? Number.NaN;
    expect(undisturbed).toBeGreaterThan(35);
    for (const setBackMs of [2_000, 6_000, 10_000, 30_000, 55_000]) {
      expect(warnedAt(setBackMs), `${setBackMs} ms`).toBeLessThanOrEqual(undisturbed + 3);
    }
  });

  it('by more, the forecast starts anew and the warning still comes in time', () => {
    for (const setBackMs of [90_000, 86_400_000]) expect(warnedAt(setBackMs), `${setBackMs} ms`).toBeLessThan(90);
  });
});
