import type { ReplayLine } from '../../../src/cli/replay.ts';
import type { Case } from './cases.ts';
import { familiesOf, type Interval, intervalsOf, nothing, plus, type Rates, ratesOf, type Sum } from './protocol.ts';

/** One row of the table. */
export interface MethodReport extends Rates {
  readonly method: string;
  readonly sum: Sum;
  readonly intervals: {
    readonly recall: Interval;
    readonly recallForecastable: Interval;
    readonly falseAlarmsPerHour: Interval;
  };
  readonly families: Readonly<Record<string, Sum>>;
}

/** Scores one way to warn. @param on whether it warned, for each row of a run */
export function reportOf(method: string, cases: readonly Case[], on: (one: Case) => readonly boolean[]): MethodReport {
  const families = familiesOf(cases, on);
  const sum = [...families.values()].reduce(plus, nothing);
  return { method, ...ratesOf(sum), sum, intervals: intervalsOf(families), families: Object.fromEntries(families) };
}

/** The same for each set of recordings by itself. */
export const setReportsOf = (
  method: string,
  cases: readonly Case[],
  on: (one: Case) => readonly boolean[],
): readonly MethodReport[] =>
  [...new Set(cases.map(({ set }) => set))].map((set) =>
    reportOf(
      `${method}, ${set}`,
      cases.filter((one) => one.set === set),
      on,
    ),
  );

export const isAlarm = ({ level }: ReplayLine): boolean => level === 'warn' || level === 'critical';
