import type { ProcessTarget } from '../../model/fix.ts';
import type { ProcessSignal, ProcessSignalAnswer } from '../../model/ports.ts';
import { kernelNames } from '../../model/process-name.ts';

/**
 * Looks at a process and signals it in one go, so that no other process can have taken the pid in between. A constant text: pid, signal
 * and the names the process may have arrive as arguments. Only shell builtins, because small images have no `kill` and no `ps`. Exit
 * codes: 3 no such process (a zombie has ended too: its size is 0), 4 another name (printed), 5 not allowed.
 */
const script = [
  '{ read -r size rest <"/proc/$1/statm"; } 2>/dev/null || exit 3',
  '[ "$size" != 0 ] || exit 3',
  '{ IFS= read -r name <"/proc/$1/comm"; } 2>/dev/null || exit 3',
  'pid=$1 signal=$2',
  'shift 2',
  'for known; do if [ "$name" = "$known" ]; then kill -s "$signal" "$pid" 2>/dev/null && exit 0; exit 5; fi; done',
  'printf "%s" "$name"; exit 4',
].join('\n');

export type { ProcessSignal } from '../../model/ports.ts';

/** The argv that signals `target` only if the process of that pid still has that name. */
export const signalArgv = (target: ProcessTarget, signal: ProcessSignal): readonly string[] => [
  'sh',
  '-c',
  script,
  'sh',
  String(target.pid),
  signal,
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
