import { type Calibration, type Model, scoreOf, stepOf, type Table } from '../../../../src/forecast/combine.ts';
import { type FeatureName, featureCount, featureNames } from '../../../../src/forecast/features.ts';

/** One moment of one signal, for one horizon. */
export interface Row {
  readonly features: Float64Array;
  readonly broke: boolean;
  readonly weight: number;
}

/** In which direction a feature may move the probability: 1 up, -1 down, 0 either way. Physics, not fitted. */
const direction: Readonly<Record<FeatureName, 1 | -1 | 0>> = {
  passage: 1,
  soon: -1,
  age: 1,
  toCome: -1,
  bend: 1,
  rest: 1,
  recovered: -1,
  pace: 1,
  quiet: 1,
  busy: -1,
  clear: 1,
  kind: 0,
};

/** Features whose lowest value means "not known": that says nothing, so its step stays at nothing. */
const mayBeUnknown: ReadonlySet<FeatureName> = new Set(['busy']);

/** How the fit is done. */
export interface FitOptions {
  readonly rounds: number;
  readonly rate: number;
  /** Added to the information of each step: how many rows' worth of doubt it carries. */
  readonly doubt: number;
}
export const defaultFit: FitOptions = { rounds: 50, rate: 0.4, doubt: 6 };

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/**
 * Where each table changes. Chosen by hand, from what the numbers mean, and not by the data: so a table that was fitted to few runs
 * cannot follow them into odd corners.
 */
const edgesOf: Readonly<Record<FeatureName, readonly number[]>> = {
  passage: [-4, -3, -2, -1, 0, 1, 2, 3, 5],
  soon: [-2, -1.4, -1, -0.7, -0.4, -0.2, 0, 0.2, 0.5, 1, 2],
  // 5, 10, 15, 20, 30, 40, 55, 75, 100, 150 s.
  age: [1.6, 2.3, 2.7, 3, 3.4, 3.7, 4, 4.3, 4.6, 5],
  toCome: [-2, -1.5, -1, -0.7, -0.4, -0.1, 0.2, 0.5, 1, 2],
  bend: [-1.5, -1, -0.6, -0.4, -0.25, -0.15, -0.05, 0.1, 0.25, 0.5],
  rest: [-3, -2, -1, -0.3],
  recovered: [1, 2, 3],
  pace: [-1.5, -1, -0.6, -0.4, -0.25, -0.1, 0.1, 0.25, 0.5],
  // 5, 15, 30, 60 s.
  quiet: [1.8, 2.7, 3.4, 4.1],
  busy: [-0.5, 0.05, 0.15, 0.3, 0.5, 0.75],
  clear: [-0.7, 0, 0.7, 1.1, 1.6, 2.3, 3],
  kind: [0.5, 1.5, 2.5],
};

/** Pool adjacent violators: the nearest rising sequence in weighted least squares. */
function rising(values: readonly number[], weights: readonly number[]): number[] {
  const pools: { mean: number; weight: number; count: number }[] = [];
  values.forEach((value, i) => {
    pools.push({ mean: value, weight: Math.max(1e-9, weights[i] ?? 0), count: 1 });
    for (;;) {
      const last = pools.at(-1);
      const before = pools.at(-2);
      if (last === undefined || before === undefined || before.mean <= last.mean) return;
      pools.splice(-2, 2, {
        mean: (before.mean * before.weight + last.mean * last.weight) / (before.weight + last.weight),
        weight: before.weight + last.weight,
        count: before.count + last.count,
      });
    }
  });
  return pools.flatMap(({ mean, count }) => new Array<number>(count).fill(mean));
}

interface Growing {
  readonly edges: readonly number[];
  values: number[];
  readonly steps: Uint8Array;
}

function project(values: readonly number[], information: readonly number[], name: FeatureName): number[] {
  const skip = mayBeUnknown.has(name) ? 1 : 0;
  const sign = direction[name];
  if (sign === 0) return [...values];
  const part = rising(
    values.slice(skip).map((value) => sign * value),
    information.slice(skip),
  ).map((value) => sign * value);
  return [...new Array<number>(skip).fill(0), ...part];
}

