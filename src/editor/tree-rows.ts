import type { TreeNode } from './text/tree-node.ts';

/**
 * One row as the editor knows it: the same object as long as the row is there, whatever it shows. The editor finds its rows by their objects;
 * a command that comes from a row whose object was replaced meanwhile comes without it.
 */
export interface TreeRow {
  /** Unique in the tree, and what the editor keeps selection, focus and expansion by. */
  readonly id: string;
  readonly sandboxId: string | null;
  readonly pid: number | null;
  /** null at the top. */
  readonly parent: TreeRow | null;
  /** What it shows now. */
  readonly node: TreeNode;
  readonly children: readonly TreeRow[];
}

/** What the editor is to be told: the rows to draw anew with all that is below them, or that the list at the top is another one. */
export type TreeChange = readonly TreeRow[] | 'all';

/** `told` is what the editor was last asked to draw, at `toldAtMs`. */
type Row = { -readonly [Key in Exclude<keyof TreeRow, 'children'>]: TreeRow[Key] } & {
  children: readonly Row[];
  told: TreeNode;
  toldAtMs: number;
  /** With this, the row and all below it are as the editor was told; null while it is to be told more. */
  settled: TreeNode | null;
};

/** A tooltip tells of seconds and single files. That alone is no reason to draw a row at every reading: it may be this old, as in the status bar. */
const tooltipEveryMs = 30_000;

// The editor keeps the first expansion of a row for ever; a sandbox that becomes the current one is to open all the same, as a row of its own.
const idOf = ({ id, expanded }: TreeNode): string => (expanded ? `${id}#open` : id);

/** The rows of the tree, and what changed in them from one reading to the next. Rows that are gone are forgotten. */
export class TreeRows {
  #roots: readonly Row[] = [];

  get roots(): readonly TreeRow[] {
    return this.#roots;
  }

  /**
   * @param nowMs epoch milliseconds.
   * @returns the rows whose look or whose list of children changed, none of them below another one; empty when nothing did.
   */
  update(nodes: readonly TreeNode[], nowMs: number): TreeChange {
    const before = this.#roots;
    const changed: Row[] = [];
    this.#roots = merge(nodes, before, null, changed, nowMs);
    const all = !sameRows(before, this.#roots);
    tell(all ? this.#roots : changed, nowMs);
    return all ? 'all' : changed;
  }
}

const sameRows = (before: readonly TreeRow[], after: readonly TreeRow[]): boolean =>
  before.length === after.length && before.every((row, at) => row === after[at]);

function tell(rows: readonly Row[], nowMs: number): void {
  for (const row of rows) {
    row.told = row.node;
    row.toldAtMs = nowMs;
    tell(row.children, nowMs);
  }
}

const looks = (node: TreeNode): readonly (keyof TreeNode)[] =>
  (Object.keys(node) as (keyof TreeNode)[]).filter((key) => key !== 'children');

const isDrawnRight = (row: Row, nowMs: number): boolean => {
  const { told, node, toldAtMs } = row;
  if (told === node) return true;
  const other = looks(node).filter((key) => told[key] !== node[key]);
  if (other.length === 0) row.told = node;
  return other.every((key) => key === 'tooltip' && Math.abs(nowMs - toldAtMs) < tooltipEveryMs);
};

/** Brings `before` up to date. Those that were there already and are to be drawn anew are added to `changed`. */
function merge(
  nodes: readonly TreeNode[],
  before: readonly Row[],
  parent: TreeRow | null,
  changed: Row[],
  nowMs: number,
): readonly Row[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const rows = new Map<string, Row>();
  for (const node of nodes) {
    const id = idOf(node);
    // Two rows of one id would be one row to the editor, in two places.
    if (rows.has(id)) continue;
    const { sandboxId, pid } = node;
    const row: Row = known.get(id) ?? {
      ...{ id, sandboxId, pid, parent, node, children: [] },
      ...{ told: node, toldAtMs: nowMs, settled: null },
    };
    rows.set(id, row);
    if (row.settled === node) continue;
    const children = row.children;
    const below: Row[] = [];
    row.node = node;
    row.children = merge(node.children, children, row, below, nowMs);
    row.settled = null;
    if (!known.has(id)) continue;
    const isRight = isDrawnRight(row, nowMs) && sameRows(children, row.children);
    if (isRight) changed.push(...below);
    else changed.push(row);
    if (isRight && row.told === node && row.children.every((each) => each.settled === each.node)) row.settled = node;
  }
  return [...rows.values()];
}
