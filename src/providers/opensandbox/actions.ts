import type { Clock, Log, ProviderActions, RecreateRequest } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { isEnded, type Sandbox } from '../../model/sandbox.ts';
import { throwIfAborted } from './abort.ts';
import type { ExecdAccess } from './access.ts';
import type { DiagnosticsClient } from './diagnostics.ts';
import type { ExecdClient } from './execd-client.ts';
import { runToEnd } from './foreground-command.ts';
import type { CreateFromSnapshot, LifecycleClient } from './lifecycle-client.ts';
import { formatCpuLimit, formatMemoryLimit, parseLimits } from './limits.ts';
import { expiryAt, type RenewKnowledge } from './sandbox-mapping.ts';
import type { WireSandbox } from './schemas.ts';
import type { SnapshotsClient } from './snapshots-client.ts';
import { openTerminal, type TerminalOptions } from './terminal.ts';

const shortestLifetimeMs = 60_000;

export interface ActionsOptions {
  readonly lifecycle: LifecycleClient;
  readonly snapshots: SnapshotsClient;
  readonly diagnostics: DiagnosticsClient;
  readonly access: ExecdAccess;
  readonly find: (sandboxId: string, signal: AbortSignal) => Promise<Sandbox | null>;
  readonly toSandbox: (wire: WireSandbox) => Sandbox;
  readonly renewKnowledge: (sandboxId: string) => RenewKnowledge;
  /** Something changed: the watch should look soon. */
  readonly changed: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Everything the server and execd really can do. What a person starts in a sandbox (a command, a terminal) counts as
 * their own access and may go through the proxy; only watching may not.
 */
export const createActions = (options: ActionsOptions): ProviderActions => {
  const { lifecycle, snapshots, diagnostics, changed, clock, log } = options;
  const andLook = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      // Also after a failure: a call that seemed to fail may have been carried out.
      changed();
    }
  };
  const reach = async (sandboxId: string, signal: AbortSignal): Promise<ExecdClient> => {
    throwIfAborted(signal);
    const sandbox = await options.find(sandboxId, signal);
    if (sandbox === null) throw new Problem('not-found', 'There is no such sandbox (any more).');
    return (await options.access.reachOwn(sandbox, signal)).execd;
  };
  const whereabouts =
    (sandboxId: string): TerminalOptions['whereabouts'] =>
    async (signal) => {
      const phase = (await options.find(sandboxId, signal))?.phase;
      if (phase === undefined || isEnded(phase) || phase === 'stopping') return 'gone';
      return phase === 'paused' || phase === 'pausing' || phase === 'resuming' ? 'paused' : 'there';
    };
  return {
    renew: async (sandboxId, expiresAtMs, signal) => {
      const confirmedMs = await andLook(lifecycle.renew(sandboxId, expiresAtMs, signal));
      return expiryAt(confirmedMs, options.renewKnowledge(sandboxId));
    },
    pause: (sandboxId, signal) => {
      options.access.life.rests(sandboxId);
      return andLook(lifecycle.pause(sandboxId, signal));
    },
    resume: (sandboxId, signal) => {
      // Its address may be another one afterwards.
      options.access.forget(sandboxId);
      options.access.life.begins(sandboxId);
      return andLook(lifecycle.resume(sandboxId, signal));
    },
    delete: (sandboxId, signal) => andLook(lifecycle.delete(sandboxId, signal)),
    snapshot: async (sandboxId, name, signal) => {
      // The server pauses the sandbox meanwhile, and says no more than that.
      const saved = options.access.life.saves(sandboxId);
      try {
        return await andLook(snapshots.createAndWait(sandboxId, name, signal));
      } finally {
        saved();
      }
    },
    recreate: async (request, signal) => {
      const wire = await andLook(lifecycle.createFromSnapshot(toCreate(request), signal));
      options.access.life.begins(wire.id);
      return options.toSandbox(wire);
    },
    rename: async (sandboxId, name, signal) => {
      if (!isLabelValue(name)) {
        throw new Problem('invalid-request', `The server does not take the name "${name}".`, {
          nextStep:
            'Use at most 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.',
        });
      }
      return options.toSandbox(await andLook(lifecycle.patchMetadata(sandboxId, { name }, signal)));
    },
    snapshots: async (signal) =>
      [...(await snapshots.list(signal))].sort((a, b) => (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0)),
    deleteSnapshot: (snapshotId, signal) => snapshots.delete(snapshotId, signal),
    limits: async (sandboxId, signal) => parseLimits(await diagnostics.inspect(sandboxId, signal)),
    exec: async (sandboxId, argv, timeoutMs, signal) =>
      runToEnd(await reach(sandboxId, signal), argv, timeoutMs, signal, { clock, log }),
    openTerminal: async (sandboxId, size, signal) =>
      openTerminal(
        { execd: await reach(sandboxId, signal), whereabouts: whereabouts(sandboxId), size, clock, log },
        signal,
      ),
    diagnostics: (sandboxId, signal) => diagnostics.summary(sandboxId, signal),
  };
};

const toCreate = (request: RecreateRequest): CreateFromSnapshot => {
  const { snapshotId, memoryBytes, cpuCores, lifetimeMs, metadata } = request;
  return {
    snapshotId,
    resourceLimits: {
      memory: formatMemoryLimit(memoryBytes),
      ...(cpuCores === null ? {} : { cpu: formatCpuLimit(cpuCores) }),
    },
    timeoutSeconds: lifetimeMs === null ? null : Math.ceil(Math.max(lifetimeMs, shortestLifetimeMs) / 1000),
    metadata: Object.fromEntries(Object.entries(metadata).filter(isLabel)),
  };
};

/** The rule of Kubernetes for the value of a label, which the server applies on every runtime. */
const isLabelValue = (value: string): boolean => /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value);

/** On Docker, labels of the image appear among the metadata; the server refuses what is not a Kubernetes label. */
const isLabel = ([key, value]: readonly [string, string]): boolean => {
  const [prefix, name] = key.includes('/')
    ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)]
    : ['', key];
  const isDomain = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
  const isOwn = prefix === 'opensandbox.io' || prefix.endsWith('.opensandbox.io');
  return (
    !isOwn && (prefix === '' || isDomain.test(prefix)) && isLabelValue(name) && (value === '' || isLabelValue(value))
  );
};
