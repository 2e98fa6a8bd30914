import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../../../src/editor/text/tree-node.ts';
import { type TreeRow, TreeRows } from '../../../src/editor/tree-rows.ts';
import { EditorTree, type ShownRow } from '../../helpers/editor-tree.ts';

interface Seed {
  readonly name: string;
  readonly label: string;
  readonly tooltip: string;
  readonly expanded: boolean;
  readonly children: readonly Seed[];
}

const names = fc.constantFrom('a', 'b', 'c', 'd');
const labels = fc.constantFrom('one', 'two');

const seeds = (depth: number): fc.Arbitrary<Seed[]> =>
  fc.uniqueArray(
    fc.record({
      name: names,
      label: labels,
      tooltip: labels,
      expanded: fc.boolean(),
      children: depth === 0 ? fc.constant([]) : seeds(depth - 1),
    }),
    { selector: ({ name }) => name, maxLength: 4 },
  );

/** A change of one row, found by going down the path as far as there are rows, or of the list it stands in. */
interface Edit {
  readonly path: readonly number[];
  readonly change: Partial<Seed> | { readonly add: string } | 'remove' | 'move';
}
const edits: fc.Arbitrary<Edit> = fc.record({
  path: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
  change: fc.oneof(
    labels.map((label) => ({ label })),
    labels.map((tooltip) => ({ tooltip })),
    fc.boolean().map((expanded) => ({ expanded })),
    fc.constantFrom('remove' as const, 'move' as const),
    fc.record({ add: names }),
  ),
});

function edit(list: readonly Seed[], { path: [at = 0, ...rest], change }: Edit): readonly Seed[] {
  const index = at % Math.max(1, list.length);
  const meant = list[index];
  if (meant === undefined || (rest.length === 0 && typeof change === 'object' && 'add' in change)) {
    const name = typeof change === 'object' && 'add' in change ? change.add : 'a';
    const fresh: Seed = { name, label: 'one', tooltip: 'one', expanded: false, children: [] };
    return list.some((one) => one.name === name) ? list : [...list, fresh];
  }
  if (rest.length > 0) return list.with(index, { ...meant, children: edit(meant.children, { path: rest, change }) });
  const others = list.filter((one) => one !== meant);
  if (change === 'remove') return others;
  return change === 'move' ? [meant, ...others] : list.with(index, { ...meant, ...change });
}

const grow = (from: readonly Seed[], below = ''): TreeNode[] =>
  from.map(({ name, label, tooltip, expanded, children }) => ({
    id: `${below}${name}`,
    kind: 'fact',
    label,
    description: '',
    icon: 'bug',
    iconColor: null,
    contextValue: 'fact',
    tooltip,
    accessibleLabel: label,
    sandboxId: below === '' ? name : below.slice(0, 1),
    pid: null,
    expanded,
    children: grow(children, `${below}${name}/`),
  }));

const trees = seeds(2);
/** A tree, and what became of it in a few small changes. */
const pairs = fc.tuple(trees, fc.array(edits, { maxLength: 4 })).map(([before, list]) => ({
  before: grow(before),
  after: grow(list.reduce(edit, before)),
}));
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ edit: edits }) },
    { weight: 1, arbitrary: fc.record({ tree: trees }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constantFrom('open' as const, 'close' as const),
        path: fc.array(names, { minLength: 1, maxLength: 3 }),
        itself: fc.boolean(),
      }),
    },
  ),
  { maxLength: 20 },
);

const lookOf = (node: TreeNode): string => [node.label, node.children.length > 0].join(' ');
const wholeOf = (node: TreeNode): string => `${lookOf(node)} ${node.tooltip}`;
/** Then a tooltip alone is reason enough to draw a row. */
const laterMs = 30_000;
const editorIdOf = ({ id, expanded }: TreeNode): string => (expanded ? `${id}#open` : id);
const built = (nodes: readonly TreeNode[], open: ReadonlySet<string>, textOf: (node: TreeNode) => string): ShownRow[] =>
  nodes.map((node) => {
    const id = editorIdOf(node);
    return { id, text: textOf(node), children: open.has(id) ? built(node.children, open, textOf) : null };
  });
const flat = (rows: readonly TreeRow[]): TreeRow[] => rows.flatMap((row) => [row, ...flat(row.children)]);
const pathOf = (row: TreeRow): string => `${row.parent === null ? '' : `${pathOf(row.parent)} > `}${row.id}`;
const editorOf = (rows: TreeRows, textOf: (node: TreeNode) => string): EditorTree<TreeRow> =>
  new EditorTree(
    (row) => (row === undefined ? rows.roots : row.children),
    ({ id, node }) => ({ id, text: textOf(node), opensItself: node.expanded }),
  );

describe('the rows of the tree', () => {
  it('are in the editor what they would be if it asked for all of them anew, whatever is open', () => {
    fc.assert(
      fc.property(trees, steps, (first, all) => {
        const rows = new TreeRows();
        const editors = [lookOf, wholeOf].map((textOf) => ({ textOf, editor: editorOf(rows, textOf) }));
        const [looks, whole] = editors;
        if (looks === undefined || whole === undefined) throw new Error('two editors');
        let tree: readonly Seed[] = first;
        let nowMs = 0;
        const update = (): void => {
          const change = rows.update(grow(tree), nowMs);
          for (const { editor } of editors) editor.change(change);
        };
        update();
        for (const step of all) {
          nowMs += 1000;
          if ('path' in step) {
            for (const { editor } of editors) editor[step.act](`${step.path.join('/')}${step.itself ? '#open' : ''}`);
          } else {
            tree = 'tree' in step ? step.tree : edit(tree, step.edit);
            update();
          }
          expect(looks.editor.shown()).toEqual(built(grow(tree), looks.editor.openIds, lookOf));
        }
        nowMs += laterMs;
        update();
        expect(whole.editor.shown()).toEqual(built(grow(tree), whole.editor.openIds, wholeOf));
      }),
      { numRuns: 300 },
    );
  });

  it('stay the same objects as long as they are there, and are forgotten when they are gone', () => {
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        const rows = new TreeRows();
        rows.update(before, 0);
        const old = new Map(flat(rows.roots).map((row) => [pathOf(row), row]));
        rows.update(after, 0);
        const now = flat(rows.roots);
        for (const row of now) {
          const known = old.get(pathOf(row));
          if (known !== undefined) expect(row).toBe(known);
          for (const child of row.children) expect(child.parent).toBe(row);
        }
        const count = (nodes: readonly TreeNode[]): number =>
          nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
        expect(now).toHaveLength(count(after));
      }),
    );
  });

  it('are told of once: none that did not change, none below another one, and none for its tooltip alone before it is old', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(1000, laterMs), ({ before, after }, nowMs) => {
        const rows = new TreeRows();
        rows.update(before, 0);
        const textOf = nowMs === laterMs ? wholeOf : lookOf;
        const seen = (row: TreeRow): string => `${textOf(row.node)} ${row.children.map(pathOf)}`;
        const looked = new Map(flat(rows.roots).map((row) => [row, seen(row)]));
        const change = rows.update(after, nowMs);
        if (change === 'all') return;
        for (const row of change) {
          expect(seen(row)).not.toBe(looked.get(row));
          for (let above = row.parent; above !== null; above = above.parent) expect(change).not.toContain(above);
        }
        expect(rows.update(structuredClone(after), nowMs)).toEqual([]);
      }),
    );
  });
});
