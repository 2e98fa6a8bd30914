import type { CommandRun } from '../../model/history.ts';

const mostNames = 10;

/** Counts names. */
class Names {
  readonly #counts = new Map<string, number>();

  add(name: string | null, times = 1): void {
    if (name !== null) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  /** Most often first, at most ten. */
  get list(): readonly string[] {
    return [...this.#counts]
      .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
      .slice(0, mostNames)
      .map(([name]) => name);
  }
}

/** Who met a failure, and during which command. */
export class Circumstances {
  readonly users = new Names();
  readonly commands = new Names();
}

/** Where circumstances are looked up. */
export interface Lookup {
  readonly runsOf: ReadonlyMap<string, readonly CommandRun[]>;
  readonly ownerOf: (sandboxId: string) => string | null;
}
