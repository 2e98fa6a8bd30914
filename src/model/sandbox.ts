/** The phases of a sandbox's life, common to all providers. The provider's own word is kept in `Sandbox.rawState`. */
export const phases = [
  'creating',
  'starting',
  'running',
  /** It ran, and is said to come up again although nobody paused it: it stopped, or is started anew; which of them is not told. */
  'interrupted',
  'pausing',
  'paused',
  'resuming',
  'hibernated',
  'archived',
  'stopping',
  'terminated',
  'failed',
  'unknown',
] as const;

/** One phase; part of the tree's `contextValue`s as `sandbox.<phase>`. */
export type Phase = (typeof phases)[number];

/** Whether processes may be running in this phase, so that there is something to watch. */
export const isLive = (phase: Phase): boolean => phase === 'running' || phase === 'starting' || phase === 'unknown';

/** Whether this phase is an end: the sandbox does not come back from it under the same id. */
export const isEnded = (phase: Phase): boolean => phase === 'terminated' || phase === 'failed';

/** When and how the clock ends a sandbox. */
export interface Expiry {
  /** `absolute`: a deadline; `idle`: a timer that activity restarts. */
  readonly clock: 'absolute' | 'idle';
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /** What happens then. */
  readonly action: 'delete' | 'stop' | 'pause' | 'hibernate' | 'archive';
  /** What moves the deadline: a call, traffic, activity inside, or nothing. */
  readonly extendedBy: 'call' | 'traffic' | 'activity' | 'nothing';
  readonly certainty: 'known' | 'probable';
}

/** Resources granted to the sandbox, as far as the provider tells. */
export interface SandboxLimits {
  readonly memoryBytes: number | null;
  readonly cpuCores: number | null;
  readonly pids: number | null;
}

/** One short-lived environment. */
export interface Sandbox {
  readonly id: string;
  /** Provider id, e.g. `openSandbox`. */
  readonly provider: string;
  /** What people call it: a name from its metadata, else a short form of the id. */
  readonly name: string;
  readonly phase: Phase;
  /** The provider's own state word, reason and message, unchanged. */
  readonly rawState: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly createdAtMs: number | null;
  /** When it ended, as the provider itself says; absent where it has not, or where the provider does not tell. Its clock may be off. */
  readonly endedAtMs?: number;
  readonly expiry: Expiry | null;
  readonly image: string | null;
  /**
   * What it was made from and started with, as one short word that is the same for every sandbox of this kind and tells nothing secret; absent
   * or null when that is not known, or when it was started with nothing that does any work.
   */
  readonly origin?: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** True when reading it through the server's proxy would move its deadline (watching must not keep it alive). */
  readonly renewsOnAccess: boolean;
}
