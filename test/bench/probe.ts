import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sessionProbe } from '../../src/providers/opensandbox/probe-script.ts';
import { shells, type TestShell } from '../helpers/probe.ts';
import { type Few, few } from './measure.ts';

const run = promisify(execFile);

/** What the probe costs the sandbox in one shell: CPU time of the probe and its children for each line, milliseconds. The goal is less than 5. */
export interface ProbeBench {
  readonly shell: string;
  /** Lines without a pause between them. */
  readonly fastCpuMsPerLine: Few;
  readonly fastLines: number;
  /** Lines at the real cadence of one a second, once: what cold caches add. */
  readonly realCpuMsPerLine: number;
  readonly realLines: number;
}

const fastRuns = 5;
const fastLines = 100;
const realLines = 40;

/** Seconds in a field of `times`, e.g. `0m1.25s`. */
function seconds(field: string): number {
  const match = /^(\d+)m([\d.]+)s$/.exec(field);
  if (match === null) throw new Error(`not a time: ${field}`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/** Lets the probe print over the real /proc and cgroup and takes the CPU time from the kernel. */
async function cpuMsPerLine(shell: TestShell, lines: number, cadenceSeconds: number): Promise<number> {
  const text = sessionProbe({ lines, cadenceSeconds });
  const measured = '"$@" >/dev/null; times';
  const options = { timeout: 300_000, env: { ...process.env, LC_ALL: 'C' } };
  const { stdout } = await run('sh', ['-c', measured, 'sh', ...shell.argv, '-c', text], options);
  // The first line of `times` is the measuring shell itself, the second one its children.
  const fields = (stdout.split('\n')[1] ?? '').trim().split(/\s+/);
  return (fields.reduce((sum, field) => sum + seconds(field), 0) * 1000) / lines;
}

/** Measures the probe in every shell of this machine that it promises to run in; takes about a minute. */
export async function benchProbe(): Promise<readonly ProbeBench[]> {
  const fast = new Map<TestShell, number[]>(shells.map((shell) => [shell, []]));
  for (let i = 0; i < fastRuns; i++) {
    for (const [shell, values] of fast) values.push(await cpuMsPerLine(shell, fastLines, 0));
  }
  // All shells at once: they sleep nearly all the time.
  return Promise.all(
    [...fast].map(async ([shell, values]) => ({
      shell: shell.name,
      fastCpuMsPerLine: few(values),
      fastLines,
      realCpuMsPerLine: await cpuMsPerLine(shell, realLines, 1),
      realLines,
    })),
  );
}
