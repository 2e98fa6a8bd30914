import type { Phase } from '../../model/sandbox.ts';

const phaseByState: Readonly<Record<string, Phase>> = {
  pending: 'creating',
  allocated: 'starting',
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  resuming: 'resuming',
  stopping: 'stopping',
  terminated: 'terminated',
  failed: 'failed',
};

/** Reasons that say more than their state. */
const phaseByReason: Readonly<Record<string, Phase>> = {
  CONTAINER_STARTING: 'starting',
  CONTAINER_RESTARTING: 'starting',
  POD_SCHEDULED: 'starting',
};

/** What runs the sandboxes of a server; only the reasons it gives for its states tell. */
export type Runtime = 'docker' | 'kubernetes';

/** The runtime that gives this reason, or null when both or neither do. */
export const runtimeOf = (reason: string | null): Runtime | null => {
  if (reason === null) return null;
  if (/^CONTAINER_/.test(reason)) return 'docker';
  return /^(?:POD_|BATCHSANDBOX_|IP_ASSIGNED$|RUNNING$|CREATING$|PAUSED$|PAUSING$|RESUMING$|FAILED$)/.test(reason)
    ? 'kubernetes'
    : null;
};

/**
 * The phase of a server's state word, which is an open set: what was never seen before is `unknown` and is shown as
 * it came. The reason refines a state only while a sandbox comes up. `Pending` is also said of one whose main process has
 * ended, for ever or between two runs (Kubernetes): who saw it run tells the two apart, not this table.
 */
export const phaseOf = (state: string, reason: string | null): Phase => {
  const phase = Object.hasOwn(phaseByState, state.toLowerCase()) ? phaseByState[state.toLowerCase()] : undefined;
  if (phase !== 'creating' && phase !== 'running') return phase ?? 'unknown';
  const refined = reason !== null && Object.hasOwn(phaseByReason, reason) ? phaseByReason[reason] : undefined;
  return refined ?? phase;
};
