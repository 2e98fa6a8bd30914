import type { FileReader } from '../../model/ports.ts';
import { flatKeyed } from './figures.ts';

/** Groups that are looked at: each is one file in every reading. */
const mostGroups = 48;
const deepestGroup = 4;

/** What a group of version 1 holds beside the groups below it. */
const isFile = (name: string): boolean =>
  /^(?:cgroup|memory)\./.test(name) || ['tasks', 'notify_on_release', 'release_agent'].includes(name);

/**
 * Kills in the groups below the one whose memory is watched. Version 1 counts a kill only in the group of the process that was killed, whoever
 * had the limit; version 2 counts it in all groups above as well.
 */
export class KillsBelow {
  readonly #files: FileReader;
  #top: string | null = null;
  /** The last count of each group. */
  #counts = new Map<string, number>();
  /** All groups were seen at the last look, so one that is new was made since. */
  #sawAll = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #kills = 0;

  constructor(files: FileReader) {
    this.#files = files;
  }

  /** Kills since the first reading of all; never fewer than before. */
  get kills(): number {
    return this.#kills;
  }

  /**
   * @param top the group whose memory is watched: not counted itself.
   * @param known groups below it that are there in any case: those between it and the own one.
   * @param lookEverySeconds how often it is looked which groups there are.
   */
  async read(top: string, known: readonly string[], clock: number, lookEverySeconds: number): Promise<void> {
    const isOther = top !== this.#top;
    if (isOther || clock < this.#lookedAt || clock - this.#lookedAt >= lookEverySeconds - 0.5) {
      this.#lookedAt = clock;
      await this.#look(top, known, isOther);
      return;
    }
    // Together, because on a remote computer each of them is a round trip.
    const groups = [...this.#counts.keys()];
    const counts = await Promise.all(groups.map((group) => this.#count(group)));
    for (const [index, group] of groups.entries()) {
      const count = counts[index] ?? null;
      if (count !== null) this.#add(group, count, 0);
    }
  }

  async #look(top: string, known: readonly string[], isOther: boolean): Promise<void> {
    const names = await this.#files.names(top);
    const found = new Map<string, number>();
    for (const group of known) await this.#take(group, found);
    const sawAll = names !== null && (await this.#collect(top, names, 1, found));
    for (const [group, count] of found) this.#add(group, count, isOther || !this.#sawAll ? count : 0);
    // A group that vanished is forgotten: one of the same name that is made later begins at nothing.
    this.#counts = found;
    this.#sawAll = sawAll;
    this.#top = top;
  }

  /** @param first where counting begins with a group that is new. */
  #add(group: string, count: number, first: number): void {
    // What went back was reset, or made anew: that neither hides nor invents kills.
    this.#kills += Math.max(0, count - (this.#counts.get(group) ?? first));
    this.#counts.set(group, count);
  }

  /** @returns whether all groups were seen. */
  async #collect(
    folder: string,
    names: readonly string[],
    depth: number,
    found: Map<string, number>,
  ): Promise<boolean> {
    let sawAll = true;
    for (const name of names) {
      if (isFile(name)) continue;
      if (found.size >= mostGroups) return false;
      const group = `${folder}/${name}`;
      await this.#take(group, found);
      const below = depth < deepestGroup ? await this.#files.names(group) : null;
      // It may have vanished just now, or could not be read this once: then those that are new next time may be old.
      if (below === null || !(await this.#collect(group, below, depth + 1, found))) sawAll = false;
    }
    return sawAll;
  }

  /** What can not be read this once keeps its count. */
  async #take(group: string, found: Map<string, number>): Promise<void> {
    const count = (await this.#count(group)) ?? this.#counts.get(group) ?? null;
    if (count !== null) found.set(group, count);
  }

  async #count(group: string): Promise<number | null> {
    const text = await this.#files.text(`${group}/memory.oom_control`, 4096);
    return flatKeyed(text, ['oom_kill']).get('oom_kill') ?? null;
  }
}
