import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry, RecordEntry } from '../../src/history/entries.ts';
import { openEngine } from '../../src/history/open-engine.ts';
import { type History, openHistory } from '../../src/history/open-history.ts';
import { packsOf } from '../../src/history/sample-pack.ts';
import type { Clock } from '../../src/model/ports.ts';
import type { Sample } from '../../src/model/sample.ts';
import { aCommand, anError, anIncident, aSample, aSandbox, aWarning } from '../integration/history/makers.ts';
import { workerFile } from '../integration/history/worker-file.ts';
import { type Few, few } from './measure.ts';

/** What the history costs with a month of 200 sandboxes in it, each of which lived for a day. */
export interface HistoryCost {
  readonly sandboxes: number;
  readonly incidents: number;
  readonly samples: number;
  readonly fileMegabytes: number;
  readonly boundMegabytes: number;
  /** Size once the background work has brought it below the bound; the size before, where it was. */
  readonly prunedMegabytes: number;
  /** The call that opens it, on the editor's thread. */
  readonly openCallMs: number;
  /** From that call to the first answer. */
  readonly firstAnswerMs: number;
  /** One second of 200 watched sandboxes, from the first call until it is on disk. */
  readonly writeSecondMs: Few;
  /** The part of it that is spent on the editor's thread. */
  readonly recordCallsMs: Few;
  readonly ask: {
    readonly sandboxesMs: Few;
    readonly incidentsMs: Few;
    readonly oneIncidentMs: Few;
    readonly hourOfSamplesMs: Few;
    readonly errorsMs: Few;
    /** The days of one error over all sandboxes, which is asked for with every occurrence. */
    readonly errorDaysMs: Few;
  };
  /** Longest time the editor's thread did nothing else, while incidents of 600 samples were written and all of the above was asked. */
  readonly longestBlockMs: Few;
  /** The same while nothing was done: what the machine itself adds. */
  readonly idleBlockMs: Few;
}

const dayMs = 86_400_000;
const perDay = 200;
/** One sandbox in so many breaks. */
const incidentEvery = 4;
const bounds = { maximumAgeMs: 40 * dayMs, maximumBytes: 200 * 1024 * 1024 };
const asIs = (text: string): string => text;

const clock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A sample as a busy sandbox gives it, with `processes` processes. */
const busySample = (sandboxId: string, atMs: number, processes: number): Sample =>
  aSample(sandboxId, Math.round(Math.random() * 1e7), {
    atMs: Math.round(atMs),
    processes: Array.from({ length: processes }, (_, no) => ({
      pid: 400 + no,
      parentPid: 1,
      name: `worker-${no}`,
      rssBytes: Math.round(5e7 + Math.random() * 5e7),
      ageMs: atMs % 1e9,
      heapLimit: null,
    })),
  });

const row = (kind: RecordEntry['kind'], sandboxId: string, atMs: number, value: object): RecordEntry => ({
  ...{ k: 'record', kind, sandboxId, id: `${kind} ${sandboxId} ${atMs}`, ref: null, atMs: Math.round(atMs) },
  data: JSON.stringify(value),
});

type Packs = readonly { readonly fromMs: number; readonly toMs: number; readonly data: string }[];

/** Samples as they would be stored; made once in some variants, because making them takes longer than writing them. */
const variants = (count: number, samples: number, stepMs: number): readonly Packs[] =>
  Array.from({ length: count }, () => [
    ...packsOf(
      Array.from({ length: samples }, (_, no) => busySample('sandbox', no * stepMs, 6)),
      asIs,
    ),
  ]);

