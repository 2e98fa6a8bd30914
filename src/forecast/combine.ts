import { type FeatureName, featureCount, featureNames } from './features.ts';
import { calibration, intercept, tables } from './tables.ts';

/** One feature's part of the log-odds: constant between edges. `values` has one more entry than `edges`. */
export interface Table {
  readonly edges: readonly number[];
  readonly values: readonly number[];
}

/** From log-odds to a calibrated probability: points of a rising, piecewise straight line, both in log-odds. */
export interface Calibration {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export interface Model {
  readonly intercept: number;
  readonly tables: Readonly<Record<FeatureName, Table>>;
  readonly calibration: Calibration;
}

/** The fitted model. `npm run fit:forecast` writes it. */
export const fitted: Model = { intercept, tables, calibration };

/** @returns the index of the step of the table that `x` falls into. */
export function stepOf(edges: readonly number[], x: number): number {
  let i = 0;
  while (i < edges.length && x >= (edges[i] ?? 0)) i++;
  return i;
}

/** Beyond the outermost points nobody has seen anything: there the line goes on, but less steeply. */
const beyondSlope = 0.5;

const calibrated = ({ from, to }: Calibration, logit: number): number => {
  const last = from.length - 1;
  if (last < 0) return logit;
  if (logit <= (from[0] ?? 0)) return (to[0] ?? 0) + beyondSlope * (logit - (from[0] ?? 0));
  for (let i = 1; i <= last; i++) {
    const right = from[i] ?? 0;
    if (logit > right) continue;
    const left = from[i - 1] ?? 0;
    const share = right > left ? (logit - left) / (right - left) : 1;
    return (to[i - 1] ?? 0) + share * ((to[i] ?? 0) - (to[i - 1] ?? 0));
  }
  return (to[last] ?? 0) + beyondSlope * (logit - (from[last] ?? 0));
};

const ordered = (model: Model): readonly Table[] => featureNames.map((name) => model.tables[name]);
const fittedTables = ordered(fitted);

/** @returns the log-odds before calibration; `features` in the order of `featureNames`. */
export function scoreOf(model: Model, features: Float64Array): number {
  const list = model === fitted ? fittedTables : ordered(model);
  let sum = model.intercept;
  for (let k = 0; k < featureCount; k++) {
    const table = list[k];
    if (table !== undefined) sum += table.values[stepOf(table.edges, features[k] ?? 0)] ?? 0;
  }
  return sum;
}

/** @returns the probability of a break within the horizon the features were made for, 0..1. */
export function probabilityOf(features: Float64Array, model: Model = fitted): number {
  return 1 / (1 + Math.exp(-calibrated(model.calibration, scoreOf(model, features))));
}
