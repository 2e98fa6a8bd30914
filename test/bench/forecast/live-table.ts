import type { SignalName } from '../../../src/model/signal.ts';

/** A warning as it was published: an open episode of one signal that reached `warn`. Times are seconds since the sandbox was made. */
export interface LiveAlarm {
  readonly signal: SignalName;
  readonly fromS: number;
  /** When the episode was over, or null while it never was. */
  readonly toS: number | null;
  /** The sentence that a message of it has. */
  readonly said: string;
}

/** The highest use of any limit but the clock's, as the product measured it. */
export interface Highest {
  readonly signal: SignalName;
  /** 0..1 and above. */
  readonly share: number;
}

/** What the sandbox server and the workload itself told of a break, whatever was forecast. */
export interface LiveBreak {
  readonly kind: string;
  readonly atS: number;
}

/** One workload that was run for real, and what was said of it. */
export interface LiveRun {
  readonly name: string;
  readonly broke: LiveBreak | null;
  /** The warning that was right, or, where nothing broke, none. */
  readonly warning: LiveAlarm | null;
  /** Time between that warning and the break, seconds. */
  readonly leadS: number | null;
  /** Null when nothing was measured. */
  readonly highest: Highest | null;
  readonly falseAlarms: readonly LiveAlarm[];
  /** What the product said of the end afterwards, or null. */
  readonly afterwards: string | null;
  /** The known errors that it found in the last words of the workload. */
  readonly recognised: readonly string[];
}

/** All runs, and those that could not be. */
export interface LiveReport {
  /** How the sandboxes were limited. */
  readonly limits: 'kernel-v1' | 'kernel-v2' | 'emulated';
  readonly runs: readonly LiveRun[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** A warning longer before the break than this is not of this break. */
const lookBackS = 600;

const signalsOf: Readonly<Record<string, readonly SignalName[]>> = {
  oom_kill: ['memory', 'heap', 'swap'],
  enospc: ['disk', 'inodes'],
  fork_fail: ['pids'],
  emfile: ['fds'],
};

/**
 * Tells the warning that was right from the false alarms: those of a run that did not break, of another signal than the one that broke,
 * that began more than ten minutes before the break, or were taken back before it. What is said after the break counts for nothing.
 */
export function scoreLive(
  run: Omit<LiveRun, 'warning' | 'leadS' | 'falseAlarms'>,
  alarms: readonly LiveAlarm[],
): LiveRun {
  const { broke } = run;
  if (broke === null) return { ...run, warning: null, leadS: null, falseAlarms: alarms };
  const before = alarms.filter(({ fromS }) => fromS < broke.atS);
  const isRight = ({ signal, fromS, toS }: LiveAlarm): boolean =>
    (signalsOf[broke.kind] ?? []).includes(signal) &&
    fromS >= broke.atS - lookBackS &&
    (toS === null || toS >= broke.atS);
  const warning = before.find(isRight) ?? null;
  return {
    ...run,
    warning,
    leadS: warning === null ? null : broke.atS - warning.fromS,
    falseAlarms: before.filter((alarm) => !isRight(alarm)),
  };
}

const limitsText: Readonly<Record<LiveReport['limits'], string>> = {
  'kernel-v1': 'Limits: kept by the kernel (control groups v1).',
  'kernel-v2': 'Limits: kept by the kernel (control groups v2).',
  emulated:
    'Limits: emulated, because this user may not make control groups (or asked for it): memory is looked at every 200 ms, and the ' +
    'biggest process is killed at the limit.',
};

const seconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(0)} s`);

const highestText = (highest: Highest | null): string =>
  highest === null ? '–' : `${`${Math.round(highest.share * 100)}`.padStart(3)} % of ${highest.signal}`;

function lines(run: LiveRun): readonly string[] {
  const { name, broke, warning, leadS, highest, falseAlarms, afterwards, recognised } = run;
  const found = recognised.length === 0 ? '' : ` Errors found: ${recognised.join(', ')}.`;
  const row = [
    name.padEnd(36),
    ` broke ${(broke?.kind ?? 'no').padEnd(10)} at ${seconds(broke?.atS ?? null).padStart(5)}`,
    `  warned at ${seconds(warning?.fromS ?? null).padStart(5)} ${(warning === null ? '' : `of ${warning.signal}`).padEnd(9)}`,
    `  lead ${seconds(leadS).padStart(5)}  highest ${highestText(highest).padEnd(15)}  false alarms ${falseAlarms.length}`,
  ].join('');
  return [
    row,
    ...(warning === null ? [] : [`    before: ${warning.said}`]),
    ...(afterwards === null ? [] : [`    after:  ${afterwards}${found}`]),
    ...falseAlarms.map(
      ({ signal, fromS, toS, said }) => `    false:  ${signal}, ${seconds(fromS)} to ${seconds(toS)}: ${said}`,
    ),
  ];
}

/** For each run one line, and what the product said before and after the break below it. */
export const liveTable = ({ limits, runs, leftOut }: LiveReport): string =>
  [
    limitsText[limits],
    ...runs.flatMap(lines),
    ...leftOut.map(({ name, why }) => `${name.padEnd(36)} left out: ${why}`),
  ].join('\n');