/** Fits the tables by cyclic Newton boosting: each feature in turn takes a small step, then is made monotone again. */
export function fitModel(rows: readonly Row[], options: FitOptions = defaultFit): Model {
  const n = rows.length;
  const weights = Float64Array.from(rows, (row) => row.weight);
  const broke = Float64Array.from(rows, (row) => Number(row.broke));
  const total = weights.reduce((sum, each) => sum + each, 0);
  const base = weights.reduce((sum, each, i) => sum + each * (broke[i] ?? 0), 0) / total;
  const intercept = round(Math.log(base / (1 - base)), 2);
  // Odds instead of log-odds: a step multiplies them, so the exponential is taken once for each step and not for each row.
  const odds = new Float64Array(n).fill(Math.exp(intercept));
  const growing = featureNames.map((name, k): Growing => {
    const edges = edgesOf[name];
    return {
      edges,
      values: new Array<number>(edges.length + 1).fill(0),
      steps: Uint8Array.from(rows, (row) => stepOf(edges, row.features[k] ?? 0)),
    };
  });
  for (let r = 0; r < options.rounds; r++) {
    for (let k = 0; k < featureCount; k++) {
      const table = growing[k];
      const name = featureNames[k];
      if (table === undefined || name === undefined || table.edges.length === 0) continue;
      const size = table.values.length;
      const pull = new Float64Array(size);
      const information = new Float64Array(size);
      for (let i = 0; i < n; i++) {
        const step = table.steps[i] ?? 0;
        const o = odds[i] ?? 0;
        const p = o / (1 + o);
        const w = weights[i] ?? 0;
        pull[step] = (pull[step] ?? 0) + w * ((broke[i] ?? 0) - p);
        information[step] = (information[step] ?? 0) + w * p * (1 - p);
      }
      const wanted = table.values.map((value, b) => {
        // Doubt pulls each step towards nothing, so that what few rows say weighs little.
        const gradient = (pull[b] ?? 0) - options.doubt * value;
        return value + (options.rate * gradient) / ((information[b] ?? 0) + options.doubt);
      });
      const next = project(
        wanted,
        Array.from(information, (each) => each + options.doubt),
        name,
      );
      const factors = Float64Array.from(next, (value, b) => Math.exp(value - (table.values[b] ?? 0)));
      for (let i = 0; i < n; i++) odds[i] = (odds[i] ?? 0) * (factors[table.steps[i] ?? 0] ?? 1);
      table.values = next;
    }
  }
  const tables = Object.fromEntries(
    featureNames.map((name, k): [FeatureName, Table] => {
      const table = growing[k];
      return [name, { edges: table?.edges ?? [], values: (table?.values ?? [0]).map((value) => round(value, 2)) }];
    }),
  ) as Record<FeatureName, Table>;
  return { intercept, tables, calibration: { from: [], to: [] } };
}

/** Log-odds of a model for each row. */
export const scoresOf = (model: Model, rows: readonly Row[]): number[] =>
  rows.map((row) => scoreOf(model, row.features));

/**
 * Isotonic calibration of scores that were made without the row's own family, thinned to a few points in log-odds. Each pool is drawn
 * towards the base rate by a few rows, so that no probability becomes 0 or 1.
 */
export function calibrate(
  scores: readonly number[],
  rows: readonly { readonly broke: boolean; readonly weight: number }[],
  points = 12,
): Calibration {
  const order = scores
    .map((score, i) => ({ score, broke: Number(rows[i]?.broke ?? false), weight: rows[i]?.weight ?? 0 }))
    .toSorted((a, b) => a.score - b.score);
  const total = order.reduce((sum, { weight }) => sum + weight, 0);
  const bins: { score: number; broke: number; weight: number }[] = [];
  let at = { score: 0, broke: 0, weight: 0 };
  for (const each of order) {
    at.score += each.weight * each.score;
    at.broke += each.weight * each.broke;
    at.weight += each.weight;
    if (at.weight < total / points) continue;
    bins.push(at);
    at = { score: 0, broke: 0, weight: 0 };
  }
  if (at.weight > 0) bins.push(at);
  const prior = 2;
  const base = order.reduce((sum, { weight, broke }) => sum + weight * broke, 0) / total;
  const shares = rising(
    bins.map((bin) => (bin.broke + prior * base) / (bin.weight + prior)),
    bins.map((bin) => bin.weight),
  );
  // Of bins that were pooled, one point remains, in their middle: between points the line rises, so that no two scores are the same.
  const from: number[] = [];
  const to: number[] = [];
  for (const share of new Set(shares)) {
    const pool = bins.filter((_, i) => shares[i] === share);
    const weight = pool.reduce((sum, bin) => sum + bin.weight, 0);
    const kept = Math.min(0.995, Math.max(0.0005, share));
    from.push(round(pool.reduce((sum, bin) => sum + bin.score, 0) / weight, 2));
    to.push(round(Math.log(kept / (1 - kept)), 2));
  }
  return { from, to };
}
