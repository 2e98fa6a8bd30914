import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../message-of.ts';
import { Cgroup } from './cgroup.ts';
import { findCgroupPlace, namePrefix, removeStaleGroups } from './cgroup-place.ts';
import { mountDisk, removeStaleFolders, type SmallDisk } from './disk.ts';
import type { RecordOptions } from './options.ts';
import { type Recorded, RecordingRun } from './run.ts';
import type { SessionStep } from './session.ts';
import { system } from './system.ts';

/**
 * Runs a session in a limited cgroup and records it. Whatever happens, the processes, the disk and the cgroup are gone afterwards.
 * @param signal ends the recording early; what was recorded until then is kept
 * @param say tells the person at the keyboard something
 * @throws NoCgroupError when no cgroup can be made; Error when the limit of open files cannot be set, the disk cannot be mounted or
 * something cannot be cleaned up
 */
export async function record(
  options: RecordOptions,
  steps: readonly SessionStep[],
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Recorded> {
  // Every command sets it first, and one that cannot would end before it has begun.
  if (system('/bin/sh', '-c', `ulimit -n ${options.openFiles}`) === null)
    throw new Error(`A limit of ${options.openFiles} open files cannot be set by this user: choose a lower --nofile.`);
  const place = findCgroupPlace();
  for (const controller of place.missing) say(`The cgroup controller "${controller}" is not there: left out.`);
  await removeStaleGroups(place);
  for (const problem of await removeStaleFolders(tmpdir())) say(problem);
  const base = mkdtempSync(join(tmpdir(), `${namePrefix}-${process.pid}-`));
  let disk: SmallDisk | null = null;
  let group: Cgroup | null = null;
  try {
    if (options.diskBytes !== null) disk = mountDisk(base, options.diskBytes);
    if (disk?.type === 'tmpfs')
      say('No loop-mounted disk is permitted here: a tmpfs is used, whose files count as memory.');
    group = new Cgroup(place, options.id, options);
    for (const controller of group.refused.filter((name) => !place.missing.includes(name)))
      say(`The limit of "${controller}" could not be set: left out.`);
    return await new RecordingRun(options, { group, disk, base }, say).run(steps, signal);
  } finally {
    await cleanUp(base, group, disk);
  }
}

/** Every part is tried, whatever became of the parts before. */
async function cleanUp(base: string, group: Cgroup | null, disk: SmallDisk | null): Promise<void> {
  const errors: unknown[] = [];
  const parts = [
    () => group?.killAll(),
    () => disk?.remove(),
    () => group?.remove(),
    () => rmSync(base, { recursive: true, force: true }),
  ];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      errors.push(error);
    }
  }
  const words = errors.map(messageOf);
  if (errors.length > 0) throw new AggregateError(errors, words.join(' '));
}
