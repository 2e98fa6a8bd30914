import type { ErrorEvent } from '../../../src/model/error-event.ts';
import type { SandboxEvent } from '../../../src/model/events.ts';
import type { FixId, FixOutcome } from '../../../src/model/fix.ts';
import type { Forecast, Forecaster } from '../../../src/model/forecast.ts';
import type { Capabilities } from '../../../src/model/ports.ts';
import type { MemoryReading, ProcessReading, Sample } from '../../../src/model/sample.ts';
import type { Expiry, Sandbox } from '../../../src/model/sandbox.ts';
import {
  createSandboxMonitor,
  type MonitorRecord,
  type SandboxMonitor,
  type SandboxMonitorOptions,
} from '../../../src/monitor/sandbox-monitor.ts';
import { memoryForecast, nowMs, sandbox } from '../../helpers/views.ts';

export const t0 = nowMs;
export const id = sandbox().id;
export const limitBytes = 512 * 2 ** 20;

export const allFixes: readonly FixId[] = [
  'extend',
  'snapshot',
  'endProcess',
  'recreateLarger',
  'pause',
  'resume',
  'delete',
  'openTerminal',
  'showDetails',
];

export const docker: Capabilities = { vanishesAtExpiry: true, pauseKeepsMemory: true, expiresWhilePaused: true };

export const expiryAt = (expiresAtMs: number, part: Partial<Expiry> = {}): Expiry => ({
  clock: 'absolute',
  expiresAtMs,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
  ...part,
});

export const memoryReading = (share: number, part: Partial<MemoryReading> = {}): MemoryReading => ({
  usedBytes: share * limitBytes,
  workingSetBytes: share * limitBytes,
  limitBytes,
  anonBytes: null,
  oomKillCount: 0,
  limitHitCount: 0,
  stalledPercent: 0,
  ...part,
});

/** A cgroup sample `seconds` after t0 with memory at `share` of its limit. */
export const sampleAt = (seconds: number, share = 0.5, part: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId: id,
  atMs: t0 + seconds * 1000,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: memoryReading(share),
  ...part,
});

export const processReading = (
  pid: number,
  name: string,
  rssBytes: number,
  ageMs: number | null = null,
): ProcessReading => ({
  pid,
  parentPid: 1,
  name,
  rssBytes,
  ageMs,
  heapLimit: null,
});

export const calmForecast = (part: Partial<Forecast> = {}): Forecast =>
  memoryForecast({ pBreak60: 0, pBreak120: 0, pBreak300: 0, timeToLimitMs: null, grower: null, ...part });

/** A memory forecast with the given probability of a break within 120 s. */
export const risky = (pBreak120: number, part: Partial<Forecast> = {}): Forecast =>
  memoryForecast({
    pBreak60: 0,
    pBreak120,
    pBreak300: Math.max(pBreak120, 0.9),
    timeToLimitMs: { p10: 30_000, p50: 38_000, p90: 60_000 },
    grower: null,
    ...part,
  });

/** Says what it was told to say; the expiry it works out from the limit it hears of. */
class FakeForecaster implements Forecaster {
  readonly events: SandboxEvent[] = [];
  next: readonly Forecast[] = [];
  #deadlineMs: number | null = null;

  observe(event: SandboxEvent): void {
    this.events.push(event);
    if (event.kind === 'limit-changed' && event.signal === 'expiry') this.#deadlineMs = event.limit;
  }

  forecasts(atMs: number): readonly Forecast[] {
    const deadline = this.#deadlineMs;
    if (deadline === null) return this.next;
    const leftMs = Math.max(0, deadline - atMs);
    const within = (ms: number): number => (leftMs <= ms ? 1 : 0);
    return [
      ...this.next,
      {
        signal: 'expiry',
        atMs,
        unit: 'milliseconds',
        used: 0,
        limit: deadline,
        pressure: null,
        pBreak60: within(60_000),
        pBreak120: within(120_000),
        pBreak300: within(300_000),
        timeToLimitMs: { p10: leftMs, p50: leftMs, p90: leftMs },
        slopePerSecond: null,
        grower: null,
        evidence: 'the clock',
      },
    ];
  }
}

export interface Scene {
  readonly monitor: SandboxMonitor;
  readonly forecaster: FakeForecaster;
  readonly box: Sandbox;
  /** A sample with the forecast that the model makes of it. */
  feed(sample: Sample, forecast?: Forecast): void;
  tick(seconds: number): void;
  /** The records since the last call, as short words. */
  told(): readonly string[];
}

export const wordOf = (record: MonitorRecord): string => {
  switch (record.kind) {
    case 'transition':
      return `to ${record.transition.phase}`;
    case 'warning':
      return `${record.warning.signal} ${record.change}`;
    case 'incident':
      return `incident ${record.incident.cause} ${record.incident.certainty}`;
    case 'incident-withdrawn':
      return 'incident withdrawn';
    case 'fix':
      return `fix ${record.outcome.fixId}`;
    case 'error':
      return `error ${record.error.pattern}`;
    case 'error-rise':
      return `error-rise ${record.rise.error.pattern}`;
  }
};

/** A monitor of a running sandbox with a model that does what the test wants. */
export const scene = (part: Partial<Sandbox> = {}, options: Partial<SandboxMonitorOptions> = {}): Scene => {
  const forecaster = new FakeForecaster();
  const box = sandbox({ createdAtMs: t0, ...part });
  const monitor = createSandboxMonitor({
    sandbox: box,
    supports: allFixes,
    capabilities: docker,
    nowMs: t0,
    forecaster,
    ...options,
  });
  monitor.drain();
  return {
    monitor,
    forecaster,
    box,
    feed(sample, forecast) {
      if (forecast !== undefined) forecaster.next = [{ ...forecast, atMs: sample.atMs }];
      monitor.observe(sample);
    },
    tick(seconds) {
      monitor.observe({ kind: 'tick', sandboxId: id, atMs: t0 + seconds * 1000 });
    },
    told: () => monitor.drain().map(wordOf),
  };
};

export const outcome = (fixId: FixId, seconds: number, result: FixOutcome['result'] = 'worked'): FixOutcome => ({
  fixId,
  sandboxId: id,
  startedAtMs: t0 + seconds * 1000 - 500,
  endedAtMs: t0 + seconds * 1000,
  result,
  text: 'done',
});

export const errorEvent = (part: Partial<ErrorEvent> = {}): ErrorEvent => ({
  sandboxId: id,
  commandId: null,
  commandLine: 'npm run dev',
  source: 'terminal',
  text: 'Error: listen EADDRINUSE: address already in use :::3000',
  exitCode: 1,
  atMs: t0,
  ...part,
});

/** Feeds one sample a second. */
export const feed = (each: Scene, from: number, to: number, forecast: Forecast, share = 0.7) => {
  for (let second = from; second <= to; second++) each.feed(sampleAt(second, share), forecast);
};