/** Everything of one sandbox that lived from `startMs` for a day, as it lies there later. */
function* lifeOf(sandboxId: string, no: number, startMs: number, thinned: Packs, whole: Packs): Generator<Entry> {
  yield { k: 'sandbox', sandboxId, atMs: startMs + dayMs, data: JSON.stringify(aSandbox(sandboxId)) };
  const packs = (of: Packs, fromMs: number, incidentId: string | null, stepMs: number): readonly Entry[] =>
    of.map((pack) => ({
      ...{ k: 'pack', sandboxId, incidentId, stepMs, data: pack.data },
      ...{ fromMs: Math.round(fromMs + pack.fromMs), toMs: Math.round(fromMs + pack.toMs) },
    }));
  yield* packs(thinned, startMs, null, thinned.length > 5 ? 60_000 : 600_000);
  if (no % incidentEvery === 0) {
    const atMs = startMs + dayMs / 2;
    const incident = anIncident(`incident ${sandboxId}`, { sandboxId, atMs, samples: [] });
    yield { ...row('incident', sandboxId, atMs, incident), id: incident.id, ref: incident.cause };
    yield* packs(whole, atMs - 600_000, incident.id, 0);
  }
  for (let event = 0; event < 5; event += 1) {
    const atMs = Math.round(startMs + (event * dayMs) / 5);
    yield row('warning', sandboxId, atMs, aWarning(`w ${sandboxId} ${event}`, { sandboxId, startedAtMs: atMs }));
    yield row('command', sandboxId, atMs, aCommand(`c ${sandboxId} ${event}`, { sandboxId, startedAtMs: atMs }));
    const data = JSON.stringify({ pattern: null, title: `Error ${event}` });
    const fingerprint = `f-${(no * 5 + event) % 300}`;
    const place = { workspace: `workspace-${no % 20}`, command: `npm run task-${event}` };
    yield { k: 'error', sandboxId, fingerprint, ...place, count: 3, firstMs: atMs, lastMs: atMs, data };
  }
}

const fill = (folder: string, days: number): number => {
  const nowMs = Date.now();
  const old = variants(20, 144, 600_000);
  const recent = variants(10, 1_440, 60_000);
  const incidents = variants(20, 600, 1_000);
  const { engine } = openEngine({ folder, engine: 'sqlite' }, () => nowMs);
  let samples = 0;
  for (let day = days; day > 0; day -= 1) {
    for (let no = 0; no < perDay; no += 1) {
      const thinned = (day > 2 ? old[no % old.length] : recent[no % recent.length]) ?? [];
      const whole = incidents[no % incidents.length] ?? [];
      engine.write([...lifeOf(`sandbox-${day}-${no}`, no, Math.round(nowMs - day * dayMs), thinned, whole)]);
      samples += (day > 2 ? 144 : 1_440) + (no % incidentEvery === 0 ? 600 : 0);
    }
  }
  engine.close();
  return samples;
};

const repeated = async (times: number, run: (no: number) => Promise<unknown>): Promise<Few> => {
  const values: number[] = [];
  for (let no = 0; no < times; no += 1) {
    const startedMs = performance.now();
    await run(no);
    values.push(performance.now() - startedMs);
  }
  return few(values);
};

/** @returns the longest time from one turn of the event loop to the next while `run` ran. */
const longestBlock = async (run: () => Promise<unknown>): Promise<number> => {
  let running = true;
  let longestMs = 0;
  let beforeMs = performance.now();
  const turn = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - beforeMs);
    beforeMs = nowMs;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  running = false;
  return longestMs;
};

