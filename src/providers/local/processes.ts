import { isDefaultHeap } from '../../model/heap-defaults.ts';
import type { FileReader, ProcessOwners } from '../../model/ports.ts';
import { processName } from '../../model/process-name.ts';
import type { HeapLimit, HeapUse, PidsReading, ProcessReading } from '../../model/sample.ts';
import type { Levels } from './cgroup-places.ts';
import { addressLimit, amount, plainName, processStat } from './figures.ts';
import { heapLimitOf } from './heap-flags.ts';
import { JavaHeaps } from './java-heaps.ts';

/** So many of the largest are told. */
const told = 5;
/** So many are known by name, so that one that is gone can be named. */
const followed = 16;
/** A process with this share of all processes is the one that starts them. */
const spawnerShare = 0.3;
/** Nothing smaller is worth a look at its ancestors. */
const leastBytes = 1024 ** 2;
const deepestAncestor = 24;
/** Groups below the own one that are looked into; a bound for what is read. */
const mostGroups = 200;
const deepestGroup = 4;
/** So many processes are looked at in one go; then the event loop gets its turn. */
const atOnce = 64;
/** Kernel clock ticks in a second: USER_HZ is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;
const argumentsBytes = 32 * 1024;

/** Lets other work of the editor go first. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Known {
  readonly pid: number;
  readonly parentPid: number | null;
  readonly name: string;
  readonly startTicks: number | null;
  /** Undefined until it was looked for: only the largest are. */
  heapLimit: HeapLimit | null | undefined;
}

export interface ProcessScan {
  /** The largest, largest first. */
  readonly processes: readonly ProcessReading[];
  /** Everything that runs here. */
  readonly pids: readonly number[];
  /** Of the larger ones known from the last scan, those that do not run any more, largest first. */
  readonly ended: readonly ProcessReading[];
}

interface Followed {
  readonly reading: ProcessReading;
  readonly startTicks: number | null;
}

export interface ProcessListOptions {
  readonly files: FileReader;
  readonly owners: ProcessOwners;
  /** Bytes of a memory page. */
  readonly pageBytes: number;
  /** The processes that the editor itself consists of. */
  readonly editorPids: readonly number[];
}

/** Looks for the largest processes. Remembers what does not change in a process's life, and nothing of those that have ended. */
export class ProcessList {
  readonly #files: FileReader;
  readonly #owners: ProcessOwners;
  readonly #pageBytes: number;
  readonly #editorPids: readonly number[];
  readonly #javaHeaps: JavaHeaps;
  #known = new Map<number, Known>();
  #followed: readonly Followed[] = [];

  constructor({ files, owners, pageBytes, editorPids }: ProcessListOptions) {
    this.#editorPids = editorPids;
    this.#files = files;
    this.#owners = owners;
    this.#pageBytes = pageBytes;
    this.#javaHeaps = new JavaHeaps(files);
  }

