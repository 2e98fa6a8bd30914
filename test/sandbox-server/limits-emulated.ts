import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupMemory, LimitGroup, LimitSpec, LimitsBackend } from './limits.ts';
import { killUntilEmpty, wrapInGroups } from './limits-kernel.ts';
import { listPids, type ProcessUse, readEnvironment, readProcessUse, signalProcess } from './processes.ts';

/** How often the numbers are refreshed and the limit is enforced, in milliseconds. */
const refreshMs = 200;

/** The variable that tells a probe where the v2-shaped folder of its sandbox is; it also marks the sandbox's processes. */
const cgroupRootVariable = 'FORESIGHT_CGROUP_ROOT';

/** Writes a small file in one step, so that a reader never sees half of it. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

class EmulatedGroup implements LimitGroup {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly #spec: LimitSpec;
  readonly #find: () => ProcessUse[];
  /** What the files say, so that only changes are written. */
  readonly #written = new Map<string, string>();
  readonly #cpuUsByPid = new Map<number, number>();
  #cpuUsOfEnded = 0;
  #usedBytes = 0;
  #peakBytes = 0;
  #oomKills = 0;

  constructor(folder: string, spec: LimitSpec, find: () => ProcessUse[]) {
    this.folder = folder;
    this.#spec = spec;
    this.#find = find;
    this.env = { [cgroupRootVariable]: folder };
    mkdirSync(folder, { recursive: true });
    this.#write('cgroup.controllers', 'cpu memory pids');
    this.#write('memory.max', String(spec.memoryBytes ?? 'max'));
    this.#write('memory.swap.max', '0');
    this.#write('memory.swap.current', '0');
    this.#write('pids.max', String(spec.pids));
    this.#write('cpu.max', `${spec.cpuCores === null ? 'max' : Math.round(spec.cpuCores * 100_000)} 100000`);
    this.refresh([]);
  }

  #write(name: string, text: string): void {
    if (this.#written.get(name) === text) return;
    this.#written.set(name, text);
    writeWhole(join(this.folder, name), `${text}\n`);
  }

  /** Takes new readings of the group's processes: enforces the limit, then writes the files. */
  refresh(processes: readonly ProcessUse[]): void {
    let alive = [...processes];
    let usedBytes = alive.reduce((sum, process) => sum + process.rssAnonBytes, 0);
    const limitBytes = this.#spec.memoryBytes;
    while (limitBytes !== null && usedBytes >= limitBytes && alive.length > 0) {
      const biggest = alive.reduce((a, b) => (b.rssAnonBytes > a.rssAnonBytes ? b : a));
      alive = alive.filter((process) => process !== biggest);
      usedBytes -= biggest.rssAnonBytes;
      if (signalProcess(biggest.pid, 'SIGKILL')) this.#oomKills += 1;
    }
    this.#usedBytes = usedBytes;
    this.#peakBytes = Math.max(this.#peakBytes, usedBytes);
    const pids = new Set(processes.map((process) => process.pid));
    for (const [pid, cpuUs] of this.#cpuUsByPid) {
      if (pids.has(pid)) continue;
      this.#cpuUsOfEnded += cpuUs;
      this.#cpuUsByPid.delete(pid);
    }
    for (const process of processes) this.#cpuUsByPid.set(process.pid, process.cpuUs);
    const cpuUs = [...this.#cpuUsByPid.values()].reduce((sum, value) => sum + value, this.#cpuUsOfEnded);
    this.#write('memory.current', String(usedBytes));
    this.#write('memory.peak', String(this.#peakBytes));
    this.#write(
      'memory.stat',
      `anon ${usedBytes}\nfile 0\nkernel_stack 0\npagetables 0\nshmem 0\ninactive_anon 0\nactive_anon 0\ninactive_file 0\nactive_file 0\nunevictable 0\nslab_reclaimable 0\nslab_unreclaimable 0`,
    );
    const kills = this.#oomKills;
    this.#write('memory.events', `low 0\nhigh 0\nmax ${kills}\noom ${kills}\noom_kill ${kills}\noom_group_kill 0`);
    this.#write('pids.current', String(alive.length));
    this.#write('cgroup.procs', alive.map((process) => process.pid).join('\n'));
    this.#write('cpu.stat', `usage_usec ${cpuUs}\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0`);
  }

  wrap(argv: readonly string[], mergeStderr = false): readonly [string, ...string[]] {
    return wrapInGroups([], argv, mergeStderr);
  }

  pids(): number[] {
    return this.#find().map((process) => process.pid);
  }

  memory(): GroupMemory {
    return { usedBytes: this.#usedBytes, limitBytes: this.#spec.memoryBytes, oomKills: this.#oomKills };
  }

  oomKills(): number {
    return this.#oomKills;
  }

  freeze(): void {
    for (const pid of this.pids()) signalProcess(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.pids()) signalProcess(pid, 'SIGCONT');
  }

  async killAll(): Promise<void> {
    await killUntilEmpty(() => this.pids());
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Limits without the kernel's help, for a user who may not make cgroups.
 * A folder per sandbox has the files of a v2 group, filled from the anonymous memory of its processes every 200 ms;
 * at the limit the biggest process is killed. A burst of allocation can pass the limit by what fits into 200 ms,
 * page cache and kernel memory do not count, and CPU and process limits are shown but not enforced.
 */
export class EmulatedLimits implements LimitsBackend {
  readonly kind = 'emulated';
  readonly enforcesPids = false;
  readonly #root: string;
  readonly #groups = new Map<string, EmulatedGroup>();
  /** Folder of the group a process belongs to, or null for a stranger. */
  readonly #ownerByPid = new Map<number, string | null>();
  readonly #timer: NodeJS.Timeout;

  constructor(root: string) {
    this.#root = root;
    this.#timer = setInterval(() => this.#refresh(), refreshMs);
  }

  createGroup(name: string, spec: LimitSpec): LimitGroup {
    const folder = join(this.#root, name);
    const group = new EmulatedGroup(folder, spec, () => this.#scan().get(folder) ?? []);
    this.#groups.set(folder, group);
    return {
      env: group.env,
      wrap: (argv, mergeStderr) => group.wrap(argv, mergeStderr),
      pids: () => group.pids(),
      memory: () => group.memory(),
      oomKills: () => group.oomKills(),
      freeze: () => group.freeze(),
      thaw: () => group.thaw(),
      killAll: () => group.killAll(),
      remove: () => {
        this.#groups.delete(folder);
        return group.remove();
      },
    };
  }

  /** The processes of every group, found by the variable each of them inherits. */
  #scan(): Map<string, ProcessUse[]> {
    const found = new Map<string, ProcessUse[]>();
    const pids = listPids();
    const present = new Set(pids);
    for (const pid of this.#ownerByPid.keys()) if (!present.has(pid)) this.#ownerByPid.delete(pid);
    for (const pid of pids) {
      let owner = this.#ownerByPid.get(pid);
      if (owner === undefined) {
        const environment = readEnvironment(pid) ?? '';
        const entry = environment.split('\0').find((text) => text.startsWith(`${cgroupRootVariable}=`));
        const folder = entry?.slice(cgroupRootVariable.length + 1);
        owner = folder !== undefined && this.#groups.has(folder) ? folder : null;
        // In the middle of an exec the block is empty for a moment: decide only once there is something to read.
        if (environment !== '') this.#ownerByPid.set(pid, owner);
      }
      const process = owner === null ? undefined : readProcessUse(pid);
      if (owner === null || process === undefined) continue;
      found.set(owner, [...(found.get(owner) ?? []), process]);
    }
    return found;
  }

  #refresh(): void {
    if (this.#groups.size === 0) return;
    const found = this.#scan();
    for (const [folder, group] of this.#groups) group.refresh(found.get(folder) ?? []);
  }

  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#root, { recursive: true, force: true });
  }
}
