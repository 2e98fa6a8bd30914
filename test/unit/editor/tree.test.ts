import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxTree } from '../../../src/editor/tree.ts';
import type { TreeRow } from '../../../src/editor/tree-rows.ts';
import type { AppView, SandboxView } from '../../../src/model/view.ts';
import { EditorTree } from '../../helpers/editor-tree.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';

interface Item {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly collapsibleState: number;
}

const treeView = vi.hoisted(() => ({ badges: [] as unknown[], description: '', message: '', visible: true }));

vi.mock('vscode', () => ({
  window: {
    createTreeView: () => ({
      set badge(badge: unknown) {
        treeView.badges.push(badge);
      },
      set description(text: string) {
        treeView.description = text;
      },
      set message(text: string) {
        treeView.message = text;
      },
      get visible() {
        return treeView.visible;
      },
      dispose: () => undefined,
    }),
  },
  EventEmitter: class {
    readonly listeners: ((rows: unknown) => void)[] = [];
    readonly event = (listener: (rows: unknown) => void) => this.listeners.push(listener);
    fire(rows: unknown): void {
      for (const listener of this.listeners) listener(rows);
    }
  },
  TreeItem: class {
    readonly label: string;
    readonly collapsibleState: number;
    constructor(label: string, collapsibleState: number) {
      this.label = label;
      this.collapsibleState = collapsibleState;
    }
  },
  ThemeIcon: class {},
  ThemeColor: class {},
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
}));

const itemOf = (tree: SandboxTree, row: TreeRow): Item => tree.getTreeItem(row) as unknown as Item;

/** A tree, an editor that shows it, and everything the tree told it. */
const opened = () => {
  const tree = new SandboxTree();
  const told: (readonly TreeRow[] | 'all')[] = [];
  const editor = new EditorTree<TreeRow>(
    (row) => tree.getChildren(row),
    (row) => {
      const { id, label, description, collapsibleState } = itemOf(tree, row);
      return { id, text: `${label} ${description}`, opensItself: collapsibleState === 2 };
    },
  );
  tree.onDidChangeTreeData((rows) => {
    const change = rows ?? 'all';
    told.push(change);
    editor.change(change);
  });
  return { tree, editor, told };
};

const named = (name: string, part: Partial<SandboxView> = {}): SandboxView =>
  sandboxView({ sandbox: sandbox({ id: name, name }), level: 'calm', leading: null, ...part });
const using = (pressure: number): Partial<SandboxView> => ({ forecasts: [memoryForecast({ pressure })] });
const idsOf = (change: readonly TreeRow[] | 'all' | undefined): unknown =>
  Array.isArray(change) ? change.map(({ id }: TreeRow) => id) : change;

beforeEach(() => {
  treeView.message = '';
  treeView.visible = true;
  treeView.badges.length = 0;
});

