import * as vscode from 'vscode';
import type { AppView } from '../model/view.ts';
import { type TreeNode, treeModel } from './text/tree-model.ts';

const viewId = 'sandboxForesight.sandboxes';

/** The tree view of servers and sandboxes. */
export class SandboxTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly treeView: vscode.TreeView<TreeNode>;
  private roots: readonly TreeNode[] = [];
  private shown = '';
  private filter = '';
  private view: AppView | null = null;

  constructor() {
    this.treeView = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
  }

  /** Shows `view` as it is at `nowMs` (epoch milliseconds). Rows are redrawn only when one of them really changed. */
  update(view: AppView, nowMs: number): void {
    this.view = view;
    const roots = treeModel(view, this.filter, nowMs);
    const text = JSON.stringify(roots);
    if (text === this.shown) return;
    this.shown = text;
    this.roots = roots;
    this.changed.fire(undefined);
    const warnings = view.sandboxes.filter(({ level }) => level === 'warn' || level === 'critical').length;
    this.treeView.badge =
      warnings === 0
        ? undefined
        : {
            value: warnings,
            tooltip: warnings === 1 ? '1 sandbox is about to break' : `${warnings} sandboxes are about to break`,
          };
  }

  /** Keeps only the sandboxes that contain `filter`; empty shows all. */
  setFilter(filter: string, nowMs: number): void {
    this.filter = filter;
    this.treeView.description = filter === '' ? '' : `filter: ${filter}`;
    if (this.view) this.update(this.view, nowMs);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      node.label,
      node.children.length === 0 ? None : node.expanded ? Expanded : Collapsed,
    );
    // The editor keeps the first state of a row for ever; a sandbox that becomes the current one is to open all the same.
    item.id = node.expanded ? `${node.id}#open` : node.id;
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

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node === undefined ? this.roots : node.children)];
  }

  dispose(): void {
    this.treeView.dispose();
    this.changed.dispose();
  }
}
