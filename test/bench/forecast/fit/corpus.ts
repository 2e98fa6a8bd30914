import { readTrace } from '../../../../src/cli/trace-file.ts';
import { traceRows } from '../../../../src/cli/trace-reader.ts';
import { featureNames } from '../../../../src/forecast/features.ts';
import { createForecaster } from '../../../../src/forecast/forecaster.ts';
import type { SandboxEvent } from '../../../../src/model/events.ts';
import type { MemoryReading, Sample } from '../../../../src/model/sample.ts';
import type { SignalName } from '../../../../src/model/signal.ts';
import type { Case } from '../cases.ts';
import type { Row } from './boost.ts';
import { syntheticRuns } from './synthetic.ts';

export const horizonsS = [60, 120, 300] as const;

/** One moment of a run, for one horizon. */
export interface Moment extends Row {
  readonly family: string;
  readonly horizonS: number;
  readonly real: boolean;
}

/** A run as events, and what came of it. */
interface Run {
  readonly family: string;
  readonly seconds: readonly (readonly SandboxEvent[])[];
  readonly breakAt: number | null;
  readonly signal: SignalName | null;
  readonly weight: number;
  readonly real: boolean;
}

/** What is left of a run's say once it climbs for long: every run weighs about the same, however many rows it has. */
const rowsPerRun = 30;
const tooSoonS = 60;
/**
 * Warnings are decided on while so many seconds are left; there the tables have to be right. On unseen families the log loss of these
 * moments fell by 4 % with a factor of three; five brought no more.
 */
const decidedFromS = 25;
const decidedToS = 80;
const decidedFactor = 3;
/** Where each feature stands. */
const ageAt = featureNames.indexOf('age');
const soonAt = featureNames.indexOf('soon');

const factorOf = (features: Float64Array, horizonS: number): number => {
  const leftS = Math.exp(features[soonAt] ?? 0) * horizonS;
  return leftS > decidedFromS && leftS < decidedToS ? decidedFactor : 1;
};

function momentsOf(run: Run): readonly Moment[] {
  const found: { features: Float64Array; horizonS: number; broke: boolean }[] = [];
  let second = 0;
  const forecaster = createForecaster({
    onFeatures: (signal, features) => {
      // Another signal might have broken after the break of the first.
      const other = run.breakAt !== null && signal !== run.signal;
      features.forEach((each, h) => {
        const horizonS = horizonsS[h] ?? 60;
        if (Number.isNaN(each[ageAt] ?? Number.NaN)) return;
        const left = run.breakAt === null ? Number.POSITIVE_INFINITY : run.breakAt - second;
        if (other && left < horizonS) return;
        found.push({ features: each.slice(), horizonS, broke: !other && left <= horizonS });
      });
    },
  });
  for (const events of run.seconds) {
    for (const event of events) forecaster.observe(event);
    // Neighbouring seconds say nearly the same: every second or third is enough.
    if (second % (run.real ? 2 : 4) === 0) forecaster.forecasts(events.at(-1)?.atMs ?? 0);
    second++;
  }
  const weight = (run.weight * Math.min(1, rowsPerRun / Math.max(1, found.length / 3))) / 3;
  return found.map((each) => ({
    ...each,
    weight: weight * factorOf(each.features, each.horizonS),
    family: run.family,
    real: run.real,
  }));
}

const isSignal = (name: string): name is SignalName => ['memory', 'disk', 'fds', 'pids', 'heap'].includes(name);

async function realRun(one: Case): Promise<Run> {
  const seconds: (readonly SandboxEvent[])[] = [];
  for (const { events } of traceRows(await readTrace(one.csvFile))) seconds.push(events);
  return {
    family: one.family,
    seconds,
    breakAt: one.breakAt,
    signal: isSignal(one.signal) ? one.signal : null,
    // What breaks in the first minute leaves no time for a warning, and must not teach to warn of every fresh climb.
    weight: one.kind === 'cpu_stall' || (one.breakAt !== null && one.breakAt < tooSoonS) ? 0.1 : 1,
    real: true,
  };
}

const heldBack = (memory: MemoryReading): number =>
  Math.min(memory.workingSetBytes, memory.unreclaimableBytes ?? memory.workingSetBytes);

/** The same course under another limit. Fair for memory that cannot be reclaimed and for nothing else. */
function underLimit(run: Run, share: number, breaks: boolean): Run | null {
  const samples = run.seconds.map((events) => events.find((event): event is Sample => event.kind === 'sample'));
  const used = samples.map((sample) => (sample?.memory === undefined ? 0 : heldBack(sample.memory)));
  const top = Math.max(...used);
  const limitBytes = top * share;
  const breakAt = breaks ? used.findIndex((each) => each >= limitBytes) : null;
  if (breakAt !== null && breakAt < tooSoonS) return null;
  const seconds = samples.slice(0, breakAt ?? samples.length).flatMap((sample, i): (readonly SandboxEvent[])[] => {
    if (sample?.memory === undefined) return [];
    const value = used[i] ?? 0;
    const memory = {
      ...sample.memory,
      workingSetBytes: value,
      usedBytes: value,
      unreclaimableBytes: value,
      limitBytes,
    };
    return [
      [
        {
          kind: 'sample',
          sandboxId: sample.sandboxId,
          atMs: sample.atMs,
          source: sample.source,
          cadenceMs: sample.cadenceMs,
          caveat: null,
          memory,
          ...(sample.cpu === undefined ? {} : { cpu: sample.cpu }),
          ...(sample.pids === undefined ? {} : { pids: sample.pids }),
        },
      ],
    ];
  });
  return { ...run, seconds, breakAt, signal: 'memory', weight: 0.25, real: false };
}

const sizeBytes = 512 * 2 ** 20;

function syntheticMoments(each: number): readonly Moment[] {
  return syntheticRuns(each).flatMap(({ values, breakAt, shape, tasks, busy }) =>
    momentsOf({
      family: `synthetic ${shape}`,
      seconds: values.map((value, second) => [
        {
          kind: 'sample',
          sandboxId: 'synthetic',
          atMs: 1_700_000_000_000 + second * 1000,
          source: 'cgroup',
          cadenceMs: 1000,
          caveat: null,
          memory: {
            usedBytes: value * sizeBytes,
            workingSetBytes: value * sizeBytes,
            limitBytes: sizeBytes,
            anonBytes: null,
            oomKillCount: null,
            limitHitCount: null,
            stalledPercent: null,
          },
          pids: { used: tasks[second] ?? 1, limit: null },
          cpu: { usedCores: busy, limitCores: 1, throttledRatio: null },
        },
      ]),
      breakAt,
      signal: 'memory',
      weight: 0.25,
      real: false,
    }),
  );
}

/** Limits, as shares of the highest use, under which a real run would have survived or would have broken. */
const survives = [1 / 0.97, 1 / 0.91, 1 / 0.8];
const breaks = [0.5, 0.7, 0.85];

/** Everything the model is fitted to: the recorded runs, the same under other limits, and made-up ones. */
export async function corpusOf(cases: readonly Case[]): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  for (const one of cases) {
    const run = await realRun(one);
    moments.push(...momentsOf(run));
    const worth = Math.max(...one.pressure.memory) > 0.15;
    if (!worth) continue;
    const others = [
      // A run that was killed did not stop by itself, so nothing is known of limits above.
      ...(one.breakAt === null ? survives.map((share) => underLimit(run, share, false)) : []),
      ...breaks.map((share) => underLimit(run, share, true)),
    ];
    for (const other of others) if (other !== null) moments.push(...momentsOf(other));
  }
  moments.push(...syntheticMoments(16));
  return moments;
}
