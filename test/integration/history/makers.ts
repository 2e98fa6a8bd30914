import type { RecognisedError } from '../../../src/model/error-event.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';
import type { CommandRun } from '../../../src/model/history.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { Sample } from '../../../src/model/sample.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import type { Warning } from '../../../src/model/warning.ts';

/** A Monday noon; all times of these tests count from here. */
export const startMs = Date.UTC(2026, 0, 5, 12);
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
const mib = 1024 * 1024;

export const aSandbox = (id = 'sb-1', changes: Partial<Sandbox> = {}): Sandbox => ({
  id,
  provider: 'openSandbox',
  name: `name of ${id}`,
  phase: 'running',
  rawState: 'Running',
  reason: null,
  message: null,
  createdAtMs: startMs - minuteMs,
  expiry: {
    clock: 'absolute',
    expiresAtMs: startMs + hourMs,
    action: 'delete',
    extendedBy: 'call',
    certainty: 'known',
  },
  image: 'python:3.12',
  metadata: { user: 'ada', workspace: 'api-tests' },
  renewsOnAccess: false,
  ...changes,
});

/** A full sample; `no` moves its time by seconds and its memory with it. */
export const aSample = (sandboxId = 'sb-1', no = 0, changes: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId,
  atMs: startMs + no * 1000,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: {
    usedBytes: 200 * mib + no,
    workingSetBytes: 150 * mib + no,
    limitBytes: 512 * mib,
    anonBytes: 120 * mib,
    oomKillCount: 0,
    limitHitCount: 3,
    stalledPercent: 0.25,
  },
  swap: { usedBytes: 0, limitBytes: null },
  cpu: { usedCores: 0.5, limitCores: 2, throttledRatio: 0.125 },
  disk: { usedBytes: 3 * mib, limitBytes: 1024 * mib },
  inodes: { used: 1234, limit: 65_536 },
  pids: { used: 12, limit: 256 },
  fds: { used: 40, limit: 1024, pid: 412 },
  processes: [
    {
      pid: 412,
      parentPid: 1,
      name: 'node',
      rssBytes: 100 * mib + no,
      ageMs: 1000 * no,
      heapLimit: { limitBytes: 256 * mib, source: '--max-old-space-size' },
    },
    { pid: 7, parentPid: null, name: 'sh', rssBytes: mib, ageMs: null, heapLimit: null },
  ],
  ...changes,
});

export const aWarning = (id = 'w-1', changes: Partial<Warning> = {}): Warning => ({
  id,
  sandboxId: 'sb-1',
  signal: 'memory',
  level: 'warn',
  startedAtMs: startMs,
  warnedAtMs: startMs + 5_000,
  criticalAtMs: null,
  forecast: {
    signal: 'memory',
    atMs: startMs + 5_000,
    unit: 'bytes',
    used: 400 * mib,
    limit: 512 * mib,
    pressure: 0.78,
    pBreak60: 0.2,
    pBreak120: 0.6,
    pBreak300: 0.9,
    timeToLimitMs: { p10: 90_000, p50: 150_000, p90: Number.POSITIVE_INFINITY },
    slopePerSecond: 4.2 * mib,
    grower: { pid: 412, name: 'node', bytesPerSecond: 4.2 * mib },
    evidence: 'node (pid 412) grows 4.2 MiB/s, 78 % of 512 MiB.',
  },
  endedAtMs: null,
  outcome: 'open',
  ...changes,
});

export const aFix = (changes: Partial<FixOutcome> = {}): FixOutcome => ({
  fixId: 'endProcess',
  sandboxId: 'sb-1',
  startedAtMs: startMs,
  endedAtMs: startMs + 3_000,
  result: 'worked',
  text: 'Memory fell from 500 to 120 MiB.',
  ...changes,
});

export const anIncident = (id = 'i-1', changes: Partial<Incident> = {}): Incident => ({
  id,
  sandboxId: 'sb-1',
  sandboxName: 'name of sb-1',
  provider: 'openSandbox',
  atMs: startMs,
  cause: 'out-of-memory',
  certainty: 'probable',
  endsSandbox: true,
  exitCode: 137,
  text: 'The main process was probably killed for memory.',
  warning: aWarning(),
  leadMs: 90_000,
  timeline: [{ atMs: startMs - hourMs, phase: 'running', rawState: 'Running', reason: null }],
  samples: [aSample('sb-1', -2), aSample('sb-1', -1)],
  fixes: [aFix()],
  ...changes,
});

export const anError = (fingerprint = 'f-1', changes: Partial<RecognisedError> = {}): RecognisedError => ({
  fingerprint,
  pattern: 'port-in-use',
  title: 'The port is taken',
  cause: 'Something else listens there.',
  source: 'terminal',
  exitCode: 1,
  count: 1,
  firstSeenAtMs: startMs,
  lastSeenAtMs: startMs,
  ...changes,
});

export const aCommand = (commandId = 'c-1', changes: Partial<CommandRun> = {}): CommandRun => ({
  commandId,
  sandboxId: 'sb-1',
  commandKey: 'npm ci',
  startedAtMs: startMs,
  endedAtMs: startMs + 20_000,
  exitCode: 0,
  attempt: 1,
  peakBytes: 300 * mib,
  ...changes,
});
