import type { Snapshot } from '../../model/ports.ts';
import { type Expiry, isEnded, type Sandbox } from '../../model/sandbox.ts';
import { originOf } from './origin.ts';
import type { WireSandbox, WireSnapshot } from './schemas.ts';
import { phaseOf } from './states.ts';
import { parseTimestamp } from './timestamps.ts';

export const providerId = 'openSandbox';

/** Metadata keys that hold what people call a sandbox, best first. */
const nameKeys = ['name', 'sandbox-name', 'sandbox.name', 'display-name', 'app.kubernetes.io/name', 'app', 'project'];

/** Whether a proxied request moves the deadline: told by the server, ruled out, or not to be found out. */
export type RenewKnowledge = 'renews' | 'does-not-renew' | 'unknown';

/** Turns a moment on the server's clock into one on this computer's; both epoch milliseconds. */
type ToLocal = (serverMs: number) => number;

const sameClock: ToLocal = (serverMs) => serverMs;

const localTime = (text: string | undefined, toLocal: ToLocal): number | null => {
  const serverMs = parseTimestamp(text);
  return serverMs === null ? null : toLocal(serverMs);
};

/**
 * When one that has ended came to its end. Of one that runs the same field tells of an earlier run, and servers that do not know it send the
 * time of its creation.
 */
const endOf = (wire: WireSandbox, toLocal: ToLocal): number | null => {
  if (!isEnded(phaseOf(wire.status.state, wire.status.reason ?? null))) return null;
  const endedMs = parseTimestamp(wire.status.lastTransitionAt);
  const isPossible = endedMs !== null && endedMs > (parseTimestamp(wire.createdAt) ?? 0);
  return isPossible ? toLocal(endedMs) : null;
};

/** A sandbox in our words. `knowledge` is what has been found out besides the server's own description. */
export const toSandbox = (wire: WireSandbox, knowledge: RenewKnowledge, toLocal: ToLocal = sameClock): Sandbox => {
  const metadata = wire.metadata ?? {};
  const reason = wire.status.reason ?? null;
  const expiresAtMs = localTime(wire.expiresAt, toLocal);
  const renews = expiresAtMs === null ? 'does-not-renew' : knowledge;
  const endedAtMs = endOf(wire, toLocal);
  const image = wire.image?.uri ?? (wire.snapshotId === undefined ? null : `snapshot ${wire.snapshotId}`);
  return {
    id: wire.id,
    provider: providerId,
    name: nameOf(wire.id, metadata),
    phase: phaseOf(wire.status.state, reason),
    rawState: wire.status.state,
    reason,
    message: wire.status.message ?? null,
    createdAtMs: localTime(wire.createdAt, toLocal),
    ...(endedAtMs === null ? {} : { endedAtMs }),
    expiry: expiresAtMs === null ? null : expiryAt(expiresAtMs, renews),
    image,
    origin: originOf(image, wire.entrypoint),
    metadata,
    // What is not known counts as renewing: the price of asking once too often is smaller than that of keeping a
    // sandbox alive by watching it.
    renewsOnAccess: renews !== 'does-not-renew',
  };
};

/** The deadline; at its end the server deletes the sandbox without a trace. */
export const expiryAt = (expiresAtMs: number, renews: RenewKnowledge): Expiry => ({
  clock: 'absolute',
  expiresAtMs,
  action: 'delete',
  extendedBy: renews === 'renews' ? 'traffic' : 'call',
  certainty: 'known',
});

const nameOf = (id: string, metadata: Readonly<Record<string, string>>): string => {
  for (const key of nameKeys) {
    const name = Object.hasOwn(metadata, key) ? metadata[key]?.trim() : undefined;
    if (name !== undefined && name !== '') return name;
  }
  return shortId(id);
};

/** The first part of a uuid; ids of another form are cut. */
const shortId = (id: string): string =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(id) ? id.slice(0, 8) : id.length <= 20 ? id : `${id.slice(0, 19)}…`;

const snapshotStates: Readonly<Record<string, Snapshot['state']>> = {
  creating: 'creating',
  pending: 'creating',
  committing: 'creating',
  ready: 'ready',
  succeed: 'ready',
  failed: 'failed',
  deleting: 'deleting',
};

/** A snapshot in our words. */
export const toSnapshot = (wire: WireSnapshot, toLocal: ToLocal = sameClock): Snapshot => {
  const state = wire.status.state.toLowerCase();
  return {
    id: wire.id,
    sandboxId: wire.sandboxId,
    name: wire.name ?? null,
    state: (Object.hasOwn(snapshotStates, state) ? snapshotStates[state] : undefined) ?? 'unknown',
    rawState: wire.status.state,
    message: wire.status.message ?? wire.status.reason ?? null,
    createdAtMs: localTime(wire.createdAt, toLocal),
  };
};
