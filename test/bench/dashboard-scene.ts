/** What the page of the dashboard is measured with: sandboxes that look like real ones, through the real builders. */
import { shownCourses } from '../../src/editor/dashboard/course.ts';
import { fleetRow } from '../../src/editor/dashboard/fleet-state.ts';
import { noPast, sandboxPage } from '../../src/editor/dashboard/sandbox-state.ts';
import type { ToPage } from '../../src/model/dashboard/messages.ts';
import type { Forecast } from '../../src/model/forecast.ts';
import type { Sample } from '../../src/model/sample.ts';
import { isEnded, type Phase } from '../../src/model/sandbox.ts';
import { unitOf } from '../../src/model/signal.ts';
import type { SandboxView } from '../../src/model/view.ts';
import { memoryForecast, sandbox, sandboxView } from '../helpers/views.ts';

const mebibyte = 2 ** 20;
const limitBytes = 512 * mebibyte;

/** A repeatable number 0..1. */
const noise = (seed: number): number => {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
};

const usedAt = (second: number): number => (60 + 0.55 * second + 6 * (second % 7) + 4 * noise(second)) * mebibyte;

/** A leak with a sawtooth, one sample for each second, with five signals that have a chart. */
export const sampleAt = (second: number, startMs: number): Sample => ({
  kind: 'sample',
  sandboxId: 'bench',
  atMs: startMs + second * 1_000,
  source: 'cgroup',
  cadenceMs: 1_000,
  caveat: null,
  memory: {
    usedBytes: usedAt(second % 800),
    workingSetBytes: usedAt(second % 800),
    limitBytes,
    anonBytes: usedAt(second % 800),
    oomKillCount: 0,
    limitHitCount: 0,
    stalledPercent: 0,
  },
  cpu: { usedCores: 0.4 + 0.3 * Math.sin(second / 20) + 0.2 * noise(second), limitCores: 1, throttledRatio: 0 },
  disk: { usedBytes: (900 + second * 0.2) * mebibyte, limitBytes: 4_096 * mebibyte },
  pids: { used: Math.round(40 + 8 * noise(second)), limit: 512 },
  fds: { used: Math.round(180 + second / 10), limit: 1_024, pid: 412 },
});

const forecastsAt = (sample: Sample): readonly Forecast[] => {
  const quiet = (signal: Forecast['signal'], used: number, limit: number): Forecast =>
    memoryForecast({
      signal,
      unit: unitOf(signal),
      atMs: sample.atMs,
      used,
      limit,
      pressure: used / limit,
      timeToLimitMs: null,
      grower: null,
      evidence: 'level',
    });
  const used = sample.memory?.workingSetBytes ?? 0;
  const left = ((limitBytes - used) / (0.55 * mebibyte)) * 1_000;
  return [
    memoryForecast({
      atMs: sample.atMs,
      used,
      pressure: used / limitBytes,
      slopePerSecond: 0.55 * mebibyte,
      timeToLimitMs: { p10: left * 0.7, p50: left, p90: left * 1.5 },
      grower: { pid: 412, name: 'node', bytesPerSecond: 0.55 * mebibyte },
      evidence: 'floor rises 563 KiB/s for 90 s (node, pid 412)',
    }),
    quiet('disk', sample.disk?.usedBytes ?? 0, sample.disk?.limitBytes ?? 1),
    quiet('pids', sample.pids?.used ?? 0, sample.pids?.limit ?? 1),
    quiet('fds', sample.fds?.used ?? 0, sample.fds?.limit ?? 1),
    quiet('cpu', sample.cpu?.usedCores ?? 0, sample.cpu?.limitCores ?? 1),
  ];
};

/** The view of the sandbox of the samples at one second. */
export const viewAt = (second: number, startMs: number, part: Partial<SandboxView> = {}): SandboxView => {
  const sample = sampleAt(second, startMs);
  const forecasts = forecastsAt(sample);
  const [leading = null] = forecasts;
  return sandboxView({
    sandbox: sandbox({
      id: 'bench',
      createdAtMs: startMs,
      metadata: { owner: 'ada' },
      expiry: {
        clock: 'absolute',
        expiresAtMs: startMs + 45 * 60_000,
        action: 'delete',
        extendedBy: 'call',
        certainty: 'known',
      },
    }),
    atMs: sample.atMs,
    lastSampleAtMs: sample.atMs,
    sample,
    forecasts,
    leading,
    timeline: [
      { atMs: startMs, phase: 'starting', rawState: 'Pending', reason: null },
      { atMs: startMs + 8_000, phase: 'running', rawState: 'Running', reason: 'CONTAINER_RUNNING' },
    ],
    ...part,
  });
};

