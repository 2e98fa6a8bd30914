import type { CommandEnded, CommandStarted } from '../../src/model/events.ts';
import type { RememberedSandbox } from '../../src/model/history.ts';
import type { Incident } from '../../src/model/incident.ts';

/** A sandbox that expired. */
export const anIncident = (sandboxId: string, atMs: number, part: Partial<Incident> = {}): Incident => ({
  id: `${sandboxId}/expired/${atMs}`,
  sandboxId,
  sandboxName: sandboxId,
  provider: 'fake',
  atMs,
  cause: 'expired',
  certainty: 'certain',
  endsSandbox: true,
  exitCode: null,
  text: 'It expired.',
  warning: null,
  leadMs: null,
  timeline: [],
  samples: [],
  fixes: [],
  ...part,
});

/** A sandbox that is remembered to have ended then. */
export const aRemembered = (
  sandboxId: string,
  endedAtMs: number | null,
  part: Partial<RememberedSandbox> = {},
): RememberedSandbox => ({
  provider: 'fake',
  place: null,
  sandboxId,
  name: sandboxId,
  image: null,
  metadata: {},
  workspace: null,
  createdAtMs: null,
  firstSeenAtMs: 0,
  lastSeenAtMs: endedAtMs ?? Number.MAX_SAFE_INTEGER,
  expiresAtMs: null,
  phase: 'running',
  rawState: 'Running',
  reason: null,
  endedAtMs,
  endCause: endedAtMs === null ? null : 'expired',
  ...part,
});

export const aStart = (
  sandboxId: string,
  commandId: string,
  atMs: number,
  commandLine = 'npm ci',
  cwd: string | null = null,
): CommandStarted => ({ kind: 'command-started', sandboxId, commandId, atMs, commandLine, cwd });

export const anEnd = (
  sandboxId: string,
  commandId: string,
  atMs: number,
  exitCode: number | null = 0,
): CommandEnded => ({ kind: 'command-ended', sandboxId, commandId, atMs, exitCode });
