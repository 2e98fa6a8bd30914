import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { forecastAfter, mebibyte, processOf, sample, startMs } from './support.ts';

const failure = (seconds: number, exitCode: number | null = 1) => ({
  kind: 'command-ended' as const,
  sandboxId: 'box',
  commandId: `c${seconds}`,
  atMs: startMs + seconds * 1000,
  exitCode,
});

describe('processor', () => {
  const busy = (seconds: number, part: Partial<NonNullable<Sample['cpu']>> = {}) =>
    sample(seconds, { more: { cpu: { usedCores: 0.5, limitCores: 0.5, throttledRatio: 0.9, ...part } } });
  const series = (part: Partial<NonNullable<Sample['cpu']>>) => Array.from({ length: 40 }, (_, s) => busy(s, part));

  it('is called slowed for as long as it lasts, and never about to break', () => {
    const forecast = forecastAfter(createForecaster(), series({ stalledPercent: 70 }), 'cpu');
    expect(forecast.evidence).toContain('waited for a processor in 70 % of the last 10 s; slowed for 39 s');
    expect(forecast.pBreak300).toBe(0);
  });

  it('is not called so when nobody waits, or only for seconds', () => {
    expect(forecastAfter(createForecaster(), series({ stalledPercent: 5 }), 'cpu').evidence).not.toContain(
      'slowed for',
    );
    expect(forecastAfter(createForecaster(), series({}).slice(0, 20), 'cpu').evidence).not.toContain('slowed for');
  });
});

describe('responsiveness', () => {
  it('is silent while readings come, and tells how long none came', () => {
    const forecaster = createForecaster();
    for (let s = 0; s < 20; s++) forecaster.observe(sample(s, { memoryMiB: 10 }));
    const at = (seconds: number) =>
      forecaster.forecasts(startMs + seconds * 1000).find((each) => each.signal === 'responsiveness');
    expect(at(21)).toBeUndefined();
    expect(at(31)).toMatchObject({ used: 12_000, pBreak300: 0, evidence: 'no answer for 12 s, usually one every 1 s' });
  });

  it('waits longer for a source that reports seldom', () => {
    const forecaster = createForecaster();
    for (let s = 0; s < 300; s += 30) forecaster.observe(sample(s, { memoryMiB: 10, cadenceMs: 30_000 }));
    const at = (seconds: number) =>
      forecaster.forecasts(startMs + seconds * 1000).some((each) => each.signal === 'responsiveness');
    expect(at(340)).toBe(false);
    expect(at(370)).toBe(true);
  });
});

describe('late answers', () => {
  const told = (late: readonly number[]) => {
    const forecaster = createForecaster();
    return late.map((lateMs, s) => {
      forecaster.observe(sample(s, { memoryMiB: 10, more: { lateMs } }));
      return forecaster.forecasts(startMs + s * 1000).find((each) => each.signal === 'responsiveness') ?? null;
    });
  };
  const usual = Array.from({ length: 40 }, (_, s) => 40 + (s % 3) * 10);

  it('are told when most of the last five are far beyond the usual, and not for one or two', () => {
    expect(told([...usual, 4_000, 50, 4_000, 50, 50]).every((each) => each === null)).toBe(true);
    const grown = told([...usual, 900, 1_800, 2_400, 2_600, 2_500]);
    expect(grown.findIndex((each) => each !== null)).toBe(42);
    expect(grown.at(-1)).toMatchObject({
      used: 2_400,
      limit: null,
      pBreak300: 0,
      evidence: 'answers take 2.4 s, usually 0.1 s',
    });
  });

  it('are over when they come in time again, not when they come a little less late', () => {
    const course = told([...usual, ...Array(10).fill(600), ...Array(10).fill(400), ...Array(10).fill(50)]);
    const flags = course.map((each) => each !== null);
    expect(flags.slice(45, 60)).toEqual(Array(15).fill(true));
    expect(flags.slice(65)).toEqual(Array(5).fill(false));
  });

  it('become the usual when they stay, after some minutes: a clock was set, or the way is longer now', () => {
    const flags = told([...usual, ...Array(1_500).fill(700)]).map((each) => each !== null);
    expect(flags[100]).toBe(true);
    expect(flags[300]).toBe(true);
    expect(flags.slice(1_200).some(Boolean)).toBe(false);
  });

  it('are the usual where they always were, and nonsense is nothing', () => {
    expect(told(Array(60).fill(1_800)).every((each) => each === null)).toBe(true);
    expect(told([Number.NaN, -5, Number.POSITIVE_INFINITY, ...usual]).every((each) => each === null)).toBe(true);
  });

  it('begin anew with another source', () => {
    const forecaster = createForecaster();
    for (const [s, lateMs] of [...usual, ...Array(10).fill(3_000)].entries())
      forecaster.observe(sample(s, { memoryMiB: 10, more: { lateMs } }));
    forecaster.observe(sample(50, { memoryMiB: 10, more: { lateMs: 3_000, source: 'machine' } }));
    expect(forecaster.forecasts(startMs + 50_000).some((each) => each.signal === 'responsiveness')).toBe(false);
  });
});