/** What the page of one sandbox is told in one second. */
export const secondOfSandbox = (second: number, startMs: number): readonly ToPage[] => {
  const nowMs = startMs + second * 1_000;
  return [
    { kind: 'courses', nowMs, reset: false, courses: shownCourses([sampleAt(second, startMs)]) },
    { kind: 'sandbox', nowMs, page: sandboxPage(viewAt(second, startMs), true, noPast, nowMs) },
  ];
};

/** All courses up to a second. */
export const coursesUntil = (second: number, startMs: number): ToPage => ({
  kind: 'courses',
  nowMs: startMs + second * 1_000,
  reset: true,
  courses: shownCourses(Array.from({ length: second + 1 }, (_, at) => sampleAt(at, startMs))),
});

const names = ['api', 'web', 'worker', 'billing', 'search', 'docs', 'mobile', 'ingest', 'auth', 'batch'];
const owners = ['ada', 'grace', 'linus', 'margaret', 'ken', 'barbara', 'edsger', ''];

const phaseOf = (index: number): Phase =>
  index % 23 === 11 ? 'paused' : index % 29 === 17 ? 'failed' : index % 31 === 3 ? 'starting' : 'running';

/** The row of one of many sandboxes at one second; its numbers differ from second to second. */
export const fleetViewAt = (index: number, second: number, startMs: number): SandboxView => {
  const phase = phaseOf(index);
  const ended = isEnded(phase);
  const id = `sandbox-${String(index).padStart(3, '0')}`;
  const pressure = Math.min(0.97, 0.15 + 0.6 * noise(index) + 0.08 * Math.sin((second + index * 7) / 9));
  const nowMs = startMs + second * 1_000;
  const leaks = index % 9 === 0;
  const leftMs = (0.4 + noise(index + 5) * 9) * 60_000 - second * 400;
  const memory = memoryForecast({
    atMs: nowMs,
    used: pressure * limitBytes,
    pressure,
    timeToLimitMs: leaks ? { p10: leftMs * 0.7, p50: leftMs, p90: leftMs * 1.4 } : null,
  });
  const cpuUse = 0.1 + 0.7 * noise(index * 3 + Math.floor(second / 3));
  const cpu = memoryForecast({ signal: 'cpu', unit: 'cores', used: cpuUse, limit: 1, pressure: cpuUse });
  const resting = phase === 'paused' || ended;
  return sandboxView({
    sandbox: sandbox({
      id,
      name: `${names[index % names.length]}-${index % 3 === 0 ? 'tests' : index % 3 === 1 ? 'dev' : 'preview'}-${index}`,
      phase,
      rawState: phase,
      createdAtMs: startMs - Math.round(noise(index + 1) * 3_600_000),
      metadata: { owner: owners[index % owners.length] ?? '' },
      expiry: ended
        ? null
        : {
            clock: 'absolute',
            expiresAtMs: startMs + Math.round((0.3 + noise(index + 2)) * 3_600_000),
            action: 'delete',
            extendedBy: 'call',
            certainty: 'known',
          },
    }),
    atMs: nowMs,
    sample: null,
    forecasts: resting ? [] : [memory, cpu],
    leading: !resting && leaks ? memory : null,
    level: resting || !leaks ? 'calm' : leftMs < 60_000 ? 'critical' : leftMs < 180_000 ? 'warn' : 'watch',
    health: index % 13 === 4 ? { state: 'failing', errorsPerMinute: 2.4 } : { state: 'running', errorsPerMinute: 0 },
    history: resting
      ? []
      : [
          {
            signal: 'memory',
            values: Array.from({ length: 40 }, (_, at) =>
              Math.min(
                1,
                Math.max(
                  0,
                  pressure - (leaks ? (39 - at) * 0.006 : 0) + 0.05 * (noise(index * 50 + at + second) - 0.5),
                ),
              ),
            ),
          },
        ],
  });
};

/** What the page of all sandboxes is told in one second: every row changed. */
export const secondOfFleet = (count: number, second: number, startMs: number): ToPage => ({
  kind: 'fleet',
  nowMs: startMs + second * 1_000,
  reset: second === 0,
  rows: Array.from({ length: count }, (_, index) => fleetRow(fleetViewAt(index, second, startMs), index === 0)),
  removed: [],
  servers: [
    {
      label: 'OpenSandbox on 127.0.0.1:8080',
      state: { word: 'healthy', icon: 'check', tone: 'good' },
      text: '',
    },
  ],
});
