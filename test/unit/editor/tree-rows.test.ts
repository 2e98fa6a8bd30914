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

  it('are told all the same where a node is the same one as before and was not told yet', () => {
    const rows = new TreeRows();
    const tooltip = (text: string) => [row('a', '1', [{ ...row('b', '1'), tooltip: text }])];
    rows.update(tooltip('old'), nowMs);
    const next = tooltip('new');
    expect(rows.update(next, nowMs + 1_000)).toEqual([]);
    expect(rows.update(next, nowMs + 2_000)).toEqual([]);
    expect(rows.update(next, nowMs + 31_000)).toMatchObject([{ id: 'b' }]);
    for (let turn = 0; turn < 3; turn += 1) expect(rows.update(next, nowMs + 90_000)).toEqual([]);
    expect(rows.update(tooltip('newer'), nowMs + 180_000)).toMatchObject([{ id: 'b' }]);
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
