import * as z from 'zod/mini';
import { Problem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';

const amount = z.number().check(z.gte(0));

const metrics = z.object({
  cpu_count: amount,
  cpu_used_pct: amount,
  mem_total_mib: amount,
  mem_used_mib: amount,
});

const failure = z.object({ error: z.string() });

const mebibyte = 1024 ** 2;
/** One sample takes a second of measuring and a second of waiting. */
const machineCadenceMs = 2000;

/**
 * One value of `/metrics/watch` as a sample of the host: memory and processor time are those of the whole machine,
 * whatever the sandbox may use. Null for a value that is not a sample; throws `server-error` for execd's own error.
 */
export const readMachineSample = (
  value: unknown,
  sandboxId: string,
  receivedAtMs: number,
  caveat: string | null,
): Sample | null => {
  const failed = z.safeParse(failure, value);
  if (failed.success) throw new Problem('server-error', `execd cannot measure: ${failed.data.error}`);
  const parsed = z.safeParse(metrics, value);
  if (!parsed.success) return null;
  const { cpu_count: cpuCount, cpu_used_pct: cpuPercent, mem_total_mib: total, mem_used_mib: used } = parsed.data;
  return {
    kind: 'sample',
    sandboxId,
    atMs: receivedAtMs,
    source: 'machine',
    cadenceMs: machineCadenceMs,
    caveat,
    memory: {
      usedBytes: Math.round(used * mebibyte),
      workingSetBytes: Math.round(used * mebibyte),
      limitBytes: total > 0 ? Math.round(total * mebibyte) : null,
      anonBytes: null,
      oomKillCount: null,
      limitHitCount: null,
      stalledPercent: null,
    },
    cpu: {
      usedCores: (cpuPercent / 100) * cpuCount,
      limitCores: cpuCount > 0 ? cpuCount : null,
      throttledRatio: null,
    },
  };
};
