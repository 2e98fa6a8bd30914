import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Model } from '../../../../src/forecast/combine.ts';
import { featureNames } from '../../../../src/forecast/features.ts';
import { alertPolicy, sensitivities } from '../../../../src/monitor/alert-policy.ts';
import { type Case, loadCases } from '../cases.ts';
import { judgeLives, type LifeReport, livesSet } from '../lives.ts';
import { type Quality, qualityOf } from '../probability.ts';
import { isAlarm, type MethodReport, reportOf, setReportsOf } from '../report.ts';
import { fitModel } from './boost.ts';
import { corpusOf } from './corpus.ts';
import { fingerprintOf, fittedOf } from './fingerprint.ts';
import { leaveFamiliesOut, unseenLines } from './validate.ts';

const numbers = (values: readonly number[]): string => `[${values.join(', ')}]`;

/** @returns the text of the file that the model is kept in. */
export function sourceOf(model: Model, cases: readonly Case[], fingerprint: string): string {
  const tables = featureNames.map((name) => {
    const { edges, values } = model.tables[name];
    return `  ${name}: {\n    edges: ${numbers(edges)},\n    values: ${numbers(values)},\n  },`;
  });
  return [
    '// Written by `npm run fit:forecast`. Do not edit: docs/forecasting.md says how to refit.',
    `// Fitted to ${cases.length} recorded runs (sha256 ${fingerprint}), the same under other limits, and made-up ones.`,
    "import type { Calibration, Table } from './combine.ts';",
    "import type { FeatureName } from './features.ts';",
    '',
    `export const intercept = ${model.intercept};`,
    'export const tables: Readonly<Record<FeatureName, Table>> = {',
    ...tables,
    '};',
    'export const calibration: Calibration = {',
    `  from: ${numbers(model.calibration.from)},`,
    `  to: ${numbers(model.calibration.to)},`,
    '};',
    '',
  ].join('\n');
}

/** What the models were worth on families they had not seen. */
export interface UnseenReport {
  readonly methods: readonly MethodReport[];
  /** Each sensitivity on each set of recordings by itself. */
  readonly sets: readonly MethodReport[];
  readonly quality: Quality;
}

/** The same, and the tables. */
export interface FitReport extends UnseenReport {
  readonly source: string;
}

/** The newest exam beside the quiet hours: as a person meets it, and nothing of it in any table. */
const asMet: ReadonlySet<string> = new Set(['days', 'exam']);

/** A model for each family, none of which has seen it, and the one that is kept. */
export interface Fitted {
  readonly fitted: readonly Case[];
  readonly model: Model;
  readonly models: ReadonlyMap<string, Model>;
}

/** Fits the model, and one for each group of families without them. Takes about a minute. @param cases without the second lives */
export async function fitAll(cases: readonly Case[], say: (text: string) => void): Promise<Fitted> {
  const fitted = fittedOf(cases);
  const moments = await corpusOf(fitted);
  say(`${fitted.length} of ${cases.length} runs, ${moments.length} moments`);
  const { models: leftOut, calibration } = leaveFamiliesOut(fitted, moments, say);
  const model = { ...fitModel(moments), calibration };
  // What nothing was fitted to is unseen by the whole model.
  return { fitted, model, models: new Map([...cases.map(({ family }) => [family, model] as const), ...leftOut]) };
}

/** Judges second lives with models that have not seen their families. Takes some ten minutes. */
export async function judgeUnseenLives(folder: string, say: (text: string) => void): Promise<LifeReport> {
  const cases = loadCases(folder);
  const { models } = await fitAll(
    cases.filter(({ set }) => set !== livesSet),
    say,
  );
  return judgeLives(cases, models, say);
}

/** Replays all runs at each sensitivity with models that have not seen their families. @param cases without the second lives */
export async function judgeUnseen(cases: readonly Case[], models: ReadonlyMap<string, Model>): Promise<UnseenReport> {
  const methods: MethodReport[] = [];
  const sets: MethodReport[] = [];
  let quality: Quality | null = null;
  for (const sensitivity of sensitivities) {
    const lines = await unseenLines(cases, models, alertPolicy(sensitivity));
    const alarms = (one: Case): readonly boolean[] => (lines.get(one.csvFile) ?? []).map(isAlarm);
    methods.push(reportOf(`unseen families, ${sensitivity}`, cases, alarms));
    const met = cases.filter(({ set }) => asMet.has(set));
    sets.push(...setReportsOf(sensitivity, cases, alarms), reportOf(`${sensitivity}, exam and days`, met, alarms));
    if (sensitivity === 'balanced') quality = qualityOf(cases, (one) => lines.get(one.csvFile) ?? []);
  }
  if (quality === null) throw new Error('the balanced engine was not replayed');
  return { methods, sets, quality };
}

/**
 * Fits the model to the runs in the folder, but for the sets that only judge, and one for each group of families without them. Takes about
 * two minutes.
 */
export async function fitFrom(folder: string, say: (text: string) => void): Promise<FitReport> {
  const cases = loadCases(folder).filter(({ set }) => set !== livesSet);
  const { fitted, model, models } = await fitAll(cases, say);
  const judged = await judgeUnseen(cases, models);
  return { ...judged, source: sourceOf(model, fitted, fingerprintOf(fitted)) };
}

const tablesFile = (root: string): string => path.join(root, 'src/forecast/tables.ts');

/** @returns whether the committed tables are what the fit writes. */
export const isCommitted = (root: string, source: string): boolean => readFileSync(tablesFile(root), 'utf8') === source;

export const writeTables = (root: string, source: string): void => writeFileSync(tablesFile(root), source);
