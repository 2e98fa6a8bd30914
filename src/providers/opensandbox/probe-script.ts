import { ownOutputs } from './command-outputs.ts';
import { probeFunctions } from './probe-program.ts';

/** How long and how fast a probe speaks. */
export interface ProbeOptions {
  /** Lines to print before it ends; 0 is endless. The variable FORESIGHT_LINES in the sandbox overrides it. */
  readonly lines?: number;
  /** Seconds between two lines. The variable FORESIGHT_CADENCE in the sandbox overrides it. */
  readonly cadenceSeconds?: number;
}

/** Options of the form for `POST /command`. */
export interface CommandProbeOptions extends ProbeOptions {
  /**
   * Ids of earlier commands, as their `init` events told them, whose output files are still to be removed
   * (a command that was killed could not do it itself). Anything but 32 hex digits is dropped.
   */
  readonly previousIds?: readonly string[];
}

/**
 * Text for `POST /session/{id}/run`, endless by default. execd writes it into a script file and starts bash on that, so `$0` is the file
 * to remove. All of it is one group: the shell has read to its end before the first command of it runs.
 *
 * A session is ended by SIGKILL. A child that dies with it is left to pid 1, which in a container is seldom one that reaps (`sleep infinity`, the
 * person's own program), and stays as a zombie that counts against the limit of processes. So it waits without one.
 */
export function sessionProbe(options: ProbeOptions = {}): string {
  return group(options, 0, [`case \${0##*/} in execd_bash_*.sh) rm -f -- "$0";; esac`, 'find_rest 2>/dev/null']);
}

/** Text for `POST /command`, one line by default. At the end, also when it is ended, it removes the two files its output went to. */
export function commandProbe(options: CommandProbeOptions = {}): string {
  const ids = (options.previousIds ?? []).filter((id) => /^[0-9a-f]{32}$/.test(id));
  const earlier = ids.map((id) => `rm -f -- "$tmp/${id}.stdout" "$tmp/${id}.stderr"`);
  return group(options, 1, [`tmp=\${TMPDIR:-/tmp} tmp=\${tmp%/}`, ...earlier, ownOutputs], ['foresight_linger']);
}

/** Processes are looked at about this often, whatever the cadence is. */
const detailSeconds = 5;

function group(
  options: ProbeOptions,
  defaultLines: number,
  before: readonly string[],
  after: readonly string[] = [],
): string {
  const lines = wholeNumber(options.lines ?? defaultLines);
  const cadence = seconds(options.cadenceSeconds ?? 1);
  const every = Math.round(Math.min(5, Math.max(1, detailSeconds / Number(cadence))));
  return ['{', probeFunctions, ...before, `probe ${lines} ${cadence} ${every}`, ...after, 'exit 0', '}', ''].join('\n');
}

function wholeNumber(value: number): string {
  return Number.isSafeInteger(value) && value >= 0 ? String(value) : '0';
}

function seconds(value: number): string {
  return Number.isFinite(value) && value >= 0 && value <= 3600 ? value.toFixed(3).replace(/\.?0+$/, '') : '1';
}