describe('a list that the editor has lost', () => {
  const down = (): AppView =>
    appView([named('mine')], { servers: [{ ...server(), state: 'down', problem: 'unreachable' }] });
  const stateOf = (editor: EditorTree<TreeRow>): string | undefined => editor.shown()[0]?.text;

  /** It shows the server as healthy, and hears of nothing. */
  const lost = () => {
    const all = opened();
    all.tree.update(appView([]), nowMs - 10_000);
    all.editor.losesTheList = true;
    all.tree.update(appView([named('mine')]), nowMs);
    all.editor.losesTheList = false;
    all.told.length = 0;
    return all;
  };

  it('is told again, so that it does not show what was for ever', () => {
    const { tree, editor, told } = lost();
    expect(editor.shown()).toHaveLength(1);
    for (const ms of [250, 500, 1_000, 4_750]) tree.update(down(), nowMs + ms);
    expect(told.map(idsOf)).toEqual([['server/openSandbox']]);
    expect(stateOf(editor)).not.toContain('unreachable');
    tree.update(down(), nowMs + 5_000);
    expect(told.map(idsOf)).toEqual([['server/openSandbox'], 'all']);
    expect(stateOf(editor)).toContain('unreachable');
    expect(editor.shown()).toHaveLength(2);
    for (const ms of [6_000, 15_000, 29_000]) tree.update(down(), nowMs + ms);
    expect(told).toHaveLength(2);
  });

  it('is told again more and more seldom where the editor is only slow', () => {
    const { tree, editor, told } = lost();
    editor.losesTheList = true;
    for (let second = 1; second <= 120; second += 1) tree.update(appView([named('mine')]), nowMs + second * 1000);
    expect(told.filter((change) => change === 'all')).toHaveLength(4);
  });

  it('is none while the tree is hidden: the editor asks when it shows it', () => {
    const { tree, told } = lost();
    treeView.visible = false;
    for (let second = 1; second <= 60; second += 1) tree.update(appView([named('mine')]), nowMs + second * 1000);
    const lists = () => told.filter((change) => change === 'all').length;
    expect(lists()).toBe(0);
    treeView.visible = true;
    tree.update(appView([named('mine')]), nowMs + 61_000);
    expect(lists()).toBe(0);
    tree.update(appView([named('mine')]), nowMs + 65_000);
    expect(lists()).toBe(1);
  });

  it('is found out also when a row at the top was not asked for', () => {
    const { tree, editor, told } = opened();
    tree.update(appView([named('mine')]), nowMs);
    told.length = 0;
    editor.forget();
    tree.update(down(), nowMs + 1_000);
    tree.update(down(), nowMs + 6_000);
    expect(told.map(idsOf)).toEqual([['server/openSandbox'], 'all']);
    expect(stateOf(editor)).toContain('unreachable');
  });
});

