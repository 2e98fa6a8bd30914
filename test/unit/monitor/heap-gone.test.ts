import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { ProcessReading } from '../../../src/model/sample.ts';
import { processReading, risky, sampleAt, scene, t0 } from './scene.ts';

const mebibyte = 1024 ** 2;
const limited = (pid: number, rssMiB: number): ProcessReading => ({
  ...processReading(pid, 'node', rssMiB * mebibyte),
  heapLimit: { limitBytes: 256 * mebibyte, source: '--max-old-space-size' },
});

describe('the process that has most files open', () => {
  it('is offered for ending also between two readings of open files', () => {
    const each = scene({}, { supports: ['endProcess', 'openTerminal'] });
    const leading = risky(0.95, { signal: 'fds', unit: 'count', used: 990, limit: 1024, grower: null });
    each.feed(sampleAt(0, 0.3, { fds: { used: 990, limit: 1024, pid: 33, name: 'server' } }), leading);
    for (let second = 1; second < 8; second += 1) {
      each.feed(sampleAt(second, 0.3, { fds: { used: 990, limit: 1024, pid: 33, name: 'server' } }), leading);
    }
    each.feed(sampleAt(8, 0.3), leading);
    expect(each.monitor.view(t0 + 8000).fixes[0]).toMatchObject({ id: 'endProcess', target: { pid: 33 } });
  });
});

describe('the heap of a process', () => {
  const each = scene({}, { forecaster: createForecaster() });
  const signals = (second: number) => each.monitor.view(t0 + second * 1000).forecasts.map(({ signal }) => signal);

  it('goes with its process at the next reading, and its warning with it', () => {
    for (let second = 0; second <= 100; second += 1) {
      const processes = [limited(412, 60 + 2 * second), processReading(7, 'bash', 5e6)];
      each.monitor.observe(sampleAt(second, 0.3, second % 5 === 0 ? { processes } : {}));
    }
    expect(signals(100)).toContain('heap');
    expect(each.told()).toContain('heap started');
    // A reading without a list says nothing of it.
    each.monitor.observe(sampleAt(101, 0.3));
    expect(signals(101)).toContain('heap');
    each.monitor.observe(sampleAt(102, 0.1, { processes: [processReading(7, 'bash', 5e6)] }));
    expect(signals(102)).not.toContain('heap');
    expect(each.told()).toContain('heap recovered');
    expect(each.monitor.view(t0 + 102_000).level).toBe('calm');
  });

  it('is there again with the next one that sets itself a limit', () => {
    each.monitor.observe(sampleAt(107, 0.3, { processes: [limited(500, 80)] }));
    expect(signals(107)).toContain('heap');
    expect(each.told().filter((word) => word.startsWith('heap'))).toEqual([]);
  });
});
