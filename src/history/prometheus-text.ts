import type { Sample } from '../model/sample.ts';

/** The newest sample of one sandbox, and what it is called. */
export interface MeasuredSandbox {
  readonly name: string;
  readonly provider: string;
  readonly sample: Sample;
}

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** @returns null where the sample does not tell. */
  readonly value: (sample: Sample) => number | null | undefined;
}

const prefix = 'sandbox_foresight';

const metrics: readonly Metric[] = [
  {
    name: 'sample_time_seconds',
    type: 'gauge',
    help: 'When the sample was taken, Unix time.',
    value: (s) => s.atMs / 1000,
  },
  {
    name: 'memory_used_bytes',
    type: 'gauge',
    help: 'All charged memory, page cache included.',
    value: (s) => s.memory?.usedBytes,
  },
  {
    name: 'memory_working_set_bytes',
    type: 'gauge',
    help: 'Memory without inactive file pages.',
    value: (s) => s.memory?.workingSetBytes,
  },
  {
    name: 'memory_limit_bytes',
    type: 'gauge',
    help: 'The tightest memory limit.',
    value: (s) => s.memory?.limitBytes,
  },
  {
    name: 'memory_oom_kills_total',
    type: 'counter',
    help: 'Kills by the out-of-memory killer.',
    value: (s) => s.memory?.oomKillCount,
  },
  { name: 'swap_used_bytes', type: 'gauge', help: 'Swap in use.', value: (s) => s.swap?.usedBytes },
  { name: 'swap_limit_bytes', type: 'gauge', help: 'Limit of swap.', value: (s) => s.swap?.limitBytes },
  { name: 'cpu_used_cores', type: 'gauge', help: 'CPU in use, cores.', value: (s) => s.cpu?.usedCores },
  { name: 'cpu_limit_cores', type: 'gauge', help: 'CPU quota, cores.', value: (s) => s.cpu?.limitCores },
  {
    name: 'cpu_throttled_ratio',
    type: 'gauge',
    help: 'Share of scheduler periods that were throttled.',
    value: (s) => s.cpu?.throttledRatio,
  },
  { name: 'disk_used_bytes', type: 'gauge', help: 'Disk in use.', value: (s) => s.disk?.usedBytes },
  { name: 'disk_limit_bytes', type: 'gauge', help: 'Capacity of the disk.', value: (s) => s.disk?.limitBytes },
  { name: 'inodes_used', type: 'gauge', help: 'Inodes in use.', value: (s) => s.inodes?.used },
  { name: 'inodes_limit', type: 'gauge', help: 'Inodes there are.', value: (s) => s.inodes?.limit },
  { name: 'pids_used', type: 'gauge', help: 'Processes and threads.', value: (s) => s.pids?.used },
  { name: 'pids_limit', type: 'gauge', help: 'Limit of processes and threads.', value: (s) => s.pids?.limit },
  {
    name: 'fds_used',
    type: 'gauge',
    help: 'Open files of the process nearest to its limit.',
    value: (s) => s.fds?.used,
  },
  {
    name: 'fds_limit',
    type: 'gauge',
    help: 'Limit of open files of that process.',
    value: (s) => s.fds?.limit,
  },
];

/** https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelsOf = ({ name, provider, sample }: MeasuredSandbox): string =>
  Object.entries({ sandbox_id: sample.sandboxId, sandbox_name: name, provider, source: sample.source })
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');

/**
 * The newest readings in the Prometheus text format 0.0.4. Without time stamps, which the text-file collector of the node exporter
 * refuses; `sandbox_foresight_sample_time_seconds` tells how old a reading is.
 * @returns an empty text when there is nothing to tell.
 */
export const prometheusText = (sandboxes: readonly MeasuredSandbox[]): string =>
  metrics
    .flatMap(({ name, type, help, value }) => {
      const lines = sandboxes.flatMap((sandbox) => {
        const number = value(sandbox.sample) ?? Number.NaN;
        return Number.isFinite(number) ? [`${prefix}_${name}{${labelsOf(sandbox)}} ${number}\n`] : [];
      });
      return lines.length === 0
        ? []
        : [`# HELP ${prefix}_${name} ${help}\n# TYPE ${prefix}_${name} ${type}\n`, ...lines];
    })
    .join('');
