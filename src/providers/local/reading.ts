import type { Sample } from '../../model/sample.ts';

/** One look at a place: the signals of a sample, without whose and when. */
export type Reading = Pick<Sample, 'source'> &
  Partial<Pick<Sample, 'memory' | 'swap' | 'cpu' | 'disk' | 'inodes' | 'pids' | 'fds' | 'processes' | 'ended'>> & {
    /** Why the data is poorer than it could be, each a few words. */
    readonly caveats: readonly string[];
    /** Kills by the kernel counted so far, also where no limit of memory is known; null when nothing counts them. */
    readonly oomKillCount: number | null;
  };