  /**
   * @param levels the group whose processes count, from `cgroup.procs`; null for all of the machine.
   * @param uptime seconds the machine has run, for ages; null when unknown.
   * @param wholeBytes what a heap limit given as a share is a share of.
   */
  async scan(levels: Levels | null, uptime: number | null, wholeBytes: number | null): Promise<ProcessScan> {
    const pids = await this.#pids(levels);
    const sizes: { readonly pid: number; readonly rssBytes: number; readonly addressBytes: number | null }[] = [];
    for (let start = 0; start < pids.length; start += atOnce) {
      if (start > 0) await breathe();
      const batch = pids.slice(start, start + atOnce);
      // Together, because on a remote computer each of them is a round trip.
      const texts = await Promise.all(batch.map((pid) => this.#files.text(`/proc/${pid}/statm`, 128)));
      for (const [index, pid] of batch.entries()) {
        const [addresses, resident] = (texts[index] ?? '').split(' ', 2).map(amount);
        if (resident == null || resident <= 0) continue;
        sizes.push({
          pid,
          rssBytes: resident * this.#pageBytes,
          addressBytes: addresses == null ? null : addresses * this.#pageBytes,
        });
      }
    }
    const largest = sizes.toSorted((a, b) => b.rssBytes - a.rssBytes || a.pid - b.pid).slice(0, followed);
    const seen = new Map<number, Known>();
    const now: Followed[] = [];
    const processes: ProcessReading[] = [];
    for (const [index, { pid, rssBytes, addressBytes }] of largest.entries()) {
      const isTold = index < told;
      if (!isTold && rssBytes < leastBytes) break;
      const known = await this.#look(pid, seen);
      if (known === null) continue;
      const reading = await this.#reading(known, rssBytes, isTold, uptime, wholeBytes, seen);
      now.push({ reading, startTicks: known.startTicks });
      if (isTold) processes.push(withAddresses(reading, addressBytes));
    }
    const heaps = await this.#javaHeaps.read(processes.flatMap(({ pid }) => seen.get(pid) ?? []));
    const ended = await this.#ended(now);
    this.#followed = now;
    this.#known = seen;
    return { processes: processes.map((one) => withHeap(one, heaps.get(one.pid))), pids, ended };
  }

  /** @param whole also what takes more than a look: its heap limit and where it was started. */
  async #reading(
    known: Known,
    rssBytes: number,
    whole: boolean,
    uptime: number | null,
    wholeBytes: number | null,
    seen: Map<number, Known>,
  ): Promise<ProcessReading> {
    const { pid, parentPid, name, startTicks } = known;
    if (whole && known.heapLimit === undefined) known.heapLimit = await this.#heapLimit(pid, wholeBytes);
    const startedIn = !whole || rssBytes < leastBytes ? null : await this.#startedIn(known, seen);
    return {
      pid,
      parentPid,
      name: processName(plainName(name)),
      rssBytes,
      ageMs: ageMs(startTicks, uptime),
      ...(startTicks === null ? {} : { startTicks }),
      heapLimit: known.heapLimit ?? null,
      ...(startedIn === null ? {} : { startedIn }),
    };
  }

  /** Those of the last scan that do not run any more. One that is only small now, or in another group, still runs. */
  async #ended(now: readonly Followed[]): Promise<readonly ProcessReading[]> {
    const ended: ProcessReading[] = [];
    for (const { reading, startTicks } of this.#followed) {
      const { pid } = reading;
      if (now.some((one) => one.reading.pid === pid && one.startTicks === startTicks)) continue;
      const stat = processStat(await this.#files.text(`/proc/${pid}/stat`, 4096));
      if (stat === null || stat.isZombie || stat.startTicks !== startTicks) ended.push(reading);
    }
    return ended;
  }

  /**
   * The process that most others are children of, or that has most threads. Reads every process: only when their limit is near.
   * @param used how many there are in all: one with a small part of them is not told.
   */
  async spawner(pids: readonly number[], used: number): Promise<NonNullable<PidsReading['spawner']> | null> {
    const counts = new Map<number, number>();
    const names = new Map<number, string>();
    const count = (pid: number, more: number): void => void counts.set(pid, (counts.get(pid) ?? 0) + more);
    for (const [index, pid] of pids.entries()) {
      if (index % atOnce === atOnce - 1) await breathe();
      const stat = processStat(await this.#files.text(`/proc/${pid}/stat`, 4096));
      if (stat === null) continue;
      names.set(pid, processName(plainName(stat.name)));
      count(pid, stat.threads ?? 1);
      if (stat.parentPid !== null) count(stat.parentPid, 1);
    }
    const [pid, most] = [...counts]
      .filter(([one]) => one > 1 && names.has(one) && !this.#editorPids.includes(one))
      .toSorted((a, b) => b[1] - a[1])[0] ?? [0, 0];
    const name = names.get(pid);
    return name === undefined || most < spawnerShare * used ? null : { pid, name, count: most };
  }

  async #pids(levels: Levels | null): Promise<readonly number[]> {
    const own = levels?.[0];
    if (own !== undefined) {
      const pids = new Set<number>();
      await this.#collect(own, 0, pids, { groups: 0 });
      if (pids.size > 0) return [...pids];
    }
    return ((await this.#files.names('/proc')) ?? []).map(amount).filter((pid) => pid !== null && pid > 0) as number[];
  }

  /** The processes of a group and of those below it. */
  async #collect(folder: string, depth: number, pids: Set<number>, budget: { groups: number }): Promise<void> {
    budget.groups += 1;
    // What comes after the last line end is nothing, or a number that was cut.
    for (const line of ((await this.#files.text(`${folder}/cgroup.procs`)) ?? '').split('\n').slice(0, -1)) {
      const pid = amount(line);
      // 0 is one of another process namespace.
      if (pid !== null && pid > 0) pids.add(pid);
    }
    if (depth >= deepestGroup) return;
    for (const name of (await this.#files.names(folder)) ?? []) {
      // Files of a group have a dot in their names, and so have some groups: only those are asked that can be one.
      if (budget.groups >= mostGroups || /^(?:cgroup|memory|cpu|cpuset|io|pids|misc|hugetlb|rdma|irq)\./.test(name))
        continue;
      if (name === 'tasks' || name === 'notify_on_release' || name === 'release_agent') continue;
      await this.#collect(`${folder}/${name}`, depth + 1, pids, budget);
    }
  }

  async #look(pid: number, seen: Map<number, Known>): Promise<Known | null> {
    const again = seen.get(pid);
    if (again !== undefined) return again;
    const stat = processStat(await this.#files.text(`/proc/${pid}/stat`, 4096));
    if (stat === null) return null;
    const before = this.#known.get(pid);
    const isSame = before !== undefined && before.startTicks === stat.startTicks && before.name === stat.name;
    // The parent may have ended meanwhile; the process is the same.
    const known: Known = { pid, ...stat, heapLimit: isSame ? before.heapLimit : undefined };
    seen.set(pid, known);
    return known;
  }

  async #startedIn(known: Known, seen: Map<number, Known>): Promise<string | null> {
    if (this.#editorPids.includes(known.pid)) return 'the editor itself';
    return this.#owners.ownerOf(await this.#lineage(known, seen));
  }

  /** The process and its ancestors, as far as they can be seen. */
  async #lineage(known: Known, seen: Map<number, Known>): Promise<readonly number[]> {
    const pids = [known.pid];
    let parentPid = known.parentPid;
    while (parentPid !== null && parentPid > 1 && pids.length < deepestAncestor && !pids.includes(parentPid)) {
      pids.push(parentPid);
      parentPid = (await this.#look(parentPid, seen))?.parentPid ?? null;
    }
    return pids;
  }

  async #heapLimit(pid: number, wholeBytes: number | null): Promise<HeapLimit | null> {
    const read = (name: string): Promise<string | null> => this.#files.text(`/proc/${pid}/${name}`, argumentsBytes);
    // Some programs overwrite their command line; the link to the program does not lie.
    const program = await this.#files.link(`/proc/${pid}/exe`);
    const own = heapLimitOf(program, await read('cmdline'), await read('environ'), wholeBytes);
    if (own !== null && !isDefaultHeap(own)) return own;
    const addressBytes = addressLimit(await read('limits'));
    return addressBytes === null ? own : { limitBytes: addressBytes, source: addressSource };
  }
}

/** How the limit of addresses is called: by the command that sets it. */
const addressSource = 'ulimit -v';

/** Of a limit on addresses it is known how many are taken, so nothing has to be concluded from resident memory. */
const withAddresses = (process: ProcessReading, addressBytes: number | null): ProcessReading =>
  process.heapLimit?.source !== addressSource || addressBytes === null
    ? process
    : { ...process, heap: { usedBytes: addressBytes, limitBytes: process.heapLimit.limitBytes, addresses: true } };

const withHeap = (process: ProcessReading, heap: HeapUse | undefined): ProcessReading =>
  heap === undefined ? process : { ...process, heap };

const ageMs = (startTicks: number | null, uptime: number | null): number | null => {
  if (startTicks === null || uptime === null) return null;
  const age = uptime * 1000 - (startTicks / ticksPerSecond) * 1000;
  return age < 0 ? null : Math.round(age);
};
