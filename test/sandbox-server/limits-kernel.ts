import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { GroupMemory, LimitGroup, LimitSpec, LimitsBackend } from './limits.ts';
import { readProcess, signalProcess } from './processes.ts';

const prefix = 'foresight-sandbox';

/** Joins the groups named by the arguments, then becomes the command: nothing is allocated outside the group. */
const joinScript =
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; n=$((n-1)); done; ';

/** The command line around `argv` that makes it start inside the given cgroup folders. */
export function wrapInGroups(
  folders: readonly string[],
  argv: readonly string[],
  mergeStderr: boolean,
): readonly [string, ...string[]] {
  const script = `${joinScript}exec "$@"${mergeStderr ? ' 2>&1' : ''}`;
  return ['/bin/sh', '-c', script, 'sandbox', String(folders.length), ...folders, ...argv];
}

/** Kills until nothing is left. Throws when something survives five seconds of SIGKILL. */
export async function killUntilEmpty(pids: () => number[]): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    const left = pids();
    if (left.length === 0) return;
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    await delay(20);
  }
  throw new Error(`processes survive SIGKILL: ${pids().join(', ')}`);
}

interface Hierarchy {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly ownPath: string;
}

/** Where the hierarchy of a controller is mounted and where in it this process is. */
function findHierarchy(controller: string): Hierarchy | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const own = readFileSync('/proc/self/cgroup', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const v1 = mounts.find((mount) => mount[2] === 'cgroup' && (mount[3] ?? '').split(',').includes(controller));
  if (v1?.[1] !== undefined) {
    const line = own.find((fields) => (fields[1] ?? '').split(',').includes(controller));
    return { version: 1, mount: v1[1], ownPath: line?.slice(2).join(':') ?? '/' };
  }
  const v2 = mounts.find((mount) => mount[2] === 'cgroup2');
  if (v2?.[1] === undefined) return undefined;
  const line = own.find((fields) => fields[0] === '0');
  return { version: 2, mount: v2[1], ownPath: line?.slice(2).join(':') ?? '/' };
}

