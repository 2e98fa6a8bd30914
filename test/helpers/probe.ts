import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProbeLine, parseProbeText } from '../../src/providers/opensandbox/probe-line.ts';

/** A value as the probe would print it, read back: null when it is no line of the probe. */
export const probeLineOf = (json: unknown): ProbeLine | null => parseProbeText(JSON.stringify(json) ?? '');

/** A shell and how to make it run a program from standard arguments. */
export interface TestShell {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const known: readonly TestShell[] = [
  { name: 'dash', argv: ['dash'] },
  { name: 'bash', argv: ['bash', '--noprofile', '--norc'] },
  { name: 'busybox ash', argv: ['busybox', 'ash'] },
];

/** The shells of this machine that the probe promises to run in. */
export const shells: readonly TestShell[] = known.filter(
  ({ argv: [command, ...args] }) => spawnSync(command, [...args, '-c', 'exit 0']).status === 0,
);

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'cgroup');

/** A private copy of one fixture: the folder that stands for /sys/fs/cgroup and the one that stands for /proc. */
export interface FixtureTree extends Disposable {
  readonly cgroup: string;
  readonly proc: string;
  readonly env: Readonly<Record<string, string>>;
}

export function fixtureTree(name: string): FixtureTree {
  const folder = mkdtempSync(join(tmpdir(), 'probe-fixture-'));
  const cgroup = join(folder, 'cgroup');
  const proc = join(folder, 'proc');
  cpSync(join(fixtures, 'proc'), proc, { recursive: true });
  cpSync(join(fixtures, name, 'self-cgroup'), join(proc, 'self', 'cgroup'));
  const source = join(fixtures, name, 'cgroup');
  if (existsSync(source)) cpSync(source, cgroup, { recursive: true });
  return {
    cgroup,
    proc,
    env: { FORESIGHT_CGROUP_ROOT: cgroup, FORESIGHT_PROC: proc, FORESIGHT_DISK: folder },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What a run of the probe left: its output, and the lines of it that the parser knows. */
export interface ProbeRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly lines: readonly ProbeLine[];
}

/** Runs a probe text to its end. */
export function runProbe(shell: TestShell, text: string, env: Readonly<Record<string, string>> = {}): ProbeRun {
  const [command, ...args] = shell.argv;
  const { PATH } = process.env;
  const run = spawnSync(command, [...args, '-c', text], {
    env: { PATH, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });
  const lines = run.stdout
    .split('\n')
    .map(parseProbeText)
    .filter((line) => line !== null);
  return { stdout: run.stdout, stderr: run.stderr, status: run.status, lines };
}

/** Writes `text` as `name` into a new folder and returns its path. */
export function scriptFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
