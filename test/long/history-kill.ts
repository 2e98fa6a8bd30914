import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openHistory } from '../../src/history/open-history.ts';
import { workerFile } from '../integration/history/worker-file.ts';

/*
 * Kills writing windows at random moments, again and again, and looks each time what is left:
 * `npm run test:long -- --history ROUNDS`. Ends with code 1 at the first thing that was lost or damaged.
 */

/** What was found over all rounds. */
export interface KillReport {
  readonly rounds: number;
  readonly recorded: number;
  /** Of those recorded before the last second of their window. */
  readonly lost: number;
  /** Time before the kill of the oldest entry that was not there afterwards, milliseconds. */
  readonly longestLossMs: number;
  /** What the history complained of. */
  readonly problems: readonly string[];
}

const writer = fileURLToPath(new URL('../integration/history/writer.ts', import.meta.url));
const windowsPerRound = 2;
const allowedLossMs = 1_000;

interface Killed {
  readonly name: string;
  readonly recorded: readonly { readonly id: string; readonly atMs: number }[];
  readonly killedAtMs: number;
}

/** Starts a window, lets it write for a while, and kills it. */
const writeAndKill = async (folder: string, engine: string, name: string): Promise<Killed> => {
  const child: ChildProcess = spawn(process.execPath, [writer, folder, engine, name, '0', workerFile()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const recorded: { id: string; atMs: number }[] = [];
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let killedAtMs = 0;
  for await (const line of createInterface({ input: stdout })) {
    if (line === 'open') {
      // From in the middle of the first write to after several, and the pruning in between.
      setTimeout(
        () => {
          killedAtMs = Date.now();
          child.kill('SIGKILL');
        },
        300 + Math.random() * 1_500,
      );
      continue;
    }
    const [no, atMs] = line.split(' ');
    if (!/^\d+$/.test(no ?? '')) throw new Error(`the window said: ${line}`);
    recorded.push({ id: `${name}-${no}`, atMs: Number(atMs) });
  }
  await exited;
  return { name, recorded, killedAtMs };
};

/** Reads what is left. */
const readAfter = async (
  folder: string,
  engine: 'sqlite' | 'json-lines',
  killed: Killed,
): Promise<{ readonly ids: ReadonlySet<string>; readonly errors: number; readonly problem: string | null }> => {
  const history = openHistory({
    folder,
    engine,
    bounds: { maximumAgeMs: 400 * 86_400_000, maximumBytes: 500 * 1024 * 1024 },
    redact: (text) => text,
    workerFile: workerFile(),
    clock: {
      now: () => Date.now(),
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
    },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error },
  });
  try {
    const warnings = await history.warnings({ sandboxId: killed.name, limit: 100_000 });
    const [error] = await history.errors({ sandboxId: killed.name, limit: 1 }, Date.now());
    await history.samples(killed.name, 0, Number.MAX_SAFE_INTEGER);
    return {
      ids: new Set(warnings.map((each) => each.id)),
      errors: error?.count ?? 0,
      problem: history.status().problem,
    };
  } finally {
    await history.dispose();
  }
};

/** Kills windows `rounds` times in one folder, which no round cleans up after. */
export const killLoop = async (rounds: number, engine: 'sqlite' | 'json-lines'): Promise<KillReport> => {
  const folder = await mkdtemp(join(tmpdir(), 'history-kill-'));
  const problems: string[] = [];
  let recorded = 0;
  let lost = 0;
  let longestLossMs = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const names = Array.from({ length: windowsPerRound }, (_, no) => `${engine}-${round}-${no}`);
      const all = await Promise.all(names.map((name) => writeAndKill(folder, engine, name)));
      for (const killed of all) {
        const { ids, errors, problem } = await readAfter(folder, engine, killed);
        if (problem !== null) problems.push(problem);
        recorded += killed.recorded.length;
        const missing = killed.recorded.filter(({ id }) => !ids.has(id));
        const ages = missing.map(({ atMs }) => killed.killedAtMs - atMs);
        longestLossMs = Math.max(longestLossMs, ...ages);
        lost += ages.filter((age) => age > allowedLossMs).length;
        if (errors > killed.recorded.length) problems.push(`${killed.name}: ${errors} errors counted, too many`);
      }
    }
    const aside = (await readdir(folder)).filter((name) => name.includes('set-aside'));
    if (aside.length > 0) problems.push(`set aside: ${aside.join(', ')}`);
    return { rounds, recorded, lost, longestLossMs, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rounds = Number(process.argv[2] ?? 50);
  for (const engine of ['sqlite', 'json-lines'] as const) {
    const report = await killLoop(rounds, engine);
    console.log(engine, report);
    if (report.lost > 0 || report.problems.length > 0) process.exitCode = 1;
  }
}
