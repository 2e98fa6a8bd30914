import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fleetStats } from '../../src/app/queries/fleet-stats.ts';
import { type History, openHistory } from '../../src/history/open-history.ts';
import type { LifecycleTransition } from '../../src/model/incident.ts';
import type { Clock, Log } from '../../src/model/ports.ts';
import { patternFacts } from '../../src/monitor/pattern-facts.ts';
import { aCommand, anError, anIncident, aSandbox, dayMs, minuteMs } from '../integration/history/makers.ts';
import { workerFile } from '../integration/history/worker-file.ts';
import { type Few, few } from './measure.ts';

/** What the numbers over all sandboxes cost. */
export interface FleetStatsCost {
  /** In the history. */
  readonly sandboxes: number;
  readonly commands: number;
  /** Asked for the last day, which is what the page does. */
  readonly dayMs: Few;
  /** Asked for all thirty days. */
  readonly monthMs: Few;
  /** Longest time the editor's thread was busy with it without a pause, milliseconds of the processor. */
  readonly dayBlockMs: Few;
  readonly monthBlockMs: Few;
  /** The same for all thirty days, without reading the history's answers: they are given at once. */
  readonly ownBlockMs: Few;
}

const days = 30;
const perDay = 200;
const commandsEach = 10;
const nowMs = Date.UTC(2026, 0, 31, 12);

const clock: Clock = {
  now: () => nowMs,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const log: Log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };

const tell = (history: History, id: string, no: number, createdAtMs: number): void => {
  const sandbox = aSandbox(id, { createdAtMs, metadata: { user: `user-${no % 30}` } });
  const steps: readonly [LifecycleTransition['phase'], number][] = [
    ['starting', 1_000],
    ['running', 3_000 + (no % 9) * 1_000],
    ['stopping', 30 * minuteMs],
    ['terminated', 31 * minuteMs],
  ];
  for (const [phase, afterMs] of steps) {
    history.recordTransition(sandbox, { atMs: createdAtMs + afterMs, phase, rawState: phase, reason: null });
  }
  history.recordSandbox(sandbox, createdAtMs + 31 * minuteMs);
  for (let run = 0; run < commandsEach; run += 1) {
    const startedAtMs = createdAtMs + run * 2 * minuteMs;
    history.recordCommand(
      aCommand(`c-${run}`, {
        sandboxId: id,
        commandKey: `npm run task-${(no + run) % 40}`,
        startedAtMs,
        endedAtMs: startedAtMs + 20_000 + no * 10,
        exitCode: run % 4 === 0 ? 1 : 0,
      }),
    );
  }
  for (let error = 0; error < 3; error += 1) {
    const atMs = createdAtMs + error * 8 * minuteMs + 20_000;
    const commandKey = `npm run task-${(no + error) % 40}`;
    const times = { firstSeenAtMs: atMs, lastSeenAtMs: atMs };
    history.recordError(id, anError(`f-${(no * 3 + error) % 300}`, { ...times, commandKey }), `workspace-${no % 20}`);
  }
  if (no % 4 === 0)
    history.recordIncident(
      anIncident(`${id}/oom`, { sandboxId: id, atMs: createdAtMs + 30 * minuteMs, samples: [], timeline: [] }),
    );
};

/** What this thread has worked, without the time it waited for a processor. */
const workedMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** @returns the most work from one turn of the event loop to the next while `run` ran, in milliseconds of the processor. */
const longestBlock = async (run: () => Promise<unknown>): Promise<number> => {
  let running = true;
  let longestMs = 0;
  let beforeMs = workedMs();
  const turn = (): void => {
    const atMs = workedMs();
    longestMs = Math.max(longestMs, atMs - beforeMs);
    beforeMs = atMs;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  running = false;
  return longestMs;
};

/** The answers of `history`, given at once. */
const answered = async (history: History): Promise<History> => {
  const query = { limit: 100_000 };
  const [sandboxes, transitions, commands, incidents, errors, errorDays] = await Promise.all([
    history.sandboxes(query),
    history.transitions(query),
    history.commands(query),
    history.incidents({ ...query, withoutSamples: true }),
    history.errors({ limit: 300 }, nowMs),
    history.errorDays(query),
  ]);
  const lists = { sandboxes, transitions, commands, incidents, errors, errorDays };
  const asked = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, { value: async () => list }]));
  return Object.create(history, asked);
};

/** Measures the numbers of the fleet over 200 sandboxes a day for thirty days. */
export const benchFleetStats = async (): Promise<FleetStatsCost> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-bench-'));
  const history = openHistory({
    folder,
    engine: 'sqlite',
    bounds: { maximumAgeMs: 365 * dayMs, maximumBytes: 1024 * 1024 * 1024 },
    redact: (text) => text,
    clock,
    log,
    workerFile: workerFile(),
  });
  for (let day = days; day > 0; day -= 1) {
    for (let no = 0; no < perDay; no += 1) {
      tell(history, `sandbox-${day}-${no}`, no, Math.round(nowMs - day * dayMs + (no * dayMs) / perDay));
    }
    await history.flush();
  }
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const ask = async (asked: History, span: number): Promise<void> => {
    await fleetStats(asked, { nowMs, sinceMs: nowMs - span, patterns: patternFacts, pause });
  };
  const measure = async (asked: History, span: number): Promise<{ took: Few; block: Few }> => {
    const took: number[] = [];
    const block: number[] = [];
    await ask(asked, span);
    for (let round = 0; round < 5; round += 1) {
      const startedMs = performance.now();
      block.push(await longestBlock(() => ask(asked, span)));
      took.push(performance.now() - startedMs);
    }
    return { took: few(took), block: few(block) };
  };
  const day = await measure(history, dayMs);
  const month = await measure(history, days * dayMs);
  const own = await measure(await answered(history), days * dayMs);
  await history.dispose();
  await rm(folder, { recursive: true, force: true });
  return {
    sandboxes: days * perDay,
    commands: days * perDay * commandsEach,
    dayMs: day.took,
    monthMs: month.took,
    dayBlockMs: day.block,
    monthBlockMs: month.block,
    ownBlockMs: own.block,
  };
};
