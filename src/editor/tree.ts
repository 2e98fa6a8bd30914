import * as vscode from 'vscode';
import type { Mute } from '../model/mute.ts';
import type { AppView } from '../model/view.ts';
import { treeModel } from './text/tree-model.ts';
import type { TreeNode } from './text/tree-node.ts';
import { type TreeChange, type TreeRow, TreeRows } from './tree-rows.ts';
import { Unheard } from './unheard.ts';

const viewId = 'sandboxForesight.sandboxes';

/**
 * The tree view of servers and sandboxes. Only the rows that changed are drawn anew, and a row stays the same object as long as it is there:
 * expansion, selection and focus stay, and a command arrives with the row it was called for.
 */
export class SandboxTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeRow[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly treeView: vscode.TreeView<TreeRow>;
  private readonly rows = new TreeRows();
  private readonly unheard = new Unheard();
  private warnings = 0;
  private filter = '';
  private message = '';
  private view: AppView | null = null;
  private mutes: readonly Mute[] = [];

  constructor() {
    this.treeView = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
  }

  /** Shows `view` as it is at `nowMs` (epoch milliseconds). */
  update(view: AppView, nowMs: number, mutes: readonly Mute[] = this.mutes): void {
    this.view = view;
    this.mutes = mutes;
    const model = treeModel(view, this.filter, nowMs, mutes);
    this.showFilter(model);
    const change = this.rows.update(model, nowMs);
    this.tell(this.unheard.isLost(this.treeView.visible, nowMs) ? 'all' : change, nowMs);
    this.showWarnings(view.sandboxes.filter(({ level }) => level === 'warn' || level === 'critical').length);
  }

  private tell(change: TreeChange, nowMs: number): void {
    this.unheard.told(change, this.rows.roots, nowMs);
    if (change === 'all') this.changed.fire(undefined);
    else if (change.length > 0) this.changed.fire([...change]);
  }

  /** What the rows are kept to; empty for all. */
  get wanted(): string {
    return this.filter;
  }

  /** The name of the view is cut in most side bars: a list that leaves something out says so itself. */
  private showFilter(model: readonly TreeNode[]): void {
    const text = this.filter.trim();
    const found = model.some(({ kind }) => kind === 'sandbox')
      ? `Only sandboxes that contain “${text}” are shown.`
      : `No sandbox contains “${text}”.`;
    // Where nothing is connected, the ways in are shown, and nothing is left out.
    const message = text === '' || model.length === 0 ? '' : found;
    if (message === this.message) return;
    this.message = message;
    this.treeView.message = message;
  }

  private showWarnings(count: number): void {
    if (count === this.warnings) return;
    this.warnings = count;
    const tooltip = count === 1 ? '1 sandbox is about to break' : `${count} sandboxes are about to break`;
    this.treeView.badge = count === 0 ? undefined : { value: count, tooltip };
  }

  /** Keeps only the sandboxes that contain `filter`; empty shows all. */
  setFilter(filter: string, nowMs: number): void {
    this.filter = filter;
    this.treeView.description = filter === '' ? '' : `filter: ${filter}`;
    if (this.view) this.update(this.view, nowMs);
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    this.unheard.asked(row);
    const { id, node, children } = row;
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, children.length === 0 ? None : node.expanded ? Expanded : Collapsed);
    item.id = id;
    item.description = node.description;
    item.contextValue = node.contextValue;
    item.tooltip = node.tooltip;
    item.accessibilityInformation = { label: node.accessibleLabel };
    item.iconPath = new vscode.ThemeIcon(
      node.icon,
      node.iconColor === null ? undefined : new vscode.ThemeColor(node.iconColor),
    );
    return item;
  }

  getChildren(row?: TreeRow): TreeRow[] {
    if (row === undefined) this.unheard.asked(null);
    return [...(row === undefined ? this.rows.roots : row.children)];
  }

  /** Lets the editor reveal a row whose parents it has not drawn yet. */
  getParent(row: TreeRow): TreeRow | null {
    return row.parent;
  }

  dispose(): void {
    this.treeView.dispose();
    this.changed.dispose();
  }
}
