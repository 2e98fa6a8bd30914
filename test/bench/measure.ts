import { Bench } from 'tinybench';

/** A time that was measured many times. The median says what is usual, the 99th percentile what a garbage collection or a busy machine adds. */
export interface Timing {
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly runs: number;
}

/** A number that was measured a few times, too few for a percentile. */
export interface Few {
  readonly median: number;
  readonly worst: number;
  readonly runs: number;
}

/**
 * Measures `run` again and again for `timeMs`, after a warm-up.
 * @param prepare runs before each `run` and is not measured
 */
export function timing(prepare: () => void, run: () => void, timeMs = 1000): Timing {
  const bench = new Bench({ time: timeMs, warmupTime: 500, warmupIterations: 1000, throws: true });
  bench.add('run', run, { beforeEach: prepare });
  const [task] = bench.runSync();
  const result = task?.result;
  if (result?.state !== 'completed') throw new Error(`the measurement ended as ${result?.state ?? 'nothing'}`);
  const { p50, p99, samplesCount } = result.latency;
  return { medianNs: p50 * 1e6, p99Ns: p99 * 1e6, runs: samplesCount };
}

/** @throws when there is nothing to summarise */
export function few(values: readonly number[]): Few {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const worst = sorted.at(-1);
  if (upper === undefined || worst === undefined) throw new Error('nothing was measured');
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper);
  return { median: (lower + upper) / 2, worst, runs: sorted.length };
}
