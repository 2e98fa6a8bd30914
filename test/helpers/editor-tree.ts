/** What one row is to the editor. */
export interface Look {
  readonly id: string;
  readonly text: string;
  /** Open when it is seen for the first time. */
  readonly opensItself: boolean;
}

/** A row as a person sees it; `children` is null while it is closed. */
export interface ShownRow {
  readonly id: string;
  readonly text: string;
  readonly children: readonly ShownRow[] | null;
}

interface Entry<T> {
  readonly row: T;
  look: Look;
  children: Entry<T>[] | null;
}

/**
 * What the editor keeps of a tree, by the rules of VS Code's `extHostTreeViews.ts`: it asks for the children of open rows only, finds rows by
 * their objects, forgets the rows below a row that is drawn anew until it has asked for them again, and overhears what is said about rows it
 * does not know.
 */
export class EditorTree<T extends object> {
  readonly #childrenOf: (row?: T) => readonly T[];
  readonly #lookOf: (row: T) => Look;
  readonly #entries = new Map<T, Entry<T>>();
  readonly #seen = new Set<string>();
  readonly #open = new Set<string>();
  #roots: Entry<T>[] = [];
  /** As while it fetches its very first list: when that list is to be dropped, it goes on showing it, and knows its rows no more. */
  losesTheList = false;
  /** How often it asked for the look of a row. */
  drawn = 0;

  constructor(childrenOf: (row?: T) => readonly T[], lookOf: (row: T) => Look) {
    this.#childrenOf = childrenOf;
    this.#lookOf = lookOf;
    this.change('all');
  }

  /** What `onDidChangeTreeData` tells it. */
  change(rows: readonly T[] | 'all'): void {
    if (rows === 'all') {
      this.#entries.clear();
      if (!this.losesTheList) this.#roots = this.#fetch();
      return;
    }
    for (const row of rows) {
      const entry = this.#entries.get(row);
      if (entry === undefined) continue;
      this.#forgetBelow(entry);
      entry.look = this.#ask(row);
      if (this.#open.has(entry.look.id)) entry.children = this.#fetch(row);
    }
  }

  open(id: string): void {
    this.#open.add(id);
    for (const [row, entry] of [...this.#entries]) {
      if (entry.look.id === id) entry.children ??= this.#fetch(row);
    }
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  /** What a command of this row is given; undefined for a row that it does not know. */
  rowOf(id: string): T | undefined {
    return [...this.#entries.values()].find(({ look }) => look.id === id)?.row;
  }

  /** Knows its rows no more, but goes on showing them. */
  forget(): void {
    this.#entries.clear();
  }

  /** How many rows it keeps. */
  get size(): number {
    return this.#entries.size;
  }

  get openIds(): ReadonlySet<string> {
    return this.#open;
  }

  shown(): readonly ShownRow[] {
    const show = ({ look: { id, text }, children }: Entry<T>): ShownRow => ({
      id,
      text,
      children: this.#open.has(id) ? (children ?? []).map(show) : null,
    });
    return this.#roots.map(show);
  }

  #ask(row: T): Look {
    this.drawn += 1;
    return this.#lookOf(row);
  }

  #fetch(parent?: T): Entry<T>[] {
    return this.#childrenOf(parent).map((row) => {
      const look = this.#ask(row);
      const entry: Entry<T> = { row, look, children: null };
      this.#entries.set(row, entry);
      if (look.opensItself && !this.#seen.has(look.id)) this.#open.add(look.id);
      this.#seen.add(look.id);
      if (this.#open.has(look.id)) entry.children = this.#fetch(row);
      return entry;
    });
  }

  #forgetBelow(entry: Entry<T>): void {
    for (const child of entry.children ?? []) {
      this.#forgetBelow(child);
      this.#entries.delete(child.row);
    }
    entry.children = null;
  }
}
