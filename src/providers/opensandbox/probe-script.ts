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
 */
export function sessionProbe(options: ProbeOptions = {}): string {
  return group(options, 0, [`case \${0##*/} in execd_bash_*.sh) rm -f -- "$0";; esac`]);
}

/**
 * Text for `POST /command`, one line by default. At the end it removes the two files its output went to. execd polls those by name every
 * 100 ms, so the last line gets a second to be fetched first.
 */
export function commandProbe(options: CommandProbeOptions = {}): string {
  const ids = (options.previousIds ?? []).filter((id) => /^[0-9a-f]{32}$/.test(id));
  const earlier = ids.map((id) => `rm -f -- "$tmp/${id}.stdout" "$tmp/${id}.stderr"`);
  return group(
    options,
    1,
    [`tmp=\${TMPDIR:-/tmp} tmp=\${tmp%/}`, ...earlier, ownFiles],
    ['sleep 1 >/dev/null', '[ $# = 0 ] || rm -f -- "$@"'],
  );
}

/** Puts the names of the output files of this shell into its arguments, if they are the ones execd makes: 32 hex digits in the folder for temporary files. */
const ownFiles = `
set --
for f in 1 2; do
f=$(readlink "/proc/$$/fd/$f")
b=\${f##*/}
case \${f%/*} in "$tmp"|/tmp) ;; *) continue;; esac
case $b in *.stdout|*.stderr) b=\${b%.*};; *) continue;; esac
case $b in *[!0-9a-f]*) ;; ????????????????????????????????) set -- "$@" "$f";; esac
done`;

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
