import { type ReplayLine, replay } from '../../../src/cli/replay.ts';
import { readTrace } from '../../../src/cli/trace-file.ts';
import { type Sensitivity, sensitivities } from '../../../src/monitor/alert-policy.ts';
import { baselines, randomAt } from './baselines.ts';
import { cadenceReports } from './cadence.ts';
import { type Case, loadCases } from './cases.ts';
import { livesSet } from './lives.ts';
import { type Quality, qualityOf } from './probability.ts';
import { isAlarm, type MethodReport, reportOf, setReportsOf } from './report.ts';

/** Everything that one run of the benchmark found. */
export interface BenchReport {
  readonly traces: number;
  readonly quietHours: number;
  readonly breaks: number;
  readonly forecastable: number;
  /** Runs that reached 85 % of their memory and did not break. */
  readonly recovered: number;
  readonly methods: readonly MethodReport[];
  /** The engine at each sensitivity on each set of recordings by itself. */
  readonly sets: readonly MethodReport[];
  /** The balanced engine with readings further apart. */
  readonly cadences: readonly MethodReport[];
  readonly quality: Quality;
}

/** Replays all cases at one sensitivity. */
async function linesOf(
  cases: readonly Case[],
  sensitivity: Sensitivity,
): Promise<ReadonlyMap<string, readonly ReplayLine[]>> {
  const lines = new Map<string, readonly ReplayLine[]>();
  for (const one of cases) lines.set(one.csvFile, [...replay(await readTrace(one.csvFile), { sensitivity })]);
  return lines;
}

/** Scores the engine at each sensitivity, and every baseline, on all traces of a folder. */
export async function runBench(folder: string, say: (text: string) => void): Promise<BenchReport> {
  const cases = loadCases(folder).filter(({ set }) => set !== livesSet);
  if (cases.length === 0) throw new Error(`no traces in ${folder}`);
  const methods: MethodReport[] = [];
  const sets: MethodReport[] = [];
  let quality: Quality | null = null;
  for (const sensitivity of sensitivities) {
    say(`replaying ${cases.length} runs, ${sensitivity} …`);
    const lines = await linesOf(cases, sensitivity);
    const of = (one: Case): readonly ReplayLine[] => lines.get(one.csvFile) ?? [];
    const alarms = (one: Case): readonly boolean[] => of(one).map(isAlarm);
    methods.push(reportOf(`this engine, ${sensitivity}`, cases, alarms));
    sets.push(...setReportsOf(sensitivity, cases, alarms));
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
  say('replaying with readings further apart …');
  const cadences = await cadenceReports(cases);
  return {
    traces: cases.length,
    quietHours: cases.reduce((sum, one) => sum + (one.breakAt === null ? one.times.length : 0), 0) / 3600,
    breaks: cases.filter((one) => one.breakAt !== null).length,
    forecastable: cases.filter((one) => one.forecastable).length,
    recovered: cases.filter((one) => one.breakAt === null && Math.max(...one.pressure.memory) >= 0.85).length,
    methods,
    sets,
    cadences,
    quality,
  };
}
