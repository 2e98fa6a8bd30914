import { existsSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** @returns the text, or null when the file is not there, may not be read, or the kernel has nothing to say in it. */
export function readOptional(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // Which files exist depends on kernel, version and controllers; the callers leave the value out.
  }
}

/** @returns whether the kernel took the value. */
export function writeOptional(file: string, value: string): boolean {
  try {
    writeFileSync(file, value);
    return true;
  } catch {
    return false; // The controller is not there or not permitted; the caller says so.
  }
}

/** Process ids in a cgroup folder; empty when it is gone. */
export function readMembers(folder: string): readonly number[] {
  const text = readOptional(`${folder}/cgroup.procs`)?.trim() ?? '';
  return text === '' ? [] : [...new Set(text.split('\n').map(Number))];
}

/** Sends a signal. @returns whether the process was there. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // One of another user is there and may not be signalled; any other one ended already.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @returns whether the cgroup folder is gone. A group whose processes are not reaped yet cannot be removed. */
export function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

/** The kernel lets go of what was killed only some moments later: it is asked again so often, with this time between. */
export const retries = 250;
export const retryMs = 20;

/**
 * Kills what lives in a cgroup and removes its folder. The kernel lets go of a group only some moments after its last process has ended.
 * @returns whether it is gone; false when something survives five seconds of SIGKILL.
 */
export async function emptyAndRemove(folder: string): Promise<boolean> {
  for (let attempt = 0; attempt < retries; attempt += 1) {
    for (const pid of readMembers(folder)) signalProcess(pid, 'SIGKILL');
    if (removeFolder(folder)) return true;
    await delay(retryMs);
  }
  return false;
}
