import type { MachineMemory } from './figures.ts';
import type { MemoryLevel } from './memory-level.ts';

type Swap = { readonly usedBytes: number; readonly limitBytes: number | null } | null;

/** Swap of a group. Where the machine has no swap, nobody can use any, whatever the group may. */
export const swapOfGroup = (level: MemoryLevel, machine: MachineMemory | null): Swap => {
  const { swapUsedBytes, swapLimitBytes } = level;
  const total = machine?.swapTotalBytes ?? null;
  if (swapUsedBytes === null || swapLimitBytes === 0 || total === 0) return null;
  const limits = [swapLimitBytes, total].filter((limit) => limit !== null);
  return { usedBytes: swapUsedBytes, limitBytes: limits.length === 0 ? null : Math.min(...limits) };
};

/** Swap of the whole machine; null where it has none. */
export const swapOfMachine = (machine: MachineMemory | null): Swap => {
  if (machine === null) return null;
  const { swapTotalBytes: total, swapFreeBytes: free } = machine;
  return total === null || free === null || total === 0
    ? null
    : { usedBytes: Math.max(0, total - free), limitBytes: total };
};
