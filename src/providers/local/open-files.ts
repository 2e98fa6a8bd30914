import type { FileReader } from '../../model/ports.ts';
import { processName } from '../../model/process-name.ts';
import type { OpenFilesReading } from '../../model/sample.ts';
import { amount, openFilesLimit, plainName, processStat } from './figures.ts';

const breathEvery = 50;
/** Limits below are rare: reading the limits of every small process is not worth its time, only of one that has more open than all before. */
const leastLookedAt = 32;

/** The process that is nearest to its own limit of open files. Processes of other users can not be counted. */
export const fullestOpenFiles = async (
  files: FileReader,
  pids: readonly number[],
): Promise<OpenFilesReading | null> => {
  let fullest: { readonly used: number; readonly limit: number; readonly pid: number } | null = null;
  for (const [index, pid] of pids.entries()) {
    if (index % breathEvery === breathEvery - 1) await new Promise((resolve) => setImmediate(resolve));
    const used = (await files.names(`/proc/${pid}/fd`))?.length ?? 0;
    if (used === 0 || (used < leastLookedAt && used <= (fullest?.used ?? 0))) continue;
    const limit = openFilesLimit(await files.text(`/proc/${pid}/limits`, 4096));
    if (limit === null) continue;
    if (fullest === null || used * fullest.limit > fullest.used * limit) fullest = { used, limit, pid };
  }
  if (fullest === null) return null;
  const stat = processStat(await files.text(`/proc/${fullest.pid}/stat`, 4096));
  return stat === null ? fullest : { ...fullest, name: processName(plainName(stat.name)) };
};

/** Use of file watches on this machine. They are counted for each user, and every container of a user shares them. */
export interface InotifyUse {
  readonly watches: number;
  readonly watchesLimit: number | null;
  readonly instances: number;
  readonly instancesLimit: number | null;
  /** Processes of other users can not be looked into: there may be more. */
  readonly complete: boolean;
}

/** Counts file watches. Reads every open file of every process: for a question, not for a rhythm. */
export const inotifyUse = async (files: FileReader, signal: AbortSignal): Promise<InotifyUse> => {
  let watches = 0;
  let instances = 0;
  let complete = true;
  let read = 0;
  for (const pid of ((await files.names('/proc')) ?? []).map(amount)) {
    if (pid === null || signal.aborted) continue;
    const open = await files.names(`/proc/${pid}/fd`);
    if (open === null) complete = false;
    for (const fd of open ?? []) {
      read += 1;
      if (read % breathEvery === 0) await new Promise((resolve) => setImmediate(resolve));
      if ((await files.link(`/proc/${pid}/fd/${fd}`)) !== 'anon_inode:inotify') continue;
      instances += 1;
      const info = (await files.text(`/proc/${pid}/fdinfo/${fd}`, 1024 ** 2)) ?? '';
      watches += info.split('\n').filter((line) => line.startsWith('inotify ')).length;
    }
  }
  const limit = async (name: string): Promise<number | null> =>
    amount(await files.text(`/proc/sys/fs/inotify/max_user_${name}`));
  return {
    watches,
    instances,
    watchesLimit: await limit('watches'),
    instancesLimit: await limit('instances'),
    complete: complete && !signal.aborted,
  };
};
