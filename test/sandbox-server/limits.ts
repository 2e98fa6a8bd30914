import { EmulatedLimits } from './limits-emulated.ts';
import { findKernelLimits } from './limits-kernel.ts';

/** How memory limits are enforced. */
type LimitsKind = 'kernel-v1' | 'kernel-v2' | 'emulated';

/** The limits of one sandbox; null means none. */
export interface LimitSpec {
  readonly memoryBytes: number | null;
  readonly cpuCores: number | null;
  readonly pids: number;
}

/** Current memory numbers of one group. */
export interface GroupMemory {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  /** Processes killed at the limit since the group exists. */
  readonly oomKills: number;
}

/** The box in which all processes of one sandbox live. */
export interface LimitGroup {
  /** Variables that every process of the sandbox must get. */
  readonly env: Readonly<Record<string, string>>;
  /** A command line that first joins the group and then becomes the given command. */
  wrap(argv: readonly string[], mergeStderr?: boolean): readonly [string, ...string[]];
  /** Processes that are in the group now. */
  pids(): number[];
  memory(): GroupMemory;
  /** The counter of kills alone, which is asked for often. */
  oomKills(): number;
  freeze(): void;
  thaw(): void;
  /** Kills everything and resolves when nothing is left. */
  killAll(): Promise<void>;
  /** Removes what the group left outside the sandbox's folder. Call after `killAll`. */
  remove(): Promise<void>;
}

/** Makes groups. */
export interface LimitsBackend {
  readonly kind: LimitsKind;
  /** Whether a process beyond `LimitSpec.pids` is really refused. */
  readonly enforcesPids: boolean;
  createGroup(name: string, spec: LimitSpec): LimitGroup;
  close(): void;
}

/**
 * The best way to enforce limits on this machine.
 * `kernel` throws when no cgroup can be made; `auto` falls back to the emulation.
 */
export function chooseLimits(wanted: 'auto' | 'kernel' | 'emulated', emulatedRoot: string): LimitsBackend {
  if (wanted !== 'emulated') {
    const kernel = findKernelLimits();
    if (kernel !== undefined) return kernel;
    if (wanted === 'kernel') throw new Error('no memory cgroup can be created by this user on this machine');
  }
  return new EmulatedLimits(emulatedRoot);
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
};

/** Bytes of a quantity such as `256Mi` or `1G`; null for anything unparsable, which means silently unlimited. */
export function parseMemoryQuantity(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(text?.trim() ?? '');
  const unit = match === null ? undefined : units[(match[2] ?? '').toLowerCase()];
  return match === null || unit === undefined ? null : Math.floor(Number(match[1]) * unit);
}

/** Cores of a quantity such as `0.5` or `500m`; null for anything unparsable. */
export function parseCpuQuantity(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text?.trim() ?? '');
  if (match === null) return null;
  const cores = Number(match[1]) / (match[2] === 'm' ? 1000 : 1);
  return cores > 0 ? cores : null;
}
