import { describe, expect, it } from 'vitest';
import { noPast, sandboxPage } from '../../../src/editor/dashboard/sandbox-state.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { TreeNode } from '../../../src/editor/text/tree-node.ts';
import { appView, memoryForecast, nowMs, sandboxView } from '../../helpers/views.ts';

const memory = memoryForecast();
const disk = memoryForecast({ signal: 'disk', grower: null });
const view = sandboxView({
  forecasts: [memory, disk],
  leading: disk,
  level: 'critical',
  signalLevels: { disk: 'warn', memory: 'critical' },
});

const flat = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap((each) => [each, ...flat(each.children)]);

describe('each signal shows the level of its own warning', () => {
  it('in the tree', () => {
    const rows = flat(treeModel(appView([view]), '', nowMs)).filter(({ kind }) => kind === 'signal');
    expect(rows.map(({ label, icon }) => [label, icon])).toEqual([
      ['Memory', 'flame'],
      ['Disk', 'warning'],
    ]);
  });

  it('on the page of the sandbox', () => {
    const { signals } = sandboxPage(view, true, noPast, nowMs);
    expect(signals.map(({ signal, level }) => [signal, level.icon])).toEqual([
      ['memory', 'flame'],
      ['disk', 'warning'],
    ]);
  });
});
