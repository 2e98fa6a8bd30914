import { growingJob } from '../../helpers/growing-job.ts';
import { type NewSandbox, workloads } from '../../helpers/sandbox-server.ts';

/** A workload that is run for real. */
export interface LiveWorkload {
  readonly name: string;
  readonly sandbox: NewSandbox & { readonly metadata: { readonly name: string } };
  /** Whether it is to break; one that is not shall come near its limit and recover. */
  readonly breaks: boolean;
}

const node = process.execPath;

/** None of them ends by the clock within the run: the end of its time is not what is looked at here. */
const base = { memory: '256Mi', cpu: '1', timeout: 7200 } as const;

/** What is run, each in a sandbox of its own. Those that break do so after one and a half to two and a half minutes. */
export const liveWorkloads: readonly LiveWorkload[] = [
  {
    name: 'leak under a collector’s sawtooth',
    breaks: true,
    sandbox: {
      ...base,
      metadata: { name: 'api' },
      entrypoint: [node, workloads.leak, '--rate-mib=1.7', '--saw-mib=8', '--start-mib=60'],
    },
  },
  {
    name: 'build to 95 % that recovers, twice',
    breaks: false,
    sandbox: {
      ...base,
      metadata: { name: 'build' },
      entrypoint: [node, workloads.buildPeak, '--limit-mib=256', '--peak=0.95', '--rise-seconds=20', '--times=2'],
    },
  },
  {
    name: 'job that takes more each time',
    breaks: true,
    sandbox: {
      ...base,
      metadata: { name: 'reports' },
      entrypoint: growingJob,
    },
  },
  {
    name: 'disk that fills',
    breaks: true,
    sandbox: {
      ...base,
      disk: '120Mi',
      metadata: { name: 'log-writer' },
      entrypoint: [node, workloads.diskFill, '--rate-mib=1.25'],
    },
  },
  {
    name: 'processes that never end',
    breaks: true,
    sandbox: {
      ...base,
      pids: 128,
      metadata: { name: 'job-runner' },
      entrypoint: [node, workloads.forkGrowth, '--rate=1.25'],
    },
  },
  {
    name: 'files that are never closed',
    breaks: true,
    sandbox: {
      ...base,
      metadata: { name: 'proxy' },
      entrypoint: ['/bin/sh', '-c', 'ulimit -n 256; exec "$@"', 'limited', node, workloads.fdLeak, '--rate=2.5'],
    },
  },
];
