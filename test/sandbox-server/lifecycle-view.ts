import type { Entry, Snapshot } from './registry.ts';
import type { Switches } from './switches.ts';
import { formatTimestamp } from './timestamps.ts';

/** State, reason and message of a container, as the Docker runtime reports them. */
function describe(entry: Entry): { state: string; reason: string; message: string } {
  const { state, exitCode } = entry.sandbox;
  if (entry.isEnding) {
    const message = 'Sandbox container exited with code 137.';
    return { state: 'Failed', reason: 'CONTAINER_EXITED_ERROR', message };
  }
  if (state === 'running') {
    return { state: 'Running', reason: 'CONTAINER_RUNNING', message: 'Sandbox container is running.' };
  }
  if (state === 'paused') {
    return { state: 'Paused', reason: 'CONTAINER_PAUSED', message: 'Sandbox container is paused.' };
  }
  if (exitCode === 0) {
    return { state: 'Terminated', reason: 'CONTAINER_EXITED', message: 'Sandbox container exited successfully.' };
  }
  const message = `Sandbox container exited with code ${exitCode}.`;
  return { state: 'Failed', reason: 'CONTAINER_EXITED_ERROR', message };
}

/** The status of a sandbox. Pausing and resuming do not move `lastTransitionAt`. */
export function statusView(entry: Entry, switches: Switches): Record<string, string> {
  const { sandbox } = entry;
  const strange = switches.get('strangeState', sandbox.id);
  const atMs = sandbox.finishedAtMs > 0 ? sandbox.finishedAtMs : sandbox.createdAtMs;
  const offsetMs = Number(switches.get('clockOffset'));
  const status = { ...describe(entry), lastTransitionAt: formatTimestamp(atMs + offsetMs) };
  return strange === '' ? status : { ...status, state: strange };
}

/** A sandbox as `GET /sandboxes/{id}` shows it; absent values are left out. Limits and variables are never shown. */
export function sandboxView(entry: Entry, switches: Switches): Record<string, unknown> {
  const { sandbox, expiresAtMs } = entry;
  const { imageUri, snapshotId, entrypoint } = sandbox.spec;
  const offsetMs = Number(switches.get('clockOffset'));
  return {
    id: sandbox.id,
    ...(imageUri === undefined ? {} : { image: { uri: imageUri } }),
    ...(snapshotId === undefined ? {} : { snapshotId }),
    status: statusView(entry, switches),
    ...(Object.keys(sandbox.metadata).length === 0 ? {} : { metadata: sandbox.metadata }),
    entrypoint,
    ...(expiresAtMs === null ? {} : { expiresAt: formatTimestamp(expiresAtMs + offsetMs) }),
    createdAt: formatTimestamp(sandbox.createdAtMs + offsetMs),
  };
}

/** A snapshot as the server shows it. */
export function snapshotView(snapshot: Snapshot): Record<string, unknown> {
  return {
    id: snapshot.id,
    sandboxId: snapshot.sandboxId,
    ...(snapshot.name === undefined ? {} : { name: snapshot.name }),
    status: {
      state: snapshot.state,
      reason: snapshot.reason,
      message: snapshot.message,
      lastTransitionAt: formatTimestamp(snapshot.changedAtMs),
    },
    createdAt: formatTimestamp(snapshot.createdAtMs),
  };
}
