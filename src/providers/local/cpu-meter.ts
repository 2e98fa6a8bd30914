import type { FileReader, Log } from '../../model/ports.ts';
import type { CpuReading } from '../../model/sample.ts';
import type { CgroupPlaces, CgroupVersion } from './cgroup-places.ts';
import { amount, flatKeyed, listedCpus, machineCpuUs, quotaCores, type Stalls, stalls } from './figures.ts';

/** Processor time as counters: they only make sense against an earlier reading. */
export interface CpuCounters {
  /** What was counted; counters of two groups can not be compared. */
  readonly group: string;
  /** Seconds on the clock the reading was taken by. */
  readonly atSeconds: number;
  readonly usedUs: number;
  readonly periods: number | null;
  readonly throttled: number | null;
}

/** What bounds the processor time of this place. */
export interface CpuLimit {
  /** The fewest cores that any visible level grants, together with the processors this process may use. Null when nothing tells. */
  readonly cores: number | null;
  /**
   * The folder of the group whose quota is the least: what is used of it, and who is throttled by it, is counted there, and a child of it
   * tells only its own part. Without any quota the own group; null where no group can be seen.
   */
  readonly folder: string | null;
}

const statKeys = ['usage_usec', 'nr_periods', 'nr_throttled'] as const;

/** Reads the counters of `folder` (`CpuLimit.folder`), or of the machine where there are none. */
export const readCpuCounters = async (
  files: FileReader,
  places: CgroupPlaces,
  folder: string | null,
  atSeconds: number,
): Promise<CpuCounters | null> => {
  if (places.cpu !== null && folder !== null) {
    const stat = flatKeyed(await files.text(`${folder}/cpu.stat`), statKeys);
    const usage = usageFolder(places, folder);
    const nanoseconds = places.cpu.version === 1 ? amount(await files.text(`${usage}/cpuacct.usage`)) : null;
    const usedUs = stat.get('usage_usec') ?? (nanoseconds === null ? null : nanoseconds / 1000);
    if (usedUs !== null) {
      const [periods, throttled] = [stat.get('nr_periods') ?? null, stat.get('nr_throttled') ?? null];
      return { group: folder, atSeconds, usedUs, periods, throttled };
    }
  }
  const usedUs = machineCpuUs(await files.text('/proc/stat', 512));
  return usedUs === null ? null : { group: 'machine', atSeconds, usedUs, periods: null, throttled: null };
};

/** Version 1 counts processor time in a tree of its own: the group as far below its root there as `folder` is below that of the quotas. */
const usageFolder = ({ cpu, cpuacct }: CgroupPlaces, folder: string): string => {
  // Without a quota above the own group: the two trees may be mounted at different heights.
  if (folder === cpu?.levels[0]) return cpuacct?.[0] ?? folder;
  const above = (cpu?.levels.length ?? 0) - (cpu?.levels.indexOf(folder) ?? 0);
  return cpuacct?.[cpuacct.length - above] ?? cpuacct?.at(-1) ?? folder;
};

/** Looks at every visible level. */
export const readCpuLimit = async (files: FileReader, places: CgroupPlaces): Promise<CpuLimit> => {
  const allowed = listedCpus(/^Cpus_allowed_list:\s*(\S+)/m.exec((await files.text('/proc/self/status')) ?? '')?.[1]);
  let least: { readonly cores: number; readonly folder: string } | null = null;
  for (const folder of places.cpu?.levels ?? []) {
    const cores = await readQuota(files, folder, places.cpu?.version ?? 2);
    if (cores !== null && (least === null || cores < least.cores)) least = { cores, folder };
  }
  return {
    cores: least === null || allowed === null ? (least?.cores ?? allowed) : Math.min(least.cores, allowed),
    folder: least?.folder ?? places.cpu?.levels[0] ?? null,
  };
};

const readQuota = async (files: FileReader, folder: string, version: CgroupVersion): Promise<number | null> => {
  if (version === 2) {
    const [quota, period] = ((await files.text(`${folder}/cpu.max`)) ?? '').trim().split(/\s+/);
    return quotaCores(quota, period);
  }
  return quotaCores(await files.text(`${folder}/cpu.cfs_quota_us`), await files.text(`${folder}/cpu.cfs_period_us`));
};

/**
 * How long tasks waited for a processor: in `folder` (`CpuLimit.folder`) where the kernel keeps that, else on the whole machine.
 * @param hasLimits the place has limits of its own: how long others wait on the machine then says nothing of it.
 */
export const readCpuStalls = async (
  files: FileReader,
  places: CgroupPlaces,
  folder: string | null,
  hasLimits: boolean,
): Promise<Stalls | null> => {
  const isTold = places.cpu?.version === 2 && folder !== null;
  const own = isTold ? stalls(await files.text(`${folder}/cpu.pressure`)) : null;
  return own === null && !hasLimits ? stalls(await files.text('/proc/pressure/cpu')) : own;
};

/** Makes rates from counters: nothing for the first reading, and nothing across a restart or a move, where they fall back. */
export class CpuMeter {
  readonly #log: Log;
  #last: CpuCounters | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  read(now: CpuCounters | null, limitCores: number | null, stalledPercent: number | null): CpuReading | null {
    const before = this.#last;
    this.#last = now;
    if (now === null || before === null) return null;
    if (before.group !== now.group) {
      this.#log.info(`Processor time is counted in another group: ${before.group} → ${now.group}; no rate this time.`);
      return null;
    }
    const seconds = now.atSeconds - before.atSeconds;
    if (now.usedUs < before.usedUs) {
      this.#log.info(
        `The processor time of ${now.group} went back from ${before.usedUs} to ${now.usedUs} µs; no rate this time.`,
      );
      return null;
    }
    if (!(seconds > 0)) return null;
    return {
      usedCores: (now.usedUs - before.usedUs) / 1e6 / seconds,
      limitCores,
      throttledRatio: throttledRatio(before, now),
      ...(stalledPercent === null ? {} : { stalledPercent }),
    };
  }
}

const throttledRatio = (before: CpuCounters, now: CpuCounters): number | null => {
  if (before.periods === null || before.throttled === null || now.periods === null || now.throttled === null)
    return null;
  const periods = now.periods - before.periods;
  const throttled = now.throttled - before.throttled;
  if (periods < 0 || throttled < 0) return null;
  return periods === 0 ? 0 : Math.min(1, throttled / periods);
};
