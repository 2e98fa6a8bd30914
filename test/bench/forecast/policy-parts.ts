import { replay } from '../../../src/cli/replay.ts';
import { readTrace } from '../../../src/cli/trace-file.ts';
import type { Model } from '../../../src/forecast/combine.ts';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { type AlertPolicy, alertPolicy } from '../../../src/monitor/alert-policy.ts';
import type { Case } from './cases.ts';
import { isAlarm, type MethodReport, reportOf } from './report.ts';

const balanced = alertPolicy('balanced');
const never = 2;

/** The balanced policy, and the same with one part of it changed. */
const variants: Readonly<Record<string, Partial<AlertPolicy>>> = {
  'as it is': {},
  'no earlier word for climbs of minutes': { longProbability300: never },
  'that word from two and a half times what is left on (now five times)': { longShare: 0.4 },
  'without waiting: one line whatever time is left': {
    warnProbability: balanced.nearProbability,
    farProbability: balanced.nearProbability,
  },
  'told with 25 s left too': { leastNoticeMs: 25_000 },
  'told however late': { leastNoticeMs: 0, doubtfulNoticeMs: 0 },
  'no allowance for what comes in steps': { doubtfulNoticeMs: balanced.leastNoticeMs },
  'held for 0 s': { warnHoldMs: 0 },
  'held for 2 s': { warnHoldMs: 2000 },
  'held for 3 s': { warnHoldMs: 3000 },
};

/** One way to warn: on all runs, on quiet days, and on the sets whose lead is told. */
export interface PolicyPart {
  readonly name: string;
  readonly all: MethodReport;
  readonly days: MethodReport;
  readonly own: MethodReport;
  readonly slow: MethodReport;
}

/**
 * What each part of the policy brings.
 * @param cases without the exams: the lines were chosen on these
 * @param models one for each family, none of which has seen it
 */
export async function policyParts(
  cases: readonly Case[],
  models: ReadonlyMap<string, Model>,
  say: (text: string) => void,
): Promise<readonly PolicyPart[]> {
  const parts: PolicyPart[] = [];
  for (const [name, change] of Object.entries(variants)) {
    say(`balanced, ${name} …`);
    const policy = { ...balanced, ...change };
    const alarms = new Map<string, readonly boolean[]>();
    for (const one of cases) {
      const model = models.get(one.family);
      const forecaster = createForecaster(model === undefined ? {} : { model });
      alarms.set(one.csvFile, [...replay(await readTrace(one.csvFile), { policy, forecaster })].map(isAlarm));
    }
    const of = (set: string | null): MethodReport =>
      reportOf(
        name,
        cases.filter((one) => set === null || one.set === set),
        (one) => alarms.get(one.csvFile) ?? [],
      );
    parts.push({ name, all: of(null), days: of('days'), own: of('own'), slow: of('slow') });
  }
  return parts;
}
