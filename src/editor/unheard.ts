import type { TreeChange, TreeRow } from './tree-rows.ts';

/** A busy editor takes seconds to ask; to draw everything anew would only make it busier. */
const firstPatienceMs = 5_000;
const longestPatienceMs = 60_000;

/**
 * Notices when the editor has not heard that rows at the top changed. VS Code loses that while it fetches a list for a tree that is just
 * being shown: where the answer and the word that the list is another one reach its window together, it shows that answer (`CustomTreeView`
 * keeps it as the children), while its extension host has let go of the rows (`ExtHostTreeView`). Whatever is told of them later is lost
 * too, until the list itself changes. What it heard of, it asks for.
 */
export class Unheard {
  /** What it has not asked for since it was told; null is the list at the top. */
  readonly #owed = new Set<TreeRow | null>();
  #sinceMs = 0;
  #patienceMs = firstPatienceMs;

  /** The editor is told of this. */
  told(change: TreeChange, roots: readonly TreeRow[], nowMs: number): void {
    const due = change === 'all' ? [null, ...roots] : change.filter(({ parent }) => parent === null);
    if (due.length === 0) return;
    if (change === 'all') this.#owed.clear();
    if (this.#owed.size === 0) this.#sinceMs = nowMs;
    for (const each of due) this.#owed.add(each);
  }

  /** The editor asks for this row, or (null) for the list at the top. */
  asked(row: TreeRow | null): void {
    this.#owed.delete(row);
    if (this.#owed.size === 0) this.#patienceMs = firstPatienceMs;
  }

  /** @returns whether it has to be told everything again. @param visible what is hidden is asked for when it is shown. */
  isLost(visible: boolean, nowMs: number): boolean {
    if (this.#owed.size === 0) return false;
    if (!visible) this.#sinceMs = nowMs;
    if (Math.abs(nowMs - this.#sinceMs) < this.#patienceMs) return false;
    this.#patienceMs = Math.min(2 * this.#patienceMs, longestPatienceMs);
    this.#sinceMs = nowMs;
    return true;
  }
}
