import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { shellProbe } from '../../src/providers/opensandbox/probe-script.ts';
import { shells } from '../helpers/probe.ts';

const run = promisify(execFile);

/** What the probe costs the sandbox in one shell. */
export interface ProbeBench {
  readonly shell: string;
  readonly lines: number;
  /** CPU time of the probe and its children for each line, milliseconds. The goal is less than 5. */
  readonly cpuMsPerLine: number;
}

/** Seconds in a field of `times`, e.g. `0m1.25s`. */
function seconds(field: string): number {
  const match = /^(\d+)m([\d.]+)s$/.exec(field);
  if (match === null) throw new Error(`not a time: ${field}`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/**
 * Lets the probe print `lines` lines in every shell of this machine, over the real /proc and cgroup, and takes the CPU time from the kernel.
 * @param cadenceSeconds pause between lines. 0 measures fast; 1 shows what cold caches add.
 */
export async function benchProbe(lines = 200, cadenceSeconds = 0): Promise<readonly ProbeBench[]> {
  const results: ProbeBench[] = [];
  for (const shell of shells) {
    const text = shellProbe({ lines, cadenceSeconds });
    const measured = '"$@" >/dev/null; times';
    const { stdout } = await run('sh', ['-c', measured, 'sh', ...shell.argv, '-c', text], { timeout: 300_000 });
    // The first line of `times` is the measuring shell itself, the second one its children.
    const fields = (stdout.split('\n')[1] ?? '').trim().split(/\s+/);
    const cpuSeconds = fields.reduce((sum, field) => sum + seconds(field), 0);
    results.push({ shell: shell.name, lines, cpuMsPerLine: (cpuSeconds * 1000) / lines });
  }
  return results;
}
