import { CommandRuns } from '../../../src/app/command-runs.ts';
import { LifeMemory } from '../../../src/app/life-memory.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import { replay } from '../../../src/cli/replay.ts';
import { readTrace } from '../../../src/cli/trace-file.ts';
import { traceRows } from '../../../src/cli/trace-reader.ts';
import type { Model } from '../../../src/forecast/combine.ts';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { SharedPeaks } from '../../../src/history/peaks.ts';
import type { CommandPeaks } from '../../../src/model/history.ts';
import { lifeKey, lifeSignals, noEndBytes } from '../../../src/model/life.ts';
import { alertPolicy, sensitivities } from '../../../src/monitor/alert-policy.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { anIncident } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';
import type { Case } from './cases.ts';
import { isAlarm, type MethodReport, reportOf, setReportsOf } from './report.ts';

/** The set of runs that are cases of another set, recorded a second time. */
export const livesSet = 'lives';

const origin = 'benchmark';
/** Just below the limit is where a stop misleads most. */
const stoppedShort = 0.9;

/** A run that is judged, and one of the same kind that is known by then. */
type Pair = readonly [judged: Case, other: Case];

/** Both recordings of what was recorded twice: a second one has the id of the first with a `b` behind its number. */
function twins(cases: readonly Case[]): readonly Pair[] {
  const first = new Map(cases.filter(({ set }) => set !== livesSet).map((one) => [one.id, one]));
  return cases.flatMap((again): readonly Pair[] => {
    const before = again.set === livesSet ? first.get(again.id.replace('b-', '-')) : undefined;
    return before === undefined
      ? []
      : [
          [before, again],
          [again, before],
        ];
  });
}

/** Days of the same kind of work, each knowing another. */
function days(cases: readonly Case[]): readonly Pair[] {
  const families = Object.values(Object.groupBy(cases, ({ set, family }) => (set === 'days' ? family : '')));
  return families.flatMap((family = []) =>
    family.flatMap((judged, i): readonly Pair[] => {
      const other = family.at(i - 1);
      return judged.set !== 'days' || other === undefined || other === judged ? [] : [[judged, other]];
    }),
  );
}

/** The time of the first reading: the sandbox was made for this run. */
const beganAtMs = (trace: Awaited<ReturnType<typeof readTrace>>): number => {
  for (const { atMs } of traceRows(trace)) return atMs;
  return 0;
};

/** What the extension remembers of a run that happened so many times before: its commands and its life as a whole, by the product's own classes. */
async function memoryOf(one: Case, times: number): Promise<CommandPeaks> {
  const peaks = new SharedPeaks(
    (key) => key,
    () => undefined,
  );
  const trace = await readTrace(one.csvFile);
  for (let time = 0; time < times; time++) {
    const clock = new FakeClock();
    const history = new RecordingHistory();
    const runs = new CommandRuns({ clock, log: new KeptLog(), tasks: new Tasks(), history, peaks });
    const lives = new LifeMemory({ clock, peaks });
    const laterMs = time * 3_600_000;
    const sandbox = aSandbox(one.id, { origin, createdAtMs: beganAtMs(trace) + laterMs });
    for (const { events } of traceRows(trace)) {
      for (const event of events) {
        if (event.kind === 'sample') {
          runs.sample(event);
          lives.sample(sandbox, { ...event, atMs: event.atMs + laterMs });
        } else if (event.kind === 'command-started') runs.started(event);
        else if (event.kind === 'command-ended') runs.ended(event);
      }
    }
    if (one.kind === 'enospc') lives.reached(sandbox.id, 'disk');
    const cause = one.kind === 'oom_kill' ? 'out-of-memory' : 'expired';
    runs.sandboxEnded(sandbox.id, cause === 'out-of-memory');
    lives.incident(sandbox, anIncident(sandbox.id, clock.now(), { cause, endsSandbox: true }));
    lives.close();
  }
  return peaks;
}

