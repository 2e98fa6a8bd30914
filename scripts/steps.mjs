// Runs the tools of the project, one after the other, and tells how long each took.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, say } from './toolchain.mjs';

/** The JavaScript files of the packages' commands, so that they run under our Node.js on every system. */
const binOf = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  tsc: 'node_modules/typescript/bin/tsc',
  knip: 'node_modules/knip/bin/knip.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/**
 * Runs one tool with the project's Node.js. Its output goes to standard error unless `stdout` is 'inherit'.
 * @returns its exit code.
 */
export function tool(name, args, { stdout = 2, env = {} } = {}) {
  return node([path.join(root, binOf[name]), ...args], { stdout, env });
}

/** Signals by which somebody asks the whole run to end. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Whether one of them came. */
let stopped = false;

/** Runs a script of ours with the project's Node.js. @returns its exit code. */
export function node(args, { stdout = 2, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', stdout, 2],
      env: { ...process.env, ...env },
    });
    const stop = (signal) => {
      stopped = true;
      child.kill(signal);
    };
    for (const signal of endings) process.on(signal, stop);
    child.on('error', reject);
    child.on('exit', (code) => {
      for (const signal of endings) process.off(signal, stop);
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs named steps in order; all of them, so that one run shows everything that is wrong.
 * Ends the process with 1 if any failed.
 */
export async function runSteps(steps) {
  const rows = [];
  for (const [name, run] of steps) {
    if (stopped) break;
    say(`\n▶ ${name}`);
    const startedAtMs = Date.now();
    let failure = null;
    try {
      const code = await run();
      if (code !== 0) failure = `exit code ${code}`;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      say(failure);
    }
    rows.push({ name, failure, seconds: Math.round((Date.now() - startedAtMs) / 1000) });
  }
  say('');
  for (const { name, failure, seconds } of rows)
    say(`${failure ? '✗' : '✓'} ${name} (${seconds} s)${failure ? `: ${failure}` : ''}`);
  const failed = rows.filter(({ failure }) => failure !== null).length;
  process.stdout.write(`${rows.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && !stopped ? 0 : 1;
}
