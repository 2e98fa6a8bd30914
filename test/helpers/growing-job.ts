import { workloads } from './sandbox-server.ts';

/**
 * What a sandbox of 256 MiB starts with: a job that is run every fifteen seconds and each time takes a twelfth of the limit more. The eighth or ninth does not
 * fit any more, after about two minutes; the sandbox itself lives on.
 */
export const growingJob: readonly string[] = [
  '/bin/sh',
  '-c',
  [
    'for peak in 0.42 0.5 0.58 0.66 0.74 0.82 0.9 0.98 1.06 1.14; do',
    'timeout 9 "$0" "$1" --limit-mib=256 --peak=$peak --rise-seconds=6 --hold-seconds=3; sleep 6;',
    'done; sleep 600',
  ].join(' '),
  process.execPath,
  workloads.buildPeak,
];
