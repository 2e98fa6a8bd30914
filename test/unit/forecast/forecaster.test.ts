import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { signalNames } from '../../../src/model/signal.ts';
import { forecastAfter, forecastOf, mebibyte, processOf, sample, startMs } from './support.ts';

const leak = (from: number, to: number, every = 1, rate = 2): ReturnType<typeof sample>[] => {
  const samples = [];
  for (let s = from; s < to; s += every) {
    samples.push(sample(s, { memoryMiB: 30 + rate * (s - from), cadenceMs: every * 1000 }));
  }
  return samples;
};

describe('what a forecast says', () => {
  it('names slope, duration, process, what is left, and the time', () => {
    const forecaster = createForecaster();
    for (let s = 0; s < 60; s++) {
      const processes = [processOf(412, 'node', 25 + 2 * s), processOf(7, 'sh', 2)];
      forecaster.observe(sample(s, { memoryMiB: 30 + 2 * s, ...(s % 5 === 0 ? { processes } : {}) }));
    }
    const forecast = forecastOf(forecaster, 'memory', startMs + 59_000);
    expect(forecast.evidence).toMatch(/^floor rises 2 MiB\/s for \d+ s \(node, pid 412\); 108 MiB left$/);
    expect(forecast.slopePerSecond).toBeCloseTo(2 * mebibyte, -3);
    expect(forecast.grower?.pid).toBe(412);
    expect(forecast.grower?.bytesPerSecond).toBeCloseTo(2 * mebibyte, -3);
    expect(forecast.timeToLimitMs?.p50).toBeGreaterThan(48_000);
    expect(forecast.timeToLimitMs?.p50).toBeLessThan(60_000);
    expect(forecast.pBreak60).toBeLessThanOrEqual(forecast.pBreak120);
    expect(forecast.pBreak120).toBeLessThanOrEqual(forecast.pBreak300);
    expect(forecast.unit).toBe('bytes');
  });

  it('says level, and how far from the limit', () => {
    const readings = Array.from({ length: 60 }, (_, s) => sample(s, { memoryMiB: 100 }));
    const forecast = forecastAfter(createForecaster(), readings, 'memory');
    expect(forecast.evidence).toMatch(/^level for \d+ s; 156 MiB left$/);
    expect(forecast.timeToLimitMs).toBeNull();
    expect(forecast.grower).toBeNull();
  });

  it('names the swing of a sawtooth', () => {
    const readings = Array.from({ length: 200 }, (_, s) => sample(s, { memoryMiB: 50 + 0.3 * s + 5 * (s % 5) }));
    expect(forecastAfter(createForecaster(), readings, 'memory').evidence).toMatch(
      /floor rises .* swings \d+(\.\d)? MiB/,
    );
  });

  it('comes in the order of the signals, one for each with input', () => {
    const forecaster = createForecaster();
    forecaster.observe({
      kind: 'limit-changed',
      sandboxId: 'box',
      atMs: startMs,
      signal: 'expiry',
      limit: startMs + 600_000,
    });
    forecaster.observe(
      sample(0, {
        memoryMiB: 10,
        more: {
          cpu: { usedCores: 1, limitCores: 2, throttledRatio: 0.5 },
          fds: { used: 3, limit: 100, pid: 1 },
          pids: { used: 3, limit: 100 },
          disk: { usedBytes: 1, limitBytes: 100 },
          inodes: { used: 1, limit: 100 },
          swap: { usedBytes: 0, limitBytes: 0 },
        },
        processes: [
          processOf(9, 'node', 50, { heapLimit: { limitBytes: 200 * mebibyte, source: '--max-old-space-size' } }),
        ],
      }),
    );
    const seen = forecaster.forecasts(startMs).map(({ signal }) => signal);
    expect(seen).toEqual(['memory', 'heap', 'swap', 'disk', 'inodes', 'pids', 'fds', 'expiry', 'cpu']);
    expect([...seen].sort((a, b) => signalNames.indexOf(a) - signalNames.indexOf(b))).toEqual(seen);
  });

  it('is the same object while nothing has changed', () => {
    const forecaster = createForecaster();
    const first = forecastAfter(forecaster, leak(0, 40), 'memory');
    expect(forecastOf(forecaster, 'memory', startMs + 40_000)).toBe(first);
  });
});

