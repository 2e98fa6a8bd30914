import { describe, expect, it } from 'vitest';
import { node, type TreeNode } from '../../../src/editor/text/tree-node.ts';
import { TreeRows } from '../../../src/editor/tree-rows.ts';
import { nowMs } from '../../helpers/views.ts';

const row = (id: string, description: string, children: readonly TreeNode[] = []): TreeNode =>
  node({ id, kind: 'fact', label: id, icon: 'info', contextValue: 'fact', description, children });

describe('the rows of the tree', () => {
  it('are told once: what is below a row that is drawn anew is drawn with it', () => {
    const rows = new TreeRows();
    const shown = (own: string, below: string) => [row('a', own, [row('b', below, [row('c', below)])])];
    expect(rows.update(shown('1', '1'), nowMs)).toBe('all');
    expect(rows.update(shown('2', '2'), nowMs)).toMatchObject([{ id: 'a' }]);
    expect(rows.update(shown('2', '2'), nowMs)).toEqual([]);
    expect(rows.update(shown('2', '3'), nowMs)).toMatchObject([{ id: 'b' }]);
  });

  it('are one for each id, the first', () => {
    const rows = new TreeRows();
    rows.update([row('a', 'first', [row('b', 'first'), row('b', 'second')]), row('a', 'second')], nowMs);
    expect(rows.roots.map(({ node: { description }, children }) => [description, children.length])).toEqual([
      ['first', 1],
    ]);
    expect(rows.roots[0]?.children[0]?.node.description).toBe('first');
  });
});
