import { spawnSync } from 'node:child_process';

/** Runs a program of the system. @returns what it printed, or null after it failed or is not there. */
export function system(command: string, ...args: readonly string[]): string | null {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000, maxBuffer: 2 ** 26 });
  return done.status === 0 ? done.stdout.trim() : null;
}
