import { type ReplayLine, replay } from '../../../../src/cli/replay.ts';
import { readTrace } from '../../../../src/cli/trace-file.ts';
import type { Calibration, Model } from '../../../../src/forecast/combine.ts';
import { createForecaster } from '../../../../src/forecast/forecaster.ts';
import type { AlertPolicy } from '../../../../src/monitor/alert-policy.ts';
import type { Case } from '../cases.ts';
import { calibrate, fitModel, scoresOf } from './boost.ts';
import type { Moment } from './corpus.ts';

/** A model for each family, fitted without any run of it. */
export interface LeftOut {
  readonly models: ReadonlyMap<string, Model>;
  /** From the scores that these models give to the runs of the families they have not seen. */
  readonly calibration: Calibration;
}

/** So many models are fitted, each without its share of the families. */
const folds = 24;

/** Fits models each of which has not seen some of the families, so that every family has one that has not seen it. */
export function leaveFamiliesOut(
  cases: readonly Case[],
  moments: readonly Moment[],
  say: (text: string) => void = () => undefined,
): LeftOut {
  const families = [...new Set(cases.map((one) => one.family))].toSorted();
  const models = new Map<string, Model>();
  const unseen: { score: number; broke: boolean; weight: number }[] = [];
  for (let fold = 0; fold < Math.min(folds, families.length); fold++) {
    const out = new Set(families.filter((_, i) => i % folds === fold));
    const model = fitModel(moments.filter((each) => !out.has(each.family)));
    for (const family of out) models.set(family, model);
    const own = moments.filter((each) => out.has(each.family) && each.real);
    scoresOf(model, own).forEach((score, i) => {
      unseen.push({ score, broke: own[i]?.broke ?? false, weight: own[i]?.weight ?? 0 });
    });
    say(`fitted without ${[...out].join(', ')}`);
  }
  const calibration = calibrate(
    unseen.map(({ score }) => score),
    unseen,
  );
  return {
    models: new Map([...models].map(([family, model]) => [family, { ...model, calibration }])),
    calibration,
  };
}

/** Replays each run with the model that has not seen its family. */
export async function unseenLines(
  cases: readonly Case[],
  models: ReadonlyMap<string, Model>,
  policy: AlertPolicy,
): Promise<ReadonlyMap<string, readonly ReplayLine[]>> {
  const lines = new Map<string, readonly ReplayLine[]>();
  for (const one of cases) {
    const model = models.get(one.family);
    const forecaster = createForecaster(model === undefined ? {} : { model });
    lines.set(one.csvFile, [...replay(await readTrace(one.csvFile), { policy, forecaster })]);
  }
  return lines;
}
