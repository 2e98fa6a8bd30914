import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { emptyAndRemove, readOptional, removeFolder, signalProcess, writeOptional } from './group-files.ts';

/** Beginning of the name of every cgroup and temporary folder of the recorder; the owner's process id follows. */
export const namePrefix = 'foresight-record';

/** What is limited or counted through its own cgroup folder. `cpuacct` exists only in v1. */
export const controllers = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
export type Controller = (typeof controllers)[number];

/** Where this user may make cgroups. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  /** Folder below which a group can be made, for each controller that is there. `memory` always is. */
  readonly bases: ReadonlyMap<Controller, string>;
  /** Controllers that are not there. */
  readonly missing: readonly Controller[];
}

/** Nothing can be recorded on this machine by this user. The message says what to do. */
export class NoCgroupError extends Error {
  override readonly name = 'NoCgroupError';
  constructor(reason: string) {
    super(
      `No cgroup with a memory limit can be made here: ${reason}. Run the recorder as root on a Linux machine (or in a container started ` +
        'with --privileged --cgroupns=host), or, with systemd, in a delegated scope: ' +
        'systemd-run --user --scope -p Delegate=yes npm run record -- …',
    );
  }
}

interface Hierarchy {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly ownPath: string;
}

/**
 * Where the hierarchy of a controller is mounted and where in it this process is.
 * @param mounts text of /proc/self/mounts @param own text of /proc/self/cgroup
 */
export function findHierarchy(controller: string, mounts: string, own: string): Hierarchy | null {
  const mounted = mounts.split('\n').map((line) => line.split(' '));
  const paths = own.split('\n').map((line) => line.split(':'));
  const v1 = mounted.find((fields) => fields[2] === 'cgroup' && (fields[3] ?? '').split(',').includes(controller));
  if (v1?.[1] !== undefined) {
    const path = paths.find((fields) => (fields[1] ?? '').split(',').includes(controller));
    return { version: 1, mount: v1[1], ownPath: path?.slice(2).join(':') ?? '/' };
  }
  const v2 = mounted.find((fields) => fields[2] === 'cgroup2');
  if (v2?.[1] === undefined) return null;
  const path = paths.find((fields) => fields[0] === '0');
  return { version: 2, mount: v2[1], ownPath: path?.slice(2).join(':') ?? '/' };
}

/** A command line that joins the groups and then becomes the shell text: nothing of the workload is allocated outside them. */
export function joinCommand(folders: readonly string[], openFiles: number | null, line: string): readonly string[] {
  const limit = openFiles === null ? '' : `ulimit -n ${openFiles} || exit 125; `;
  const script =
    'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 > "$1/cgroup.procs" || exit 125; shift; n=$((n-1)); done; ' +
    `${limit}exec /bin/sh -c "$1"`;
  return ['/bin/sh', '-c', script, 'record', String(folders.length), ...folders, line];
}

function tryMake(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false; // Read-only or not ours.
  }
}

/** Whether a group can be made, given its limit, joined and removed below `base`. */
function works(base: string, version: 1 | 2, controller: Controller): boolean {
  if (version === 2) {
    for (const name of ['memory', 'pids', 'cpu']) writeOptional(join(base, 'cgroup.subtree_control'), `+${name}`);
  }
  const trial = join(base, `${namePrefix}-${process.pid}-trial`);
  if (!tryMake(trial)) return false;
  try {
    if (controller !== 'memory') return true;
    const limitFile = join(trial, version === 1 ? 'memory.limit_in_bytes' : 'memory.max');
    if (!existsSync(limitFile) || !writeOptional(limitFile, String(2 ** 26))) return false;
    const [command = '', ...args] = joinCommand([trial], null, 'true');
    return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  } finally {
    removeFolder(trial);
  }
}

function findBase(controller: Controller, mounts: string, own: string): { base: string; version: 1 | 2 } | null {
  const hierarchy = findHierarchy(controller, mounts, own);
  if (hierarchy === null) return null;
  for (const base of [join(hierarchy.mount, hierarchy.ownPath), hierarchy.mount]) {
    if (existsSync(base) && works(base, hierarchy.version, controller)) return { base, version: hierarchy.version };
  }
  return null;
}

/**
 * Finds where cgroups can be made.
 * @throws NoCgroupError when there is no such place.
 */
export function findCgroupPlace(): CgroupPlace {
  const mounts = readOptional('/proc/self/mounts');
  const own = readOptional('/proc/self/cgroup');
  if (process.platform !== 'linux' || mounts === null || own === null)
    throw new NoCgroupError('this system has no cgroups');
  const memory = findBase('memory', mounts, own);
  if (memory === null) {
    throw new NoCgroupError(
      process.getuid?.() === 0
        ? 'the cgroup file system is read-only or its memory controller cannot be handed to a new group'
        : 'this user may not write to the cgroup file system',
    );
  }
  const bases = new Map<Controller, string>([['memory', memory.base]]);
  const wanted = memory.version === 1 ? controllers : (['memory', 'pids', 'cpu'] as const);
  for (const controller of wanted) {
    if (memory.version === 2) {
      const enabled = (readOptional(join(memory.base, 'cgroup.subtree_control')) ?? '').trim().split(' ');
      if (enabled.includes(controller)) bases.set(controller, memory.base);
    } else if (controller !== 'memory') {
      const found = findBase(controller, mounts, own);
      if (found?.version === 1) bases.set(controller, found.base);
    }
  }
  return { version: memory.version, bases, missing: wanted.filter((controller) => !bases.has(controller)) };
}

/** Removes the groups of recorders that were killed, with what still runs in them. */
export async function removeStaleGroups(place: CgroupPlace): Promise<void> {
  for (const base of new Set(place.bases.values())) {
    for (const name of readdirSync(base)) {
      const owner = new RegExp(`^${namePrefix}-(\\d+)-`).exec(name)?.[1];
      if (owner === undefined || signalProcess(Number(owner), 0)) continue;
      await emptyAndRemove(join(base, name));
    }
  }
}
