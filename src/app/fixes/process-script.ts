import type { ProcessTarget } from '../../model/fix.ts';

/**
 * Looks at a process and signals it in one go, so that no other process can have taken the pid in between. A constant text: pid, name and
 * signal arrive as arguments. Only shell builtins, because small images have no `kill` and no `ps`. Exit codes: 3 no such process (a
 * zombie has ended too: its size is 0), 4 another name (printed), 5 not allowed.
 */
const script = [
  '{ read -r size rest <"/proc/$1/statm"; } 2>/dev/null || exit 3',
  '[ "$size" != 0 ] || exit 3',
  '{ IFS= read -r name <"/proc/$1/comm"; } 2>/dev/null || exit 3',
  // Node calls its main thread so, and the kernel shows the name of the thread for the process; people are shown "node".
  '[ "$name" = "$2" ] || case $2:$name in node:MainThread|node:node-MainThread) ;; *) printf "%s" "$name"; exit 4;; esac',
  'kill -s "$3" "$1" 2>/dev/null || exit 5',
].join('\n');

/** `0` only looks. */
export type ProcessSignal = 'TERM' | 'KILL' | '0';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The kernel keeps 15 bytes of a command name. */
export const kernelName = (name: string): string => {
  const bytes = encoder.encode(name);
  return bytes.length <= 15 ? name : decoder.decode(bytes.subarray(0, 15));
};

/** The argv that signals `target` only if the process of that pid still has that name. */
export const signalArgv = (target: ProcessTarget, signal: ProcessSignal): readonly string[] => [
  'sh',
  '-c',
  script,
  'sh',
  String(target.pid),
  kernelName(target.name),
  signal,
];

export type SignalAnswer =
  | { readonly kind: 'signalled' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'other-process'; readonly name: string }
  | { readonly kind: 'not-allowed' }
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
