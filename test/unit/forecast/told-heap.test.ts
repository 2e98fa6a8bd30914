import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { HeapUse } from '../../../src/model/sample.ts';
import { forecastAfter, mebibyte, processOf, sample } from './support.ts';

const heapOf = (usedMiB: number, limitMiB = 120, more: Partial<HeapUse> = {}): HeapUse => ({
  usedBytes: usedMiB * mebibyte,
  limitBytes: limitMiB * mebibyte,
  ...more,
});
const heapLimit = { limitBytes: 128 * mebibyte, source: '-Xmx' };

/** Readings every 5 s of one JVM whose resident memory does not change. */
const jvm = (steps: number, heap: (i: number) => HeapUse) =>
  Array.from({ length: steps }, (_, i) =>
    sample(5 * i, {
      memoryMiB: 170,
      limitMiB: 1024,
      processes: [processOf(7, 'java', 160, { heapLimit, heap: heap(i) }), processOf(1, 'sh', 2)],
    }),
  );

describe('a heap that its runtime tells of', () => {
  it('is forecast from that, though resident memory is level', () => {
    const leak = forecastAfter(
      createForecaster(),
      jvm(24, (i) => heapOf(10 + 4 * i)),
      'heap',
    );
    expect(leak).toMatchObject({ used: 102 * mebibyte, limit: 120 * mebibyte, grower: { pid: 7, name: 'java' } });
    expect(leak.pBreak120).toBeGreaterThan(0.6);
    expect(leak.timeToLimitMs?.p50).toBeLessThan(40_000);
    expect(leak.resident).toBeUndefined();
    expect(leak.evidence).toContain('as java (pid 7) itself counts its heap');
    const level = forecastAfter(
      createForecaster(),
      jvm(24, (i) => heapOf(100 + (i % 2))),
      'heap',
    );
    expect(level.pBreak300).toBeLessThan(0.1);
  });

  it('is not forecast while nothing has looked through it, and is with what was seen until then afterwards', () => {
    const readings = jvm(24, (i) => heapOf(10 + 4 * i, 120, i < 23 ? { unchecked: true } : {}));
    const forecaster = createForecaster();
    const before = forecastAfter(forecaster, readings.slice(0, -1), 'heap');
    expect(before).toMatchObject({ used: 98 * mebibyte, pBreak300: 0, timeToLimitMs: null });
    expect(before.evidence).toContain('java (pid 7) has not collected all of its heap yet');
    expect(forecastAfter(forecaster, readings.slice(-1), 'heap').pBreak120).toBeGreaterThan(0.6);
  });

  it('of a limit on addresses says that it counts addresses', () => {
    const course = jvm(24, (i) => heapOf(10 + 4 * i, 120, { addresses: true }));
    const { evidence, pBreak120 } = forecastAfter(createForecaster(), course, 'heap');
    expect(evidence).toContain('counted in addresses, touched or not, as ulimit -v does');
    expect(pBreak120).toBeGreaterThan(0.6);
  });

  it('needs no limit on the command line', () => {
    const processes = [processOf(7, 'java', 160, { heap: heapOf(60) })];
    const forecast = forecastAfter(createForecaster(), [sample(0, { memoryMiB: 170, processes })], 'heap');
    expect(forecast.pressure).toBe(0.5);
  });

  it('begins its trend anew where it was only resident memory before', () => {
    const silent = Array.from({ length: 20 }, (_, i) =>
      sample(5 * i, { memoryMiB: 170, processes: [processOf(7, 'java', 160 + i, { heapLimit })] }),
    );
    const forecaster = createForecaster();
    forecastAfter(forecaster, silent, 'heap');
    const processes = [processOf(7, 'java', 180, { heapLimit, heap: heapOf(60) })];
    const forecast = forecastAfter(forecaster, [sample(100, { memoryMiB: 170, processes })], 'heap');
    expect(forecast.evidence).toContain('the source changed');
  });
});

describe('of several heaps', () => {
  const after = (...lists: readonly (readonly ReturnType<typeof processOf>[])[]) =>
    forecastAfter(
      createForecaster(),
      lists.map((processes, i) => sample(5 * i, { memoryMiB: 500, limitMiB: 4096, processes })),
      'heap',
    );
  const small = (usedMiB: number) => processOf(7, 'java', 100, { heap: heapOf(usedMiB, 100) });
  const large = (usedMiB: number) => processOf(8, 'java', 900, { heapLimit, heap: heapOf(usedMiB, 1000) });

  it('the fullest speaks', () => {
    expect(after([large(500), small(80)]).used).toBe(80 * mebibyte);
    expect(after([large(900), small(80)]).used).toBe(900 * mebibyte);
  });

  it('one that is known speaks before one that may be garbage, unless that is much fuller', () => {
    const doubtful = (usedMiB: number) =>
      processOf(8, 'java', 900, { heap: heapOf(usedMiB, 1000, { unchecked: true }) });
    expect(after([doubtful(900), small(60)]).limit).toBe(100 * mebibyte);
    expect(after([doubtful(900), small(20)]).limit).toBe(1000 * mebibyte);
  });

  it('two that are about as full do not take turns', () => {
    const forecast = after([large(500), small(55)], [large(560), small(55)], [large(600), small(55)]);
    expect(forecast.limit).toBe(100 * mebibyte);
    expect(after([large(500), small(55)], [large(700), small(55)]).limit).toBe(1000 * mebibyte);
  });

  it('one of V8, told by resident memory, speaks when it is the fuller one', () => {
    const node = (rssMiB: number) =>
      processOf(9, 'node', rssMiB, { heapLimit: { limitBytes: 400 * mebibyte, source: '--max-old-space-size' } });
    expect(after([small(30), node(380)]).limit).toBe(400 * mebibyte);
    expect(after([small(80), node(200)]).limit).toBe(100 * mebibyte);
  });

  it('one that tells speaks before a JVM that does not', () => {
    const silent = processOf(10, 'java', 900, { heapLimit });
    expect(after([silent, small(30)]).used).toBe(30 * mebibyte);
    expect(after([silent], [silent, small(30)]).used).toBe(30 * mebibyte);
  });
});

it('a JVM that tells its heap still is no danger for memory it can not reach', () => {
  const course = (limitMiB: number) =>
    Array.from({ length: 60 }, (_, s) =>
      sample(s, {
        memoryMiB: 20 + 3 * s,
        limitMiB: 256,
        processes: [
          processOf(7, 'java', 18 + 3 * s, {
            heapLimit: { limitBytes: limitMiB * mebibyte, source: '-Xmx' },
            heap: heapOf(10, limitMiB),
          }),
        ],
      }),
    );
  const near = forecastAfter(createForecaster(), course(128), 'memory');
  expect(near.pBreak120).toBeLessThan(0.2);
  expect(forecastAfter(createForecaster(), course(400), 'memory').pBreak120).toBeGreaterThan(near.pBreak120);
});
