import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Here, Log } from '../../src/model/ports.ts';
import { systemClock } from '../../src/net/clock.ts';
import { createTransport } from '../../src/net/dispatcher.ts';
import { localFactory } from '../../src/providers/local/factory.ts';
import { type Few, few } from './measure.ts';

/** What watching the place the editor works in costs. */
export interface LocalBench {
  /** Share of one core at a reading a second, percent. The goal is less than 0.3. */
  readonly corePercent: Few;
  /** CPU time of one reading, milliseconds, all kinds of readings together. */
  readonly cpuMsPerReading: Few;
  /** The longest time between two turns of the event loop while reading, milliseconds. */
  readonly longestBlockMs: number;
  /** Milliseconds from asking for samples to the first one. */
  readonly firstSampleMs: number;
  /** Heap after the run less that before it, bytes, after garbage collection where it can be asked for. */
  readonly grownBytes: number;
  readonly readings: number;
  readonly processes: number;
}

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The provider as the editor makes it, on this computer; no sample comes seldomer than once a second. */
export const createLocal = (): {
  readonly provider: NonNullable<ReturnType<typeof localFactory.create>>;
  close(): Promise<void>;
} => {
  const transport = createTransport({ environment: {} });
  const here: Here = {
    files: null,
    remote: false,
    unreadable: null,
    folders: [process.cwd()],
    remoteName: null,
    authority: null,
    attention: { away: false, onChange: () => () => undefined },
    owners: { ownerOf: () => null },
    run: null,
  };
  const provider = localFactory.create(
    {},
    {
      clock: { ...systemClock, after: (ms, run) => systemClock.after(Math.min(ms, 1000), run) },
      log: silent,
      transport,
      secret: async () => null,
      environment: process.env,
      fileExists: async () => false,
      here,
    },
  );
  if (provider === null) throw new Error('no provider');
  return {
    provider,
    close: async () => {
      await provider.dispose();
      await transport.close();
    },
  };
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const heapBytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const warmUp = 6;
/** A window holds every kind of reading: the rare ones are done every fifth and every tenth time. */
const windowSeconds = 10;
const delayResolutionMs = 5;

/** Reads once a second for `seconds`, a multiple of ten. */
export async function benchLocal(seconds = 40): Promise<LocalBench> {
  const { provider, close } = createLocal();
  const controller = new AbortController();
  const [sandbox] = await provider.list(controller.signal);
  const startedMs = performance.now();
  let firstSampleMs = 0;
  let processes = 0;
  let readings = 0;
  const windows: number[] = [];
  let heapBefore = 0;
  let grownBytes = 0;
  let windowCpuMs = 0;
  let turns = 0;
  // Watching the event loop costs more than what is watched, so its turn comes last.
  const delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
  // The clock's timers alone keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  for await (const sample of provider.samples(sandbox?.id ?? '', { signal: controller.signal, mayRenew: false })) {
    if (firstSampleMs === 0) firstSampleMs = performance.now() - startedMs;
    processes = Math.max(processes, sample.processes?.length ?? 0);
    readings += 1;
    if (readings === warmUp) {
      heapBefore = heapBytes();
      windowCpuMs = cpuMs();
    } else if (readings > warmUp) {
      turns += 1;
      if (turns <= seconds && turns % windowSeconds === 0) {
        const now = cpuMs();
        windows.push(now - windowCpuMs);
        windowCpuMs = now;
      }
    }
    if (turns === seconds) {
      grownBytes = heapBytes() - heapBefore;
      delays.enable();
    }
    if (turns === seconds + windowSeconds) break;
  }
  delays.disable();
  clearInterval(alive);
  controller.abort();
  await close();
  return {
    corePercent: few(windows.map((ms) => (ms / (windowSeconds * 1000)) * 100)),
    cpuMsPerReading: few(windows.map((ms) => ms / windowSeconds)),
    longestBlockMs: Math.max(0, delays.max / 1e6 - delayResolutionMs),
    firstSampleMs,
    grownBytes,
    readings,
    processes,
  };
}
