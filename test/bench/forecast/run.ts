import { type ReplayLine, replay } from '../../../src/cli/replay.ts';
import { readTrace } from '../../../src/cli/trace-file.ts';
import { type Sensitivity, sensitivities } from '../../../src/monitor/alert-policy.ts';
import { baselines, randomAt } from './baselines.ts';
import { type Case, loadCases } from './cases.ts';
import { type Quality, qualityOf } from './probability.ts';
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

/** Everything that one run of the benchmark found. */
export interface BenchReport {
  readonly traces: number;
  readonly quietHours: number;
  readonly breaks: number;
  readonly forecastable: number;
  /** Runs that reached 85 % of their memory and did not break. */
  readonly recovered: number;
  readonly methods: readonly MethodReport[];
  readonly quality: Quality;
}

export function reportOf(method: string, cases: readonly Case[], on: (one: Case) => readonly boolean[]): MethodReport {
  const families = familiesOf(cases, on);
  const sum = [...families.values()].reduce(plus, nothing);
  return { method, ...ratesOf(sum), sum, intervals: intervalsOf(families), families: Object.fromEntries(families) };
}

/** Replays all cases at one sensitivity. */
export async function linesOf(
  cases: readonly Case[],
  sensitivity: Sensitivity,
): Promise<ReadonlyMap<string, readonly ReplayLine[]>> {
  const lines = new Map<string, readonly ReplayLine[]>();
  for (const one of cases) lines.set(one.csvFile, [...replay(await readTrace(one.csvFile), { sensitivity })]);
  return lines;
}

export const isAlarm = ({ level }: ReplayLine): boolean => level === 'warn' || level === 'critical';

/** Scores the engine at each sensitivity, and every baseline, on all traces of a folder. */
export async function runBench(folder: string, say: (text: string) => void): Promise<BenchReport> {
  const cases = loadCases(folder);
  if (cases.length === 0) throw new Error(`no traces in ${folder}`);
  const methods: MethodReport[] = [];
  let quality: Quality | null = null;
  for (const sensitivity of sensitivities) {
    say(`replaying ${cases.length} runs, ${sensitivity} …`);
    const lines = await linesOf(cases, sensitivity);
    const of = (one: Case): readonly ReplayLine[] => lines.get(one.csvFile) ?? [];
    methods.push(reportOf(`this engine, ${sensitivity}`, cases, (one) => of(one).map(isAlarm)));
    if (sensitivity !== 'balanced') continue;
    methods.push(
      reportOf('this engine, critical only', cases, (one) => of(one).map(({ level }) => level === 'critical')),
    );
    quality = qualityOf(cases, of);
  }
  const balanced = methods.find(({ method }) => method === 'this engine, balanced');
  for (const [name, alarms] of Object.entries(baselines)) methods.push(reportOf(name, cases, alarms));
  methods.push(reportOf('random, as often as we', cases, randomAt(balanced?.falseAlarmsPerHour ?? 0)));
  if (quality === null) throw new Error('the balanced engine was not replayed');
  return {
    traces: cases.length,
    quietHours: cases.reduce((sum, one) => sum + (one.breakAt === null ? one.times.length : 0), 0) / 3600,
    breaks: cases.filter((one) => one.breakAt !== null).length,
    forecastable: cases.filter((one) => one.forecastable).length,
    recovered: cases.filter((one) => one.breakAt === null && Math.max(...one.pressure.memory) >= 0.85).length,
    methods,
    quality,
  };
}