describe('the range of the time that is left', () => {
  /** How many times the cautious end is the other, at 200 of 256 MiB and 0.8 MiB/s. */
  const widthOf = (mibAt: (second: number) => number): number => {
    const climb = Array.from({ length: 121 }, (_, second) => {
      const mib = mibAt(second);
      return sample(second, { memoryMiB: mib, anonMiB: mib });
    });
    const { timeToLimitMs } = forecastAfter(createForecaster(), climb, 'memory');
    expect(timeToLimitMs).not.toBeNull();
    return (timeToLimitMs?.p90 ?? 0) / (timeToLimitMs?.p10 ?? 1);
  };

  it('is wider where the climb bends: its scales do not agree on the slope', () => {
    const straight = widthOf((second) => 200 - 0.8 * (120 - second));
    const speedingUp = widthOf((second) => 200 - 100 * (1 - Math.exp(-0.008 * (120 - second))));
    expect(speedingUp).toBeGreaterThan(1.2 * straight);
  });
});

describe('machine numbers', () => {
  it('carry pressure but never a probability', () => {
    const readings = leak(0, 100).map((reading) => ({ ...reading, source: 'machine' as const }));
    const forecast = forecastAfter(createForecaster(), readings, 'memory');
    expect(forecast.pressure).toBeCloseTo(228 / 256, 9);
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.timeToLimitMs).toBeNull();
    expect(forecast.evidence).toContain('machine');
  });

  it("are those of memory, swap and heaps; a disk is the place's own, whatever is known of its memory", () => {
    const gibibyte = 1024 * mebibyte;
    const filling = (from: number, perSecond: number) => (second: number) => ({
      usedBytes: from * gibibyte + second * perSecond * mebibyte,
      limitBytes: 10 * gibibyte,
    });
    const [disk, swap] = [filling(5, 25), filling(5, 25)];
    const after = (source: 'cgroup' | 'machine', signal: 'disk' | 'swap' | 'heap') =>
      forecastAfter(
        createForecaster(),
        Array.from({ length: 121 }, (_, second) =>
          sample(second, {
            source,
            processes: [
              processOf(412, 'node', 300 + second, {
                heapLimit: { limitBytes: 512 * mebibyte, source: '--max-old-space-size' },
              }),
            ],
            more: { disk: disk(second), swap: swap(second) },
          }),
        ),
        signal,
      );
    expect(after('machine', 'disk')).toEqual(after('cgroup', 'disk'));
    expect(after('machine', 'disk').pBreak300).toBeGreaterThan(0.8);
    for (const signal of ['swap', 'heap'] as const) {
      expect(after('machine', signal).pBreak300).toBe(0);
      expect(after('machine', signal).evidence).toContain('machine');
    }
  });

  it('do not mix with those of the sandbox', () => {
    const machine = leak(0, 60).map((reading) => ({ ...reading, source: 'machine' as const }));
    const forecast = forecastAfter(createForecaster(), [...machine, ...leak(60, 65)], 'memory');
    expect(forecast.evidence).toContain('the source changed');
    expect(forecast.pBreak300).toBe(0);
  });
});

describe('limits', () => {
  it.each([null, 0, Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 63 / mebibyte])('%s is no limit', (limitMiB) => {
    const readings = Array.from({ length: 40 }, (_, s) => sample(s, { memoryMiB: 10 * s, limitMiB }));
    const forecast = forecastAfter(createForecaster(), readings, 'memory');
    expect(forecast.limit).toBeNull();
    expect(forecast.pressure).toBeNull();
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.evidence).toBe('no limit known, uses 390 MiB');
  });

  it('may fall below use without nonsense', () => {
    const readings = Array.from({ length: 60 }, (_, s) => sample(s, { memoryMiB: 200, limitMiB: s < 50 ? 256 : 128 }));
    const forecast = forecastAfter(createForecaster(), readings, 'memory');
    expect(forecast.pressure).toBeCloseTo(200 / 128, 9);
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.evidence).toContain('at the limit');
    expect(forecast.evidence).toContain('limit changed from 256 MiB to 128 MiB');
  });

  it('that grow end the danger', () => {
    const forecaster = createForecaster();
    expect(forecastAfter(forecaster, leak(0, 80), 'memory').pBreak120).toBeGreaterThan(0.5);
    const forecast = forecastAfter(forecaster, [sample(80, { memoryMiB: 190, limitMiB: 4096 })], 'memory');
    expect(forecast.pBreak120).toBeLessThan(0.05);
  });

  it('told from elsewhere hold where the readings have none', () => {
    const forecaster = createForecaster();
    forecaster.observe({ kind: 'limit-changed', sandboxId: 'box', atMs: startMs, signal: 'pids', limit: 100 });
    const more = (s: number) => sample(s, { more: { pids: { used: s, limit: null } } });
    const forecast = forecastAfter(
      forecaster,
      Array.from({ length: 60 }, (_, s) => more(s)),
      'pids',
    );
    expect(forecast.limit).toBe(100);
    expect(forecast.pBreak60).toBeGreaterThan(0.5);
  });
});

