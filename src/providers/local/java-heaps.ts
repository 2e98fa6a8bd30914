import { type JavaHeapCounters, javaCountersBytes, parseJavaCounters } from '../../model/java-heap.ts';
import { JavaHeapGauge } from '../../model/java-heap-gauge.ts';
import type { FileReader } from '../../model/ports.ts';
import type { HeapUse } from '../../model/sample.ts';
import { amount } from './figures.ts';
import { runtimeOf } from './heap-flags.ts';

/** A JVM writes its file in its first second; one that has none by then was told to publish nothing. */
const mostLooks = 3;
/** Folders of so many users are looked into. */
const mostUsers = 16;
const ticksPerSecond = 100;
/** A file that is older than the process by more than this was left behind by another with the same number. */
const olderByMs = 120_000;

/** A process that may be a JVM. */
export interface JavaCandidate {
  readonly pid: number;
  /** The kernel's short name. */
  readonly name: string;
  /** Clock ticks after the start of the machine; null when unknown. */
  readonly startTicks: number | null;
}

interface Watched {
  /** Tells one process from a later one with the same number. */
  readonly startTicks: number | null;
  readonly gauge: JavaHeapGauge;
  /** Null until it was found. */
  file: string | null;
  looks: number;
}

/** Reads what JVMs tell of their heaps in the files they publish. Nothing of a JVM is touched, and it does not notice. */
export class JavaHeaps {
  readonly #files: FileReader;
  #watched = new Map<number, Watched>();

  constructor(files: FileReader) {
    this.#files = files;
  }

  /**
   * One reading of each of these processes that is a JVM and may be read: one file of 32 KiB each, and a look for it in the first ones. What
   * is not named any more is forgotten.
   */
  async read(processes: readonly JavaCandidate[]): Promise<ReadonlyMap<number, HeapUse>> {
    const still = new Map<number, Watched>();
    const uses = new Map<number, HeapUse>();
    for (const { pid, name, startTicks } of processes) {
      if (runtimeOf(name) !== 'java') continue;
      const before = this.#watched.get(pid);
      const isSame = before !== undefined && before.startTicks === startTicks;
      const watched = isSame ? before : { startTicks, gauge: new JavaHeapGauge(), file: null, looks: 0 };
      still.set(pid, watched);
      const use = await this.#use(pid, watched);
      if (use !== null) uses.set(pid, use);
    }
    this.#watched = still;
    return uses;
  }

  async #use(pid: number, watched: Watched): Promise<HeapUse | null> {
    if (watched.file === null && watched.looks < mostLooks) {
      watched.looks += 1;
      watched.file = await this.#find(pid, watched.startTicks);
    }
    if (watched.file === null) return null;
    const counters = await this.#counters(watched.file);
    return counters === null ? null : watched.gauge.add(counters);
  }

  async #counters(file: string): Promise<JavaHeapCounters | null> {
    const bytes = await this.#files.bytes(file, javaCountersBytes);
    return bytes === null ? null : parseJavaCounters(bytes);
  }

  /** In the process's own view of the disks, under the number that it has in its own namespace; the newest where several users have one. */
  async #find(pid: number, startTicks: number | null): Promise<string | null> {
    const status = await this.#files.text(`/proc/${pid}/status`, 4096);
    const numbers = /^NSpid:\s+([\d\t ]+)$/m
      .exec(status ?? '')?.[1]
      ?.trim()
      .split(/\s+/) ?? [String(pid)];
    const itsNumber = numbers.at(-1) ?? String(pid);
    // What is mounted elsewhere can not be seen from here; what is not may be looked at directly.
    const places = [`/proc/${pid}/root/tmp`, ...(numbers.length === 1 ? ['/tmp'] : [])];
    const leastMs = (await this.#startedAtMs(startTicks)) - olderByMs;
    for (const place of places) {
      const users = ((await this.#files.names(place)) ?? []).filter((name) => name.startsWith('hsperfdata_'));
      let newest: { readonly file: string; readonly startedAtMs: number } | null = null;
      for (const user of users.slice(0, mostUsers)) {
        const file = `${place}/${user}/${itsNumber}`;
        const startedAtMs = (await this.#counters(file))?.startedAtMs ?? null;
        if (startedAtMs === null || startedAtMs < leastMs) continue;
        if (newest === null || startedAtMs > newest.startedAtMs) newest = { file, startedAtMs };
      }
      if (newest !== null) return newest.file;
    }
    return null;
  }

  /**
   * When a process began, epoch milliseconds; -Infinity when that is not known. What a file system such as lxcfs puts in the place of
   * `/proc/stat` tells the start of the container, and ticks count from that of the machine.
   */
  async #startedAtMs(startTicks: number | null): Promise<number> {
    const mounts = (await this.#files.text('/proc/self/mountinfo')) ?? '';
    if (/^(?:\S+ ){4}\/proc\/stat /m.test(mounts)) return Number.NEGATIVE_INFINITY;
    const bootSeconds = amount(/^btime (\d+)$/m.exec((await this.#files.text('/proc/stat', 1024 ** 2)) ?? '')?.[1]);
    if (bootSeconds === null || startTicks === null) return Number.NEGATIVE_INFINITY;
    return (bootSeconds + startTicks / ticksPerSecond) * 1000;
  }
}
