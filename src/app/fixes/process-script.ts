import type { ProcessTarget } from '../../model/fix.ts';
import type { ProcessSignal, ProcessSignalAnswer } from '../../model/ports.ts';
import { kernelNames } from '../../model/process-name.ts';

/**
 * Looks at a process and signals it in one go, so that no other process can have taken the pid in between. A constant text: pid, signal
 * start and the names the process may have arrive as arguments. Only shell builtins, because small images have no `kill` and no `ps`. Exit
 * codes: 3 no such process (a zombie has ended too: its size is 0), 4 another name or another start (the name is printed), 5 not allowed.
 */
const script = [
  '{ read -r size rest <"/proc/$1/statm"; } 2>/dev/null || exit 3',
  '[ "$size" != 0 ] || exit 3',
  '{ IFS= read -r name <"/proc/$1/comm"; } 2>/dev/null || exit 3',
  'pid=$1 signal=$2 start=$3',
  'shift 3',
  // The name stands in brackets and may hold brackets, blanks and line ends itself; the start is the 20th word after it.
  'started() { set -f; set -- ${1##*")"}; set +f; now=${20}; }',
  'if [ -n "$start" ]; then',
  's=; { while read -r x || [ -n "$x" ]; do s="$s $x"; done <"/proc/$pid/stat"; } 2>/dev/null || exit 3',
  'started "$s"; [ "$now" = "$start" ] || { printf "%s" "$name"; exit 4; }',
  'fi',
  'for known; do if [ "$name" = "$known" ]; then kill -s "$signal" "$pid" 2>/dev/null && exit 0; exit 5; fi; done',
  'printf "%s" "$name"; exit 4',
].join('\n');

export type { ProcessSignal } from '../../model/ports.ts';

/** The argv that signals `target` only if the process of that pid still has that name, and that start where it is known. */
export const signalArgv = (target: ProcessTarget, signal: ProcessSignal): readonly string[] => [
  'sh',
  '-c',
  script,
  'sh',
  String(target.pid),
  signal,
  String(target.startTicks ?? ''),
  ...kernelNames(target.name),
];

export type SignalAnswer =
  | ProcessSignalAnswer
  /** The command that was to send it failed for a reason of its own. */
  | { readonly kind: 'unclear'; readonly exitCode: number | null };

/** What the exit code of `signalArgv` says. */
export const readSignalAnswer = (exitCode: number | null, stdout: string): SignalAnswer => {
  switch (exitCode) {
    case 0:
      return { kind: 'signalled' };
    case 3:
      return { kind: 'gone' };
    case 4:
      return { kind: 'other-process', name: stdout.trim() };
    case 5:
      return { kind: 'not-allowed' };
    default:
      return { kind: 'unclear', exitCode };
  }
};
