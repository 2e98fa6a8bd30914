import { redactSecrets } from '../../net/redact.ts';
import type { BreakKind } from './breaks.ts';
import { heapEnvironment } from './heap-environment.ts';
import type { RecordOptions } from './options.ts';

/** The JSON beside a trace. Its members and their order are those of the format it comes from. */
export interface TraceSummary {
  readonly id: string;
  readonly workload: string;
  readonly family: string;
  /** What was planned; the outcome is what `break` says. */
  readonly intended: string;
  readonly command: string;
  readonly seed: number | null;
  readonly language: string;
  readonly limits: {
    readonly mem_bytes: number;
    readonly cpus: number;
    readonly pids_max: number;
    readonly nofile: number;
    readonly disk: { readonly type: 'ext4' | 'tmpfs'; readonly mb: number } | null;
    readonly max_s: number;
  };
  /** Heap limits by the names of their variables, nothing else of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, never>>;
  readonly break: { readonly kind: BreakKind; readonly t_ms: number } | null;
  readonly ended: 'break' | 'exited' | 'planned_end' | 'stopped';
  readonly exit_code: number | null;
  readonly duration_ms: number;
  readonly rows: number;
  readonly max_ws_fraction: number | null;
  readonly max_usage_fraction: number | null;
  readonly first_ws_ge_90_ms: number | null;
  readonly stderr_tail: string;
  readonly stdout_tail: string;
  readonly kernel_log: readonly string[];
  /** Seconds since 1970. */
  readonly started_at: number;
  readonly notes: string;
}

/** Takes out of a text what belongs to this machine or to nobody else: paths get names, secrets are covered. */
export type Tidy = (text: string) => string;

/** @param folders what stands for which folder, e.g. `$PROJECT`; longer paths win. */
export function tidyWith(folders: Readonly<Record<string, string>>): Tidy {
  const names = Object.entries(folders)
    .filter(([, folder]) => folder.length > 1)
    .sort(([, a], [, b]) => b.length - a.length);
  return (text) => {
    let tidy = text;
    for (const [name, folder] of names) tidy = tidy.replaceAll(folder, name);
    return redactSecrets(tidy);
  };
}

/** The part of a summary that is known before the workload runs. */
export function plannedSummary(
  options: RecordOptions,
  command: string,
  diskType: 'ext4' | 'tmpfs' | null,
  environment: Readonly<Record<string, string | undefined>>,
) {
  return {
    id: options.id,
    workload: options.workload,
    family: options.family,
    intended: options.intended,
    command,
    seed: options.seed,
    language: options.language,
    limits: {
      mem_bytes: options.memoryBytes,
      cpus: options.cpuCores,
      pids_max: options.pids,
      nofile: options.openFiles,
      disk:
        diskType === null || options.diskBytes === null
          ? null
          : { type: diskType, mb: Math.round(options.diskBytes / 2 ** 20) },
      max_s: options.seconds,
    },
    env: heapEnvironment(environment),
    params: {},
  } as const;
}

/** Lines of the kernel's log about a cgroup: who was killed. @param log text of `dmesg` */
export function kernelLines(log: string, groupName: string): readonly string[] {
  const killed = new Set<string>();
  return log
    .split('\n')
    .filter((line) => {
      const pid = /Killed process (\d+)/.exec(line)?.[1];
      if (pid !== undefined && killed.has(pid)) return true;
      if (!line.includes(groupName) || !line.includes('oom-kill:')) return false;
      const victim = /,pid=(\d+)/.exec(line)?.[1];
      if (victim !== undefined) killed.add(victim);
      return true;
    })
    .map((line) => line.replace(/=\/[^,]*\//g, '=/'));
}
