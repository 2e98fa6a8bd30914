import { setTimeout as delay } from 'node:timers/promises';
import { classifyText } from '../../../src/cli/recording/breaks.ts';
import {
  type LoggedEvent,
  SandboxRefused,
  type SandboxServer,
  startSandboxServer,
} from '../../helpers/sandbox-server.ts';
import { type LiveAlarm, type LiveBreak, type LiveReport, type LiveRun, scoreLive } from './live-table.ts';
import { type LiveWatch, watchLive } from './live-watch.ts';
import { type LiveWorkload, liveWorkloads } from './live-workloads.ts';

/** What does not break within this time is taken for unbroken. */
const longestMs = 180_000;
/** What is not to break is watched for so long at least: both builds and the rest after them. */
const quietMs = 90_000;
/** So long the product may take to notice an end, and so long it then has to read what the server says of it. */
const noticingMs = 15_000;
const readingMs = 4_000;

interface Running {
  readonly workload: LiveWorkload;
  readonly sandboxId: string;
}

const ofSandbox = (events: readonly LoggedEvent[], sandboxId: string): readonly LoggedEvent[] =>
  events.filter((each) => each.sandboxId === sandboxId);

/** The line of the server's log with which a sandbox broke, or undefined: a kill at the memory limit, or an end with an error. */
const breakIn = (events: readonly LoggedEvent[], sandboxId: string): LoggedEvent | undefined =>
  ofSandbox(events, sandboxId).find(
    ({ event, exitCode }) => event === 'oom-kill' || (event === 'exited' && exitCode !== 0),
  );

/** The last words of a workload name what it ran out of. */
async function kindOf(server: SandboxServer, { event, exitCode, sandboxId }: LoggedEvent): Promise<string> {
  if (event === 'oom-kill') return 'oom_kill';
  const { text } = await server.api('GET', `/v1/sandboxes/${sandboxId}/diagnostics/logs?tail=50`);
  const unknown = { disk: null, freeInodes: null, openFiles: null, refusedTasks: null };
  return classifyText(text, unknown)?.kind ?? `exit ${String(exitCode)}`;
}

async function runOf(server: SandboxServer, watch: LiveWatch, { workload, sandboxId }: Running): Promise<LiveRun> {
  const events = await server.events();
  const madeMs = ofSandbox(events, sandboxId).find(({ event }) => event === 'created')?.atMs ?? Number.NaN;
  const sinceS = (atMs: number): number => (atMs - madeMs) / 1000;
  const broken = breakIn(events, sandboxId);
  const broke: LiveBreak | null =
    broken === undefined ? null : { kind: await kindOf(server, broken), atS: sinceS(broken.atMs) };
  const { alarms, highest, afterwards, recognised } = watch.of(sandboxId);
  const told = alarms.map(
    ({ signal, fromMs, toMs, said }): LiveAlarm => ({
      signal,
      fromS: sinceS(fromMs),
      toS: toMs === null ? null : sinceS(toMs),
      said,
    }),
  );
  return scoreLive({ name: workload.name, broke, highest, afterwards, recognised }, told);
}

/** Waits until all has broken that is to break, and the product has told of it. */
async function waitForEnds(
  server: SandboxServer,
  watch: LiveWatch,
  running: readonly Running[],
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const passedMs = (): number => performance.now() - startedMs;
  const broken = new Set<Running>();
  const isDone = (): boolean => running.every((one) => broken.has(one) || !one.workload.breaks);
  while (!(isDone() && passedMs() >= quietMs) && passedMs() < longestMs) {
    await delay(1000, undefined, { signal });
    const events = await server.events();
    for (const one of running) {
      if (broken.has(one) || breakIn(events, one.sandboxId) === undefined) continue;
      broken.add(one);
      say(`${one.workload.name}: broke`);
    }
  }
  const lastMs = passedMs() + noticingMs;
  while ([...broken].some(({ sandboxId }) => !watch.of(sandboxId).ended) && passedMs() < lastMs)
    await delay(250, undefined, { signal });
  await delay(readingMs, undefined, { signal });
}

async function runAll(
  server: SandboxServer,
  watch: LiveWatch,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<LiveReport> {
  const running: Running[] = [];
  const leftOut: { name: string; why: string }[] = [];
  for (const workload of liveWorkloads) {
    signal.throwIfAborted();
    try {
      running.push({ workload, sandboxId: await server.createSandbox(workload.sandbox) });
    } catch (error) {
      if (!(error instanceof SandboxRefused)) throw error;
      leftOut.push({ name: workload.name, why: error.message });
    }
  }
  say(`${running.length} sandboxes run; this takes two to three minutes …`);
  await waitForEnds(server, watch, running, say, signal);
  const runs: LiveRun[] = [];
  for (const one of running) runs.push(await runOf(server, watch, one));
  return { limits: server.limits, runs, leftOut };
}

/**
 * Runs the workloads for real, all at once, each in a sandbox of the test server, with the product watching over its own provider.
 * @param limits `emulated` does without control groups even where they can be had.
 * @returns null when it was interrupted (SIGINT, SIGTERM). Nothing is left running in any case.
 */
export async function runLive(say: (text: string) => void, limits: 'auto' | 'emulated'): Promise<LiveReport | null> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  // The keyboard and npm each send one: every one of them has to be caught.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  try {
    await using server = await startSandboxServer({ limits });
    say(`test sandbox server: ${server.url}, limits: ${server.limits}`);
    const watch = watchLive(server, (text) => {
      if (!stop.signal.aborted) say(text);
    });
    try {
      return await runAll(server, watch, say, stop.signal);
    } finally {
      await watch.close();
    }
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, interrupt);
  }
}