const measure = async (history: History, days: number, nowMs: number): Promise<Omit<HistoryCost, Opened>> => {
  const recordTimes: number[] = [];
  const writeSecondMs = await repeated(10, async (second) => {
    const samples = Array.from({ length: perDay }, (_, no) => busySample(`sandbox-1-${no}`, nowMs + second * 1000, 6));
    const startedMs = performance.now();
    for (const sample of samples) history.recordSample(sample);
    for (let no = 0; no < 20; no += 1)
      history.recordError(`sandbox-1-${no}`, anError(`f-${no}`, { lastSeenAtMs: nowMs, commandKey: 'npm ci' }), 'api');
    recordTimes.push(performance.now() - startedMs);
    await history.flush();
  });
  const limit = 200;
  const someSandbox = `sandbox-1-7`;
  const questions = {
    sandboxesMs: (): Promise<unknown> => history.sandboxes({ limit }),
    incidentsMs: (): Promise<unknown> => history.incidents({ limit, withoutSamples: true }),
    oneIncidentMs: (): Promise<unknown> => history.incidents({ sandboxId: `sandbox-${days}-4`, limit: 1 }),
    hourOfSamplesMs: (): Promise<unknown> => history.samples(someSandbox, nowMs - 6 * 3_600_000, nowMs - 5 * 3_600_000),
    errorsMs: (): Promise<unknown> => history.errors({ limit }, nowMs),
    errorDaysMs: (): Promise<unknown> => history.errorDays({ fingerprint: 'f-7', limit: 1_000 }),
  };
  const ask = {
    sandboxesMs: await repeated(7, questions.sandboxesMs),
    incidentsMs: await repeated(7, questions.incidentsMs),
    oneIncidentMs: await repeated(7, questions.oneIncidentMs),
    hourOfSamplesMs: await repeated(7, questions.hourOfSamplesMs),
    errorsMs: await repeated(7, questions.errorsMs),
    errorDaysMs: await repeated(7, questions.errorDaysMs),
  };
  const big = Array.from({ length: 600 }, (_, no) => busySample(someSandbox, nowMs - no * 1000, 20)).toReversed();
  const blocks: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    blocks.push(
      await longestBlock(async () => {
        history.recordIncident(anIncident(`big-${round}`, { sandboxId: someSandbox, samples: big }));
        await history.incidents({ sandboxId: someSandbox, limit: 5 });
        for (const question of Object.values(questions)) await question();
      }),
    );
  }
  const idle: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    idle.push(await longestBlock(() => new Promise((resolve) => setTimeout(resolve, 300))));
  }
  return {
    writeSecondMs,
    recordCallsMs: few(recordTimes),
    ask,
    longestBlockMs: few(blocks),
    idleBlockMs: few(idle),
  };
};

/** Waits until the file is within its bound. @throws when it is not in a minute. */
const prune = async (history: History): Promise<number> => {
  const endMs = Date.now() + 60_000;
  history.setBounds(bounds);
  await history.flush();
  while (history.status().sizeBytes > bounds.maximumBytes) {
    if (Date.now() > endMs) throw new Error('the history stays larger than its bound');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return history.status().sizeBytes / 1024 / 1024;
};

type Opened =
  | 'sandboxes'
  | 'incidents'
  | 'samples'
  | 'fileMegabytes'
  | 'boundMegabytes'
  | 'prunedMegabytes'
  | 'openCallMs'
  | 'firstAnswerMs';

/** Measures the history in SQLite with `days` days of 200 sandboxes. */
export const benchHistory = async (days = 30): Promise<HistoryCost> => {
  const folder = await mkdtemp(join(tmpdir(), 'history-bench-'));
  try {
    const samples = fill(folder, days);
    const nowMs = Date.now();
    const worker = workerFile();
    const log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
    const startedMs = performance.now();
    const history = openHistory({
      folder,
      engine: 'sqlite',
      bounds,
      redact: asIs,
      clock,
      log,
      workerFile: worker,
    });
    const openCallMs = performance.now() - startedMs;
    await history.incidents({ limit: 1, withoutSamples: true });
    const firstAnswerMs = performance.now() - startedMs;
    const { sizeBytes } = history.status();
    const measured = await measure(history, days, nowMs);
    const prunedMegabytes = await prune(history);
    await history.dispose();
    return {
      sandboxes: days * perDay,
      incidents: (days * perDay) / incidentEvery,
      samples,
      fileMegabytes: sizeBytes / 1024 / 1024,
      boundMegabytes: bounds.maximumBytes / 1024 / 1024,
      prunedMegabytes,
      openCallMs,
      firstAnswerMs,
      ...measured,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