describe('restarts', () => {
  it('tells of programs that fail again and again, not of single failures, successes or Ctrl+C', () => {
    const few = createForecaster();
    for (const event of [failure(1), failure(2, 0), failure(3, 130), failure(4, null), failure(5)]) few.observe(event);
    expect(few.forecasts(startMs + 6000)).toEqual([]);
    const loop = forecastAfter(createForecaster(), [failure(0), failure(20), failure(40), failure(60)], 'restarts');
    expect(loop.used).toBe(4);
    // One in 20 s for a minute: 1 - (120 / 180) ** 4.5.
    expect(loop.evidence).toBe('4 failures within 60 s; another within a minute: 84 %');
    expect([loop.pBreak60, loop.pBreak120, loop.pBreak300]).toEqual([0, 0, 0]);
  });

  it('are over ten minutes later', () => {
    const forecaster = createForecaster();
    for (const event of [failure(0), failure(20), failure(40)]) forecaster.observe(event);
    expect(forecaster.forecasts(startMs + 11 * 60_000)).toEqual([]);
  });
});

describe('what is known beside the signal', () => {
  it('a JVM whose heap ends well below the limit is no danger for memory', () => {
    const course = (heapMiB: number) =>
      Array.from({ length: 60 }, (_, s) =>
        sample(s, {
          memoryMiB: 30 + 3 * s,
          anonMiB: 30 + 3 * s,
          processes: [
            processOf(7, 'java', 25 + 3 * s, { heapLimit: { limitBytes: heapMiB * mebibyte, source: '-Xmx' } }),
          ],
        }),
      );
    const bounded = forecastAfter(createForecaster(), course(200), 'memory');
    const unbounded = forecastAfter(createForecaster(), course(400), 'memory');
    expect(bounded.pBreak120).toBeLessThan(0.1);
    expect(unbounded.pBreak120).toBeGreaterThan(3 * bounded.pBreak120);
  });

  it('a JVM that holds far more than its heap may is not ended by it', () => {
    const direct = Array.from({ length: 90 }, (_, s) =>
      sample(s, {
        memoryMiB: 30 + 2 * s,
        anonMiB: 30 + 2 * s,
        processes: [processOf(7, 'java', 28 + 2 * s, { heapLimit: { limitBytes: 64 * mebibyte, source: '-Xmx' } })],
      }),
    );
    expect(forecastAfter(createForecaster(), direct.slice(0, 60), 'memory').pBreak120).toBeLessThan(0.1);
    expect(forecastAfter(createForecaster(), direct, 'memory').pBreak120).toBeGreaterThan(0.5);
  });

  it('a heap limit that nobody set does not end a JVM: most of what it holds may lie beside', () => {
    const direct = Array.from({ length: 60 }, (_, s) =>
      sample(s, {
        memoryMiB: 30 + 2 * s,
        anonMiB: 30 + 2 * s,
        processes: [
          processOf(7, 'java', 28 + 2 * s, { heapLimit: { limitBytes: 64 * mebibyte, source: 'default of java' } }),
        ],
      }),
    );
    expect(forecastAfter(createForecaster(), direct, 'memory').pBreak120).toBeGreaterThan(0.5);
  });

  it('a heap limit that nobody set is shown where it would end, and not once the process holds more', () => {
    const holding = (rssMiB: number) => {
      const forecaster = createForecaster();
      const heapLimit = { limitBytes: 259 * mebibyte, source: 'default of node' };
      for (let s = 0; s < 20; s++) {
        const processes = [processOf(7, 'node', rssMiB, { heapLimit })];
        forecaster.observe(sample(s, { memoryMiB: rssMiB + 5, processes }));
      }
      return forecaster.forecasts(startMs + 20_000).find((each) => each.signal === 'heap') ?? null;
    };
    expect(holding(280)?.pressure).toBeCloseTo(280 / (259 * 1.02 + 32), 3);
    expect(holding(280)).toMatchObject({ guessed: true, resident: true });
    expect(holding(310)).toBeNull();
  });

  it('the line at which the kernel slows processes down is named for as long as it is hit', () => {
    const forecaster = createForecaster();
    const evidence = (s: number, throttleHitCount: number) => {
      const memory = sample(s, { memoryMiB: 100 }).memory;
      if (memory === undefined) throw new Error('no memory');
      forecaster.observe(sample(s, { more: { memory: { ...memory, throttleHitCount } } }));
      return forecaster.forecasts(startMs + s * 1000).find(({ signal }) => signal === 'memory')?.evidence ?? '';
    };
    const said = 'slowed down at memory.high';
    expect(evidence(0, 7)).not.toContain(said);
    expect(evidence(1, 7)).not.toContain(said);
    expect(evidence(2, 9)).toContain(said);
    expect(evidence(20, 9)).toContain(said);
    expect(evidence(40, 9)).not.toContain(said);
  });

  it('free swap moves the end away', () => {
    const course = (swapMiB: number) =>
      Array.from({ length: 60 }, (_, s) =>
        sample(s, {
          memoryMiB: 30 + 3 * s,
          anonMiB: 30 + 3 * s,
          more: { swap: { usedBytes: 0, limitBytes: swapMiB * mebibyte } },
        }),
      );
    const without = forecastAfter(createForecaster(), course(0), 'memory').timeToLimitMs?.p50 ?? 0;
    const withSwap = forecastAfter(createForecaster(), course(256), 'memory').timeToLimitMs?.p50 ?? 0;
    expect(withSwap).toBeGreaterThan(without + 60_000);
  });

  it('what cannot be reclaimed is followed, where the source tells it', () => {
    const readings = Array.from({ length: 60 }, (_, s) => {
      const one = sample(s, { memoryMiB: 30 + 3 * s });
      const memory = one.memory === undefined ? undefined : { ...one.memory, unreclaimableBytes: 20 * mebibyte };
      return { ...one, ...(memory === undefined ? {} : { memory }) };
    });
    expect(forecastAfter(createForecaster(), readings, 'memory').pBreak300).toBe(0);
  });
});
