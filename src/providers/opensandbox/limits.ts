import type { SandboxLimits } from '../../model/sandbox.ts';

/**
 * The limits in the text of `diagnostics/inspect`, the only place where the server tells them. Docker prints
 * `Memory: 256 MiB`, `CPU: 0.50 cores`, `PIDs Limit: 4096` and leaves a line out where there is no limit; Kubernetes
 * prints the limits of each container as a Python dictionary.
 */
export const parseLimits = (inspect: string): SandboxLimits => {
  const section = resourcesOf(inspect);
  const ownLimits = kubernetesLimits(section);
  if (ownLimits !== null) {
    return {
      memoryBytes: parseQuantity(valueIn(ownLimits, 'memory')),
      cpuCores: parseQuantity(valueIn(ownLimits, 'cpu')),
      pids: null,
    };
  }
  return {
    memoryBytes: parseQuantity(lineIn(section, 'Memory')),
    cpuCores: parseQuantity(lineIn(section, 'CPU')?.replace(/\s*cores?$/i, '')),
    pids: parseQuantity(lineIn(section, 'PIDs Limit')),
  };
};

/** The lines under `Resources:` only: labels and environment further down may hold anything. */
const resourcesOf = (inspect: string): readonly string[] => {
  const lines = inspect.split(/\r?\n/);
  const start = lines.findIndex((line) => /^\s*Resources:\s*$/.test(line));
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.trim() === '' || /^\S/.test(line));
  return end === -1 ? rest : rest.slice(0, end);
};

const lineIn = (section: readonly string[], label: string): string | undefined => {
  const line = section.find((candidate) => candidate.trimStart().startsWith(`${label}:`));
  return line?.slice(line.indexOf(':') + 1).trim();
};

/** The `Limits:` line of the container named `sandbox`, else of the first one; null when there is none. */
const kubernetesLimits = (section: readonly string[]): string | null => {
  let container = '';
  let first: string | null = null;
  for (const line of section) {
    const heading = /^\s*([\w.-]+):\s*$/.exec(line)?.[1];
    if (heading !== undefined) container = heading;
    const limits = /^\s*Limits:\s*(\{.*\})\s*$/.exec(line)?.[1];
    if (limits === undefined) continue;
    if (container === 'sandbox') return limits;
    first ??= limits;
  }
  return first;
};

const valueIn = (dictionary: string, key: string): string | undefined =>
  new RegExp(`['"]${key}['"]:\\s*['"]?([^'",}\\s]+)`).exec(dictionary)?.[1];

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A quantity such as `256 MiB`, `512Mi`, `2G`, `500m` or `0.50`; null when unreadable or not positive. */
const parseQuantity = (text: string | undefined): number | null => {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text?.trim() ?? '');
  if (match === null) return null;
  const unit = (match[2] ?? '').replace(/(?<=[KMGT]i?|k)B$/, '');
  const factor = Object.hasOwn(units, unit) ? units[unit] : unit === 'B' ? 1 : undefined;
  const value = Number(match[1]) * (factor ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : null;
};

/** Bytes as the server's `resourceLimits.memory` understands them: whole mebibytes where possible. */
export const formatMemoryLimit = (bytes: number): string => `${Math.max(1, Math.ceil(bytes / 1024 ** 2))}Mi`;

/** Cores as `resourceLimits.cpu` understands them. */
export const formatCpuLimit = (cores: number): string =>
  Number.isInteger(cores) ? String(cores) : `${Math.max(1, Math.round(cores * 1000))}m`;