describe('other signals use the same model', () => {
  it('groups the digits of large counts in threes', () => {
    const events = Array.from({ length: 40 }, (_, s) =>
      sample(s, { memoryMiB: 30, more: { inodes: { used: 811_815 + s, limit: 16_777_216 } } }),
    );
    expect(forecastAfter(createForecaster(), events, 'inodes').evidence).toContain('15,965,362 left');
  });

  it.each(['disk', 'inodes', 'pids', 'fds', 'swap'] as const)('%s', (signal) => {
    const readings = Array.from({ length: 80 }, (_, s) => {
      const bytes = { usedBytes: 10 * s, limitBytes: 1000 };
      const count = { used: 10 * s, limit: 1000 };
      return sample(s, {
        more: { disk: bytes, swap: bytes, inodes: count, pids: count, fds: { ...count, pid: 1 } },
      });
    });
    const forecast = forecastAfter(createForecaster(), readings, signal);
    expect(forecast.pBreak60).toBeGreaterThan(0.5);
    expect(forecast.evidence).toContain('floor rises 10');
  });

  it('cpu is told, never forecast', () => {
    const cpu = { usedCores: 0.5, limitCores: 0.5, throttledRatio: 0.8 };
    const forecast = forecastAfter(createForecaster(), [sample(0, { more: { cpu } })], 'cpu');
    expect(forecast).toMatchObject({ pressure: 1, pBreak300: 0, timeToLimitMs: null });
    expect(forecast.evidence).toBe('uses 0.50 of 0.5 cores; 80 % of periods throttled');
  });
});

describe('heap', () => {
  const grown = (name: string, source: string) =>
    Array.from({ length: 30 }, (_, i) =>
      sample(5 * i, {
        memoryMiB: 60 + 5 * i,
        limitMiB: 4096,
        processes: [
          processOf(412, name, 50 + 5 * i, { heapLimit: { limitBytes: 220 * mebibyte, source } }),
          processOf(1, 'sh', 2),
        ],
      }),
    );

  it('of V8 is forecast from the resident memory of the process', () => {
    const forecast = forecastAfter(createForecaster(), grown('node', '--max-old-space-size'), 'heap');
    // At 220 MiB of heap the process holds about 256 MiB, which it does not reach within a minute.
    expect(forecast.pBreak60).toBeLessThan(0.5);
    expect(forecast.pBreak300).toBeGreaterThan(forecast.pBreak60);
    expect(forecast.timeToLimitMs?.p50).toBeGreaterThan(50_000);
    expect(forecast.timeToLimitMs?.p50).toBeLessThan(70_000);
    expect(forecast.grower?.pid).toBe(412);
    expect(forecast.limit).toBe(220 * mebibyte);
  });

  it('of a JVM is not: it keeps what it took', () => {
    const forecast = forecastAfter(createForecaster(), grown('java', '-Xmx'), 'heap');
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.evidence).toContain('keeps its heap');
  });

  it('begins anew with another process', () => {
    const forecaster = createForecaster();
    forecastAfter(forecaster, grown('node', '--max-old-space-size'), 'heap');
    const other = processOf(500, 'node', 300, { heapLimit: { limitBytes: 400 * mebibyte, source: 'NODE_OPTIONS' } });
    const forecast = forecastAfter(forecaster, [sample(150, { processes: [other] })], 'heap');
    expect(forecast.pBreak300).toBe(0);
    expect(forecast.evidence).toContain('another process');
  });
});
