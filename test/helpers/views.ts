import type { Forecast } from '../../src/model/forecast.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import type { AppView, SandboxView, ServerView } from '../../src/model/view.ts';

/** A fixed moment for tests: 2026-11-21 14:30:00 UTC. */
export const nowMs = Date.UTC(2026, 10, 21, 14, 30);

/** A forecast of memory at 71 % of 512 MiB that reaches its limit in about four minutes. */
export const memoryForecast = (part: Partial<Forecast> = {}): Forecast => ({
  signal: 'memory',
  atMs: nowMs,
  unit: 'bytes',
  used: 0.71 * 512 * 2 ** 20,
  limit: 512 * 2 ** 20,
  pressure: 0.71,
  pBreak60: 0.01,
  pBreak120: 0.2,
  pBreak300: 0.8,
  timeToLimitMs: { p10: 120_000, p50: 240_000, p90: 300_000 },
  slopePerSecond: 4.2 * 2 ** 20,
  grower: { pid: 412, name: 'node', bytesPerSecond: 4.2 * 2 ** 20 },
  evidence: 'floor rises 4.2 MiB/s for 90 s (node, pid 412)',
  ...part,
});

export const sandbox = (part: Partial<Sandbox> = {}): Sandbox => ({
  id: '0b5e0f8e-1111-4222-8333-444455556666',
  provider: 'openSandbox',
  name: 'api-tests',
  phase: 'running',
  rawState: 'Running',
  reason: 'CONTAINER_RUNNING',
  message: 'Sandbox container is running.',
  createdAtMs: nowMs - 600_000,
  expiry: null,
  image: 'debian:12-slim',
  metadata: {},
  renewsOnAccess: false,
  ...part,
});

/** A running sandbox with live data, about to run out of memory unless `part` says otherwise. */
export const sandboxView = (part: Partial<SandboxView> = {}): SandboxView => ({
  sandbox: sandbox(),
  isHere: part.sandbox?.provider === 'local',
  link: { state: 'live', problem: null, text: null, nextStep: null, retryAtMs: null },
  atMs: nowMs,
  lastSampleAtMs: nowMs,
  sampleSource: 'cgroup',
  caveat: null,
  sample: null,
  processes: [],
  forecasts: [memoryForecast()],
  leading: memoryForecast(),
  level: 'warn',
  signalLevels: { [(part.leading ?? memoryForecast()).signal]: part.level ?? 'warn' },
  health: { state: 'running', errorsPerMinute: 0 },
  warning: null,
  history: [{ signal: 'memory', values: [0.5, 0.6, 0.71] }],
  timeline: [],
  errors: [],
  fixes: [],
  actions: [],
  outcomes: [],
  incidents: [],
  ...part,
});

export const server = (part: Partial<ServerView> = {}): ServerView => ({
  provider: 'openSandbox',
  label: 'OpenSandbox on 127.0.0.1:8080',
  state: 'healthy',
  answered: part.state !== 'connecting',
  problem: null,
  text: null,
  nextStep: null,
  retryAtMs: null,
  ...part,
});

/** One healthy server; the first sandbox is the current one. */
export const appView = (sandboxes: readonly SandboxView[], part: Partial<AppView> = {}): AppView => ({
  servers: [server()],
  sandboxes,
  currentId: sandboxes[0]?.sandbox.id ?? null,
  currentHow: 'the only one that runs',
  currentInside: false,
  ambiguous: false,
  historyProblem: null,
  ...part,
});