/** The opposite of what this run will do, so many times: the most misleading thing that could be remembered of lives. */
async function oppositeOf(one: Case, times: number): Promise<CommandPeaks> {
  const peaks = new SharedPeaks(
    (key) => key,
    () => undefined,
  );
  const trace = await readTrace(one.csvFile);
  const [first] = [...traceRows(trace)].flatMap(({ events }) => events.filter((event) => event.kind === 'sample'));
  for (const signal of lifeSignals) {
    const limit = first?.[signal]?.limitBytes ?? null;
    const end = one.breakAt === null ? noEndBytes : limit === null ? null : stoppedShort * limit;
    // That it broke in the middle of its time.
    const tookMs = one.breakAt === null ? (one.times.at(-1) ?? 0) / 2 : null;
    for (let time = 0; time < times && end !== null; time++) {
      peaks.record(lifeKey(origin, signal), end, time * 3_600_000, tookMs);
    }
  }
  return peaks;
}

/** What is known before a run begins. */
type Knowing = readonly [name: string, peaks: (judged: Case, other: Case) => Promise<CommandPeaks | null>];

const knowings: readonly Knowing[] = [
  ['first of its kind', () => Promise.resolve(null)],
  ['one earlier life', (_, other) => memoryOf(other, 1)],
  ['three earlier lives', (_, other) => memoryOf(other, 3)],
];
const misled: readonly Knowing[] = [
  ['misled by one', (judged) => oppositeOf(judged, 1)],
  ['misled by three', (judged) => oppositeOf(judged, 3)],
];

/** How well second lives are foreseen. */
export interface LifeReport {
  readonly methods: readonly MethodReport[];
  /** Balanced, without and with one earlier life, on each set by itself; both recordings of a case count to the set of the first. */
  readonly sets: readonly MethodReport[];
  /** Balanced, with one earlier life, family by family. */
  readonly balanced: MethodReport | null;
}

/**
 * Judges runs that were recorded twice, and days of a kind of work of which there are more: as the first of their kind, knowing the other,
 * knowing three such, and knowing the opposite of what will happen. Nothing is judged with tables that have seen its family.
 * @param models one for each family.
 */
export async function judgeLives(
  cases: readonly Case[],
  models: ReadonlyMap<string, Model>,
  say: (text: string) => void,
): Promise<LifeReport> {
  const twice = twins(cases);
  const pairs = [...twice, ...days(cases)];
  const firstSet = new Map(twice.map(([judged, other]) => [judged, judged.set === livesSet ? other.set : judged.set]));
  const judged = pairs.map(([one]) => ({ ...one, set: firstSet.get(one) ?? one.set }));
  const methods: MethodReport[] = [];
  const sets: MethodReport[] = [];
  let balanced: MethodReport | null = null;
  for (const sensitivity of sensitivities) {
    for (const [name, peaksOf] of sensitivity === 'balanced' ? [...knowings, ...misled] : knowings) {
      say(`${pairs.length} runs, ${sensitivity}, ${name} …`);
      const alarms = new Map<string, readonly boolean[]>();
      for (const [one, other] of pairs) {
        const model = models.get(one.family);
        const peaks = await peaksOf(one, other);
        const trace = await readTrace(one.csvFile);
        const known = peaks === null ? {} : { peaks, origin, createdAtMs: beganAtMs(trace) };
        const forecaster = createForecaster({ ...(model === undefined ? {} : { model }), ...known });
        const lines = replay(trace, { policy: alertPolicy(sensitivity), forecaster });
        alarms.set(one.csvFile, [...lines].map(isAlarm));
      }
      const on = (one: Case): readonly boolean[] => alarms.get(one.csvFile) ?? [];
      const report = reportOf(`${sensitivity}, ${name}`, judged, on);
      methods.push(report);
      if (sensitivity !== 'balanced' || name.startsWith('misled') || name.startsWith('three')) continue;
      sets.push(...setReportsOf(`balanced, ${name}`, judged, on));
      balanced = report;
    }
  }
  return { methods, sets, balanced };
}
