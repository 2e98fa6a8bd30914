import type { Forecast } from '../model/forecast.ts';
import type { Sample } from '../model/sample.ts';
import type { SignalName } from '../model/signal.ts';
import type { SandboxView } from '../model/view.ts';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** @returns null where the sample does not tell. */
  readonly value: (sample: Sample) => number | null | undefined;
}

const prefix = 'sandbox_foresight';

const gauge = (name: string, help: string, value: Metric['value']): Metric => ({ name, type: 'gauge', help, value });

const metrics: readonly Metric[] = [
  gauge('sample_time_seconds', 'When the sample was taken, Unix time.', (s) => s.atMs / 1000),
  gauge('memory_used_bytes', 'All charged memory, page cache included.', (s) => s.memory?.usedBytes),
  gauge('memory_working_set_bytes', 'Memory without inactive file pages.', (s) => s.memory?.workingSetBytes),
  gauge('memory_limit_bytes', 'The tightest memory limit.', (s) => s.memory?.limitBytes),
  {
    name: 'memory_oom_kills_total',
    type: 'counter',
    help: 'Kills by the out-of-memory killer.',
    value: (s) => s.memory?.oomKillCount,
  },
  gauge('swap_used_bytes', 'Swap in use.', (s) => s.swap?.usedBytes),
  gauge('swap_limit_bytes', 'Limit of swap.', (s) => s.swap?.limitBytes),
  gauge('cpu_used_cores', 'CPU in use, cores.', (s) => s.cpu?.usedCores),
  gauge('cpu_limit_cores', 'CPU quota, cores.', (s) => s.cpu?.limitCores),
  gauge('cpu_throttled_ratio', 'Share of scheduler periods that were throttled.', (s) => s.cpu?.throttledRatio),
  gauge('disk_used_bytes', 'Disk in use.', (s) => s.disk?.usedBytes),
  gauge('disk_limit_bytes', 'Capacity of the disk.', (s) => s.disk?.limitBytes),
  gauge('inodes_used', 'Inodes in use.', (s) => s.inodes?.used),
  gauge('inodes_limit', 'Inodes there are.', (s) => s.inodes?.limit),
  gauge('pids_used', 'Processes and threads.', (s) => s.pids?.used),
  gauge('pids_limit', 'Limit of processes and threads.', (s) => s.pids?.limit),
  gauge('fds_used', 'Open files of the process nearest to its limit.', (s) => s.fds?.used),
  gauge('fds_limit', 'Limit of open files of that process.', (s) => s.fds?.limit),
];

/** https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labels = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');

const labelsOf = ({ sandbox }: SandboxView): Readonly<Record<string, string>> => ({
  sandbox_id: sandbox.id,
  sandbox_name: sandbox.name,
  provider: sandbox.provider,
});

const family = (name: string, type: Metric['type'], help: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `# HELP ${prefix}_${name} ${help}\n# TYPE ${prefix}_${name} ${type}\n${lines.join('')}`;

const line = (name: string, own: Readonly<Record<string, string>>, value: number | null | undefined): string[] =>
  typeof value === 'number' && Number.isFinite(value) ? [`${prefix}_${name}{${labels(own)}} ${value}\n`] : [];

/** The newest reading of each signal: not every sample looks at all of them, and the forecasts tell what was read last. */
const wholeSample = (sample: Sample, forecasts: readonly Forecast[]): Sample => {
  const last = (signal: SignalName): { readonly used: number; readonly limit: number | null } | undefined =>
    forecasts.find((each) => each.signal === signal);
  const [disk, inodes, pids, fds] = [last('disk'), last('inodes'), last('pids'), last('fds')];
  return {
    ...(disk && { disk: { usedBytes: disk.used, limitBytes: disk.limit } }),
    ...(inodes && { inodes }),
    ...(pids && { pids }),
    ...(fds && { fds: { used: fds.used, limit: fds.limit, pid: null } }),
    ...sample,
  };
};

/**
 * The newest readings and pressures in the Prometheus text format 0.0.4. Without time stamps, which the text-file collector of the node
 * exporter refuses; `sandbox_foresight_sample_time_seconds` tells how old a reading is.
 * @param views those that have ended, or were never measured, are left out.
 * @returns an empty text when there is nothing to tell.
 */
export const metricsText = (views: readonly SandboxView[]): string => {
  const measured = views.flatMap((view) =>
    view.link.state === 'ended' || view.sample === null
      ? []
      : [{ view, sample: wholeSample(view.sample, view.forecasts) }],
  );
  const families = metrics.map(({ name, type, help, value }) =>
    family(
      name,
      type,
      help,
      measured.flatMap(({ view, sample }) => line(name, { ...labelsOf(view), source: sample.source }, value(sample))),
    ),
  );
  const pressures = measured.flatMap(({ view }) =>
    view.forecasts.flatMap(({ signal, pressure }) =>
      line('pressure_ratio', { ...labelsOf(view), signal }, signal === 'expiry' ? null : pressure),
    ),
  );
  const help = 'How much of what a signal may use is in use, 1 being all of it.';
  return [...families, family('pressure_ratio', 'gauge', help, pressures)].join('');
};
