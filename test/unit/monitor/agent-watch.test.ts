import { describe, expect, it } from 'vitest';
import { AgentWatch } from '../../../src/monitor/agent-watch.ts';
import { sandbox } from '../../helpers/views.ts';
import { calmForecast, sampleAt, scene, t0 } from './scene.ts';

describe('the agent', () => {
  it('is down when it refuses for a while although the sandbox runs', () => {
    const each = scene();
    each.feed(sampleAt(1), calmForecast());
    each.monitor.agent('refused', t0 + 2000);
    expect(each.told()).toEqual([]);
    each.monitor.lifecycle(sandbox({ createdAtMs: t0 }), t0 + 6000);
    expect(each.told()).toEqual(['incident agent-down certain']);
    each.monitor.agent('refused', t0 + 9000);
    expect(each.told()).toEqual([]);
    expect(each.monitor.view(t0).fixes.map((fix) => fix.id)).toEqual([
      'snapshot',
      'recreateLarger',
      'delete',
      'showDetails',
    ]);
  });

  it('is not blamed for the end of the sandbox, for silence, or before it ever answered', () => {
    const ending = scene();
    ending.feed(sampleAt(1), calmForecast());
    ending.monitor.agent('refused', t0 + 2000);
    ending.monitor.gone(t0 + 3000);
    ending.monitor.agent('refused', t0 + 9000);
    expect(ending.monitor.view(t0).incidents.map((each) => each.cause)).toEqual(['deleted']);
    const silent = scene();
    silent.feed(sampleAt(1), calmForecast());
    for (const second of [2, 6, 10]) silent.monitor.agent('no-answer', t0 + second * 1000);
    expect(silent.monitor.view(t0).incidents).toEqual([]);
    const starting = scene();
    for (const second of [2, 6, 10]) starting.monitor.agent('refused', t0 + second * 1000);
    expect(starting.monitor.view(t0).incidents).toEqual([]);
  });

  it('is down all the same when the clock is set back meanwhile', () => {
    const each = scene();
    each.feed(sampleAt(3600), calmForecast());
    each.monitor.agent('refused', t0 + 3_601_000);
    each.monitor.agent('refused', t0 + 2000);
    each.monitor.agent('refused', t0 + 5500);
    expect(each.monitor.view(t0).incidents.map((incident) => incident.cause)).toEqual(['agent-down']);
  });
});

describe('a watch over an agent', () => {
  const answered = (): AgentWatch => {
    const watch = new AgentWatch();
    watch.answers();
    return watch;
  };

  it('tells since when it refuses, once it has for three seconds, and only once', () => {
    const watch = answered();
    watch.refuses(t0);
    expect([t0 + 2_999, t0 + 3_000, t0 + 9_000].map((nowMs) => watch.downSince(nowMs))).toEqual([null, t0, null]);
  });

  it('says it again after it answered, or after the sandbox ran anew', () => {
    const watch = answered();
    watch.refuses(t0);
    watch.downSince(t0 + 5_000);
    watch.answers();
    watch.refuses(t0 + 10_000);
    expect(watch.downSince(t0 + 15_000)).toBe(t0 + 10_000);
    watch.runsAgain();
    expect(watch.downSince(t0 + 16_000)).toBe(t0 + 10_000);
  });

  it('is patient anew after silence', () => {
    const watch = answered();
    watch.refuses(t0);
    watch.isUnknown();
    expect(watch.downSince(t0 + 60_000)).toBeNull();
    watch.refuses(t0 + 60_000);
    expect(watch.downSince(t0 + 61_000)).toBeNull();
  });
});