describe('the tree of sandboxes', () => {
  it('tells of the rows that changed, and of nothing when none did', () => {
    const { tree, editor, told } = opened();
    tree.update(appView([named('mine'), named('other')]), nowMs);
    tree.update(appView([named('mine'), named('other')]), nowMs);
    expect(told).toEqual(['all']);
    tree.update(appView([named('mine', using(0.8)), named('other')]), nowMs);
    expect(idsOf(told[1])).toEqual(['mine/signal/memory']);
    expect(editor.shown()[1]?.children?.[0]?.text).toContain('80%');
  });

  it('draws no row for its tooltip alone, unless that is half a minute old', () => {
    const { tree, told } = opened();
    const counting = (seconds: number) =>
      appView([
        named('mine', { forecasts: [memoryForecast({ timeToLimitMs: null, evidence: `level for ${seconds} s` })] }),
      ]);
    const memory = () => tree.getChildren(tree.getChildren()[1])[0];
    const tooltip = (): unknown => {
      const row = memory();
      return row && tree.getTreeItem(row).tooltip;
    };
    for (const seconds of [0, 1, 2, 29]) tree.update(counting(seconds), nowMs + seconds * 1000);
    expect(told).toEqual(['all']);
    for (const seconds of [30, 31, 59]) tree.update(counting(seconds), nowMs + seconds * 1000);
    expect(told.map(idsOf)).toEqual(['all', ['mine/signal/memory']]);
    expect(tooltip()).toContain('level for 59 s');
  });

  it('tells of a sandbox when rows come or go below it, and of everything only when sandboxes do', () => {
    const { tree, told } = opened();
    tree.update(appView([named('mine'), named('other')]), nowMs);
    const process = { pid: 412, parentPid: 1, name: 'node', rssBytes: 2 ** 28, ageMs: 1000, heapLimit: null };
    tree.update(appView([named('mine', { processes: [process] }), named('other')]), nowMs);
    tree.update(appView([named('mine', { processes: [process] })]), nowMs);
    expect(told.map(idsOf)).toEqual(['all', ['mine#open'], 'all']);
  });

  it('gives a command the row it was called for, while what the row shows changes', () => {
    const { tree, editor } = opened();
    tree.update(appView([named('mine'), named('other')]), nowMs);
    editor.open('other');
    const rows = () => ['other', 'other/signal/memory'].map((id) => editor.rowOf(id));
    const [row, signal] = rows();
    for (const pressure of [0.8, 0.81, 0.82]) {
      tree.update(appView([named('mine'), named('other', { ...using(pressure), level: 'warn' })]), nowMs);
      tree.update(appView([named('mine'), named('other', using(pressure))]), nowMs);
    }
    expect(rows()[0]).toBe(row);
    expect(rows()[1]).toBe(signal);
    expect([row?.sandboxId, signal?.sandboxId]).toEqual(['other', 'other']);
    expect(signal?.node.description).toContain('82%');
  });

  it('knows the row above each row, so that one can be revealed', () => {
    const { tree, editor } = opened();
    tree.update(appView([named('mine')]), nowMs);
    const memory = editor.rowOf('mine/signal/memory');
    const mine = editor.rowOf('mine#open');
    expect(memory && tree.getParent(memory)).toBe(mine);
    expect(mine && tree.getParent(mine)).toBeNull();
  });

  it('opens a sandbox that becomes the current one, and leaves the other ones as they are', () => {
    const { tree, editor, told } = opened();
    const both = [named('mine'), named('other')];
    tree.update(appView(both), nowMs);
    tree.update(appView(both, { currentId: 'other' }), nowMs);
    expect(told).toEqual(['all', 'all']);
    expect(editor.shown().map(({ id, children }) => [id, children !== null])).toEqual([
      ['server/openSandbox', false],
      ['mine', false],
      ['other#open', true],
    ]);
  });

  it('keeps no row of a sandbox that is gone', () => {
    const { tree, editor } = opened();
    for (let round = 0; round < 20; round += 1) {
      tree.update(appView([named('mine'), named(`brief-${round}`)]), nowMs);
      editor.open(`brief-${round}`);
    }
    tree.update(appView([named('mine')]), nowMs);
    const count = (rows: readonly TreeRow[]): number =>
      rows.reduce((sum, row) => sum + 1 + count(tree.getChildren(row)), 0);
    expect(count(tree.getChildren())).toBe(editor.size);
    expect(tree.getChildren().map(({ id }) => id)).toEqual(['server/openSandbox', 'mine#open']);
  });

  it('counts the sandboxes that are about to break, whether the filter shows them or not', () => {
    const { tree } = opened();
    tree.setFilter('mine', nowMs);
    const both = (level: SandboxView['level']) => appView([named('mine'), named('other', { level })]);
    for (const level of ['calm', 'warn', 'critical', 'calm'] as const) tree.update(both(level), nowMs);
    expect(treeView.badges).toEqual([{ value: 1, tooltip: '1 sandbox is about to break' }, undefined]);
    expect(treeView.description).toBe('filter: mine');
  });

  it('says above the rows what the filter leaves out, and when it leaves out everything', () => {
    const { tree } = opened();
    tree.update(appView([named('mine'), named('other')]), nowMs);
    expect([treeView.message, tree.wanted]).toEqual(['', '']);
    tree.setFilter('mine', nowMs);
    expect(treeView.message).toBe('Only sandboxes that contain “mine” are shown.');
    tree.update(appView([named('other')]), nowMs);
    expect(treeView.message).toBe('No sandbox contains “mine”.');
    expect(tree.wanted).toBe('mine');
    tree.update(appView([], { servers: [] }), nowMs);
    expect(treeView.message).toBe('');
    tree.update(appView([named('other')]), nowMs);
    tree.setFilter('', nowMs);
    expect(treeView.message).toBe('');
  });
});

describe('the tree of 200 sandboxes', () => {
  const names = Array.from({ length: 200 }, (_, at) => `sandbox-${at}`);
  /** Eight are measured; their memory is read once a second. */
  const fleet = (second: number) =>
    appView(names.map((name, at) => named(name, at < 8 ? using(0.5 + second / 100) : {})));

  it('draws only what a second brought, not all of it', () => {
    const { tree, editor, told } = opened();
    tree.update(fleet(0), nowMs);
    const drawnBefore = editor.drawn;
    tree.update(fleet(1), nowMs);
    expect(told[1]).toHaveLength(8);
    // Seven of these rows are below closed ones: the editor never asked for them.
    expect(editor.drawn - drawnBefore).toBe(1);
  });

  it('finds one by a part of its name', () => {
    const { tree, editor } = opened();
    tree.update(fleet(0), nowMs);
    tree.setFilter('box-137', nowMs);
    expect(editor.shown().map(({ id }) => id)).toEqual(['server/openSandbox', 'sandbox-137']);
    tree.setFilter('', nowMs);
    expect(editor.shown()).toHaveLength(201);
  });
});