/** Lets children of a v2 group have the controllers, as far as the kernel permits. */
function delegate(base: string): void {
  const available = readFileSync(join(base, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of ['memory', 'pids', 'cpu'].filter((name) => available.includes(name))) {
    try {
      writeFileSync(join(base, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // Not permitted here (for example because processes live in this group): the trial afterwards tells.
    }
  }
}

/** Whether a group with a memory limit can really be made, joined and removed below `base`. */
function works(base: string, version: 1 | 2): boolean {
  const trial = join(base, `${prefix}-${process.pid}-trial`);
  try {
    if (version === 2) delegate(base);
    mkdirSync(trial);
  } catch {
    return false; // Read-only or not ours.
  }
  try {
    writeFileSync(join(trial, version === 1 ? 'memory.limit_in_bytes' : 'memory.max'), String(64 * 1024 * 1024));
    const [command, ...args] = wrapInGroups([trial], ['true'], false);
    return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  } catch {
    return false; // The controller is not there.
  } finally {
    rmdirSync(trial);
  }
}

/** Whether a group can be made and removed below `base`. */
function canMake(base: string): boolean {
  const trial = join(base, `${prefix}-${process.pid}-trial`);
  try {
    mkdirSync(trial);
    rmdirSync(trial);
    return true;
  } catch {
    return false; // Read-only or not ours.
  }
}

/** A folder below which groups of this controller can be made: the server's own group, else the hierarchy's root. */
function findBase(controller: string): { base: string; version: 1 | 2 } | undefined {
  const hierarchy = findHierarchy(controller);
  if (hierarchy === undefined) return undefined;
  for (const base of [join(hierarchy.mount, hierarchy.ownPath), hierarchy.mount]) {
    if (!existsSync(base)) continue;
    if (controller === 'memory' ? works(base, hierarchy.version) : canMake(base))
      return { base, version: hierarchy.version };
  }
  return undefined;
}

/** Removes groups of servers that died without cleaning up, with the processes those servers left in them. */
function removeStale(base: string): void {
  for (const name of readdirSync(base)) {
    const owner = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || signalProcess(Number(owner), 0)) continue;
    for (const pid of readPids(join(base, name))) signalProcess(pid, 'SIGKILL');
    removeFolder(join(base, name));
  }
}

/** Says whether the folder is gone; a group that is still busy cannot be removed. */
function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

function readPids(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const text = readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim();
  return text === '' ? [] : [...new Set(text.split('\n').map(Number))];
}

/** Whether groups below `base` of a v2 hierarchy have a limit of processes. */
function givesPids(base: string): boolean {
  return readFileSync(join(base, 'cgroup.subtree_control'), 'utf8').split(/\s/).includes('pids');
}

function tryWrite(path: string, value: string): boolean {
  try {
    writeFileSync(path, value);
    return true;
  } catch {
    return false; // This controller is not available; the memory limit alone is essential.
  }
}

class KernelGroup implements LimitGroup {
  readonly env: Readonly<Record<string, string>> = {};
  readonly #version: 1 | 2;
  readonly #folders: ReadonlyMap<string, string>;
  readonly #memory: string;
  #isRemoved = false;

  constructor(version: 1 | 2, folders: ReadonlyMap<string, string>, memory: string, spec: LimitSpec) {
    this.#version = version;
    this.#folders = folders;
    this.#memory = memory;
    for (const folder of new Set(folders.values())) mkdirSync(folder);
    const quotaUs = spec.cpuCores === null ? undefined : Math.round(spec.cpuCores * 100_000);
    const file = (controller: string, name: string): string => join(folders.get(controller) ?? memory, name);
    if (spec.memoryBytes !== null) {
      writeFileSync(join(memory, version === 1 ? 'memory.limit_in_bytes' : 'memory.max'), String(spec.memoryBytes));
    }
    tryWrite(file('pids', 'pids.max'), String(spec.pids));
    if (version === 2) {
      tryWrite(join(memory, 'memory.swap.max'), '0');
      if (quotaUs !== undefined) tryWrite(join(memory, 'cpu.max'), `${quotaUs} 100000`);
    } else if (quotaUs !== undefined) tryWrite(file('cpu', 'cpu.cfs_quota_us'), String(quotaUs));
  }

  wrap(argv: readonly string[], mergeStderr = false): readonly [string, ...string[]] {
    return wrapInGroups([...new Set(this.#folders.values())], argv, mergeStderr);
  }

  pids(): number[] {
    return this.#isRemoved ? [] : readPids(this.#memory).filter((pid) => readProcess(pid) !== undefined);
  }

  #read(name: string): string {
    return readFileSync(join(this.#memory, name), 'utf8').trim();
  }

  memory(): GroupMemory {
    const isV1 = this.#version === 1;
    const limit = this.#read(isV1 ? 'memory.limit_in_bytes' : 'memory.max');
    return {
      usedBytes: Number(this.#read(isV1 ? 'memory.usage_in_bytes' : 'memory.current')),
      limitBytes: limit === 'max' || Number(limit) >= 2 ** 62 ? null : Number(limit),
      oomKills: this.oomKills(),
    };
  }

  oomKills(): number {
    const text = this.#read(this.#version === 1 ? 'memory.oom_control' : 'memory.events');
    return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0);
  }

  freeze(): void {
    if (!this.#setFrozen(true)) for (const pid of this.pids()) signalProcess(pid, 'SIGSTOP');
  }

  thaw(): void {
    if (!this.#setFrozen(false)) for (const pid of this.pids()) signalProcess(pid, 'SIGCONT');
  }

  #setFrozen(frozen: boolean): boolean {
    if (this.#version === 2) return tryWrite(join(this.#memory, 'cgroup.freeze'), frozen ? '1' : '0');
    const freezer = this.#folders.get('freezer');
    return freezer !== undefined && tryWrite(join(freezer, 'freezer.state'), frozen ? 'FROZEN' : 'THAWED');
  }

  async killAll(): Promise<void> {
    if (this.#isRemoved) return;
    for (const pid of this.pids()) signalProcess(pid, 'SIGKILL');
    this.thaw(); // A frozen process of a v1 group dies only when it is thawed.
    await killUntilEmpty(() => this.pids());
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    for (const folder of new Set(this.#folders.values())) {
      // The kernel lets go of a group only some moments after its last process has ended.
      for (let attempt = 0; attempt < 250 && !removeFolder(folder); attempt += 1) await delay(20);
    }
  }
}

/** Limits by the kernel's own cgroups, v1 or v2; undefined when this user may not make any. */
export function findKernelLimits(): LimitsBackend | undefined {
  if (process.platform !== 'linux') return undefined;
  const memory = findBase('memory');
  if (memory === undefined) return undefined;
  const bases = new Map([['memory', memory.base]]);
  if (memory.version === 1) {
    for (const controller of ['pids', 'cpu', 'cpuacct', 'freezer']) {
      const found = findBase(controller);
      if (found?.version === 1) bases.set(controller, found.base);
    }
  }
  for (const base of bases.values()) removeStale(base);
  return {
    kind: memory.version === 1 ? 'kernel-v1' : 'kernel-v2',
    enforcesPids: memory.version === 1 ? bases.has('pids') : givesPids(memory.base),
    createGroup(name, spec) {
      const folders = new Map<string, string>();
      for (const [controller, base] of bases) folders.set(controller, join(base, `${prefix}-${process.pid}-${name}`));
      return new KernelGroup(memory.version, folders, folders.get('memory') ?? '', spec);
    },
    close() {
      // Every group is removed with its sandbox; the backend itself keeps nothing.
    },
  };
}
