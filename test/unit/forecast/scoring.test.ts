import { describe, expect, it } from 'vitest';
import { scoreOf } from '../../../src/forecast/combine.ts';
import { featureNames } from '../../../src/forecast/features.ts';
import type { Case } from '../../bench/forecast/cases.ts';
import { calibrate, fitModel, type Row } from '../../bench/forecast/fit/boost.ts';
import { familiesOf, ratesOf, scoreCase } from '../../bench/forecast/protocol.ts';
import { rateInterval, shareInterval } from '../../bench/forecast/small-samples.ts';
import { randomFrom } from './support.ts';

const run = (breakAt: number | null, rows: number, top = 0.5, kind: string | null = 'oom_kill'): Case => ({
  id: 'x',
  family: 'f',
  kind: breakAt === null ? null : kind,
  signal: 'memory',
  breakAt,
  pressure: { memory: Array<number>(rows).fill(top), disk: [], fds: [], pids: [] },
  top: Array<number>(rows).fill(top),
  times: Array.from({ length: rows }, (_, i) => i * 1000),
  stalled: null,
  forecastable: breakAt !== null,
  csvFile: 'x.csv',
  jsonFile: 'x.json',
  set: 'x',
});
const on = (rows: number, ...spans: readonly (readonly [number, number])[]): boolean[] =>
  Array.from({ length: rows }, (_, i) => spans.some(([from, to]) => i >= from && i <= to));

describe('the scoring protocol', () => {
  it.each([
    ['in time and still on', [[50, 100]], { hitAt: 50, leadS: 50, falseAlarms: 0 }],
    ['in time, ended 15 s too early', [[20, 50]], { hitAt: null, falseAlarms: 1 }],
    ['late', [[75, 99]], { hitAt: null, falseAlarms: 0 }],
    ['in the first ten seconds', [[5, 100]], { hitAt: null, falseAlarms: 1 }],
    [
      'twice within a minute is once',
      [
        [20, 25],
        [60, 99],
      ],
      { hitAt: 20, falseAlarms: 0 },
    ],
  ] as const)('%s', (_, spans, expected) => {
    expect(scoreCase(run(100, 100), on(100, ...spans))).toMatchObject(expected);
  });

  it('without a break every episode is false, unless it touched 97 %', () => {
    expect(scoreCase(run(null, 200), on(200, [20, 30], [120, 130]))).toMatchObject({ falseAlarms: 2, nearMisses: 0 });
    expect(scoreCase(run(null, 200, 0.98), on(200, [20, 30]))).toMatchObject({ falseAlarms: 0, nearMisses: 1 });
  });

  it('leaves breaks of the first minute and stalls of the processor out of the recall', () => {
    const always = (one: Case): boolean[] => Array<boolean>(one.times.length).fill(false);
    const sums = familiesOf([run(50, 50), run(100, 100), run(100, 100, 0.5, 'cpu_stall')], always);
    expect(sums.get('f')).toMatchObject({ cases: 3, breaks: 1, hits: 0, forecastable: 1 });
    const sum = sums.get('f');
    expect(sum === undefined ? null : ratesOf(sum).recall).toBe(0);
  });
});

describe('the fit', () => {
  const random = randomFrom(3);
  const age = featureNames.indexOf('age');
  const rows: Row[] = Array.from({ length: 600 }, () => {
    const features = new Float64Array(featureNames.length);
    features[age] = 6 * random();
    return { features, broke: random() < (features[age] ?? 0) / 6, weight: 1 };
  });

  it('learns what the rows say, in the direction that physics allows, and is the same each time', () => {
    const model = fitModel(rows);
    const { values } = model.tables.age;
    expect(values.toSorted((a, b) => a - b)).toEqual(values);
    expect((values.at(-1) ?? 0) - (values[0] ?? 0)).toBeGreaterThan(1);
    expect(fitModel(rows)).toEqual(model);
    const young = new Float64Array(featureNames.length);
    const old = new Float64Array(featureNames.length);
    old[age] = 5.5;
    expect(scoreOf(model, old)).toBeGreaterThan(scoreOf(model, young));
  });

  it('does not follow rows that contradict physics', () => {
    const model = fitModel(rows.map((row) => ({ ...row, broke: !row.broke })));
    const { values } = model.tables.age;
    expect((values.at(-1) ?? 0) - (values[0] ?? 0)).toBeCloseTo(0, 1);
  });

  it('calibrates to a rising line', () => {
    const { from, to } = calibrate(
      rows.map((row) => row.features[age] ?? 0),
      rows,
    );
    expect(from.toSorted((a, b) => a - b)).toEqual(from);
    expect(to.toSorted((a, b) => a - b)).toEqual(to);
  });
});

describe('intervals of small samples', () => {
  it.each([
    // Exact values of the score interval, as R's prop.test(correct = FALSE) gives them.
    [1, 1, 0.2065, 1],
    [9, 10, 0.5958, 0.9821],
    [0, 8, 0, 0.3244],
  ])('a share of %i of %i', (hits, of, low, high) => {
    const interval = shareInterval(hits, of);
    expect(interval?.[0]).toBeCloseTo(low, 3);
    expect(interval?.[1]).toBeCloseTo(high, 3);
  });

  it.each([
    // Garwood's exact limits.
    [0, 0, 3.689],
    [3, 0.619, 8.767],
    [10, 4.795, 18.39],
  ])('a count of %i', (count, low, high) => {
    const [from = Number.NaN, to = Number.NaN] = rateInterval(count, 2) ?? [];
    expect(Math.abs(2 * from - low)).toBeLessThan(0.03);
    expect(Math.abs(2 * to - high) / high).toBeLessThan(0.01);
  });

  it('says nothing of nothing', () => {
    expect(shareInterval(0, 0)).toBeNull();
    expect(rateInterval(0, 0)).toBeNull();
  });
});
