import { access, constants, stat, statfs } from 'node:fs/promises';
import type { Clock } from '../../model/ports.ts';
import type { DiskReading, InodesReading } from '../../model/sample.ts';
import { sleep } from '../../model/wait.ts';
import { Foremost } from './foremost.ts';

/** One file system, by a folder on it. */
export interface Disk {
  readonly place: string;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly inodes: { readonly used: number; readonly limit: number } | null;
}

/** How disks are asked; replaced in tests. */
export interface DiskSystem {
  /** Number of the device a folder lies on. Rejects when there is none. */
  device(place: string): Promise<number>;
  /** Rejects where nothing can be written: such a file system is always full and never in the way. */
  writable(place: string): Promise<void>;
  space(place: string): Promise<{
    readonly type: number;
    readonly bsize: number;
    readonly blocks: number;
    readonly bfree: number;
    readonly bavail: number;
    readonly files: number;
    readonly ffree: number;
  }>;
}

export const nodeDisks: DiskSystem = {
  device: async (place) => (await stat(place)).dev,
  writable: (place) => access(place, constants.W_OK),
  space: (place) => statfs(place),
};

/** Folders that matter besides those of the workspace. `/` can be written to by nobody but root; what fills for others is where their home is. */
export const fixedPlaces = (platform: NodeJS.Platform, home: string): readonly string[] =>
  platform === 'win32' ? [home] : ['/', home, '/tmp'];

/** A disk that does not answer (a network share that is gone) is left alone for a while. */
const patienceMs = 2_000;
const lookAgainMs = 60_000;
/** So many disks are told of, the one that leads included. */
const mostTold = 5;

/** What a sample says of disks. */
export interface Room {
  readonly disk: DiskReading;
  readonly otherDisks: readonly DiskReading[];
  readonly inodes: InodesReading | null;
  readonly otherInodes: readonly InodesReading[];
}

/** Watches the file systems of some folders, each once. */
export class Disks {
  readonly #clock: Clock;
  readonly #system: DiskSystem;
  readonly #places: Iterable<string>;
  /** The device of each place that can be written to. */
  readonly #devices = new Map<string, number>();
  readonly #disks = new Map<string, Disk>();
  /** Places that were asked and have not answered: a share that hangs must not gather questions, nor keep the others waiting. */
  readonly #asked = new Set<string>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  readonly #fullestDisks = new Foremost();
  readonly #fullestInodes = new Foremost();

  /** @param places folders in the order of their worth: of several on one disk, the first names it. They are gone through again now and then. */
  constructor(places: Iterable<string>, clock: Clock, system: DiskSystem = nodeDisks) {
    this.#places = places;
    this.#clock = clock;
    this.#system = system;
  }

  /** As last read, in the order of the places. */
  get all(): readonly Disk[] {
    return this.#relevant().flatMap((place) => this.#disks.get(place) ?? []);
  }

  /** The one that is full first, and others. Null when none can be read. Never throws and never takes longer than two seconds. */
  async read(signal: AbortSignal): Promise<Room | null> {
    const done = new AbortController();
    // Too slow, or nobody wants to know any more: what was read last has to do.
    const enough = sleep(this.#clock, patienceMs, signal, done.signal);
    const nowMs = this.#clock.now();
    if (Math.abs(nowMs - this.#lookedAtMs) >= lookAgainMs) {
      this.#lookedAtMs = nowMs;
      await Promise.race([this.#ask([...this.#places], (place) => this.#locate(place)), enough]);
    }
    await Promise.race([this.#ask(this.#relevant(), (place) => this.#measure(place)), enough]);
    done.abort();
    return this.#room(this.#clock.now());
  }

  #room(nowMs: number): Room | null {
    const { all } = this;
    // Which of two it is has to be said only where there are two.
    const named = (place: string): { readonly place?: string } => (all.length > 1 ? { place } : {});
    const disks = this.#fullestDisks.order(
      all.map(({ place, usedBytes, limitBytes }) => ({ place, used: usedBytes, limit: limitBytes })),
      nowMs,
    );
    const inodes = this.#fullestInodes.order(
      all.flatMap(({ place, inodes }) => (inodes === null ? [] : { place, ...inodes })),
      nowMs,
    );
    const [disk, ...otherDisks] = disks
      .slice(0, mostTold)
      .map(({ place, used, limit }) => ({ usedBytes: used, limitBytes: limit, ...named(place) }));
    const [first = null, ...otherInodes] = inodes
      .slice(0, mostTold)
      .map(({ place, used, limit }) => ({ used, limit, ...named(place) }));
    return disk === undefined ? null : { disk, otherDisks, inodes: first, otherInodes };
  }

  /** The first place on each device. */
  #relevant(): readonly string[] {
    const byDevice = new Map<number, string>();
    for (const place of this.#places) {
      const device = this.#devices.get(place);
      if (device !== undefined && !byDevice.has(device)) byDevice.set(device, place);
    }
    return [...byDevice.values()];
  }

  /** Asks each place by itself. `question` must not reject. */
  async #ask(places: readonly string[], question: (place: string) => Promise<void>): Promise<void> {
    const free = places.filter((place) => !this.#asked.has(place));
    await Promise.all(
      free.map(async (place) => {
        this.#asked.add(place);
        await question(place);
        this.#asked.delete(place);
      }),
    );
  }

  async #locate(place: string): Promise<void> {
    try {
      await this.#system.writable(place);
      this.#devices.set(place, await this.#system.device(place));
    } catch {
      // Not there, or read-only: it can not fill up.
      this.#devices.delete(place);
    }
  }

  async #measure(place: string): Promise<void> {
    const disk = await this.#space(place);
    if (disk === null) this.#disks.delete(place);
    else this.#disks.set(place, disk);
  }

  async #space(place: string): Promise<Disk | null> {
    try {
      const { bsize, blocks, bfree, bavail, files, ffree } = await this.#system.space(place);
      const usedBytes = (blocks - bfree) * bsize;
      // Blocks kept back for the administrator are no room for anybody else.
      const limitBytes = usedBytes + bavail * bsize;
      if (!(limitBytes > 0) || !(usedBytes >= 0) || !Number.isFinite(limitBytes)) return null;
      const hasInodes = files > 0 && ffree >= 0 && ffree <= files && Number.isSafeInteger(files);
      return { place, usedBytes, limitBytes, inodes: hasInodes ? { used: files - ffree, limit: files } : null };
    } catch {
      // Unmounted in between.
      return null;
    }
  }
}
