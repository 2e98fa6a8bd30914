import * as vscode from 'vscode';
import type { AppView } from '../model/view.ts';
import { statusText } from './text/status-text.ts';
import { isOutdated, type TooltipState, tooltipCommands, tooltipMarkdown, tooltipState } from './text/tooltip.ts';

/** The one status bar item. Written only where something changed, so that an open tooltip stays open. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private tooltip: TooltipState | null = null;
  private shown = { text: '', label: '', background: '', command: '' };

  constructor() {
    this.item = vscode.window.createStatusBarItem('sandboxForesight.status', vscode.StatusBarAlignment.Left, 50);
    this.item.name = 'Sandbox Foresight';
  }

  /** Shows `view` as it is at `nowMs` (epoch milliseconds). */
  update(view: AppView, nowMs: number): void {
    const { text, background, label } = statusText(view, nowMs);
    const tooltip = tooltipState(view, nowMs);
    const command = view.servers.length === 0 ? 'sandboxForesight.connect' : commandFor(view);
    if (text !== this.shown.text) this.item.text = text;
    if (label !== this.shown.label) this.item.accessibilityInformation = { label, role: 'button' };
    if (this.tooltip === null || isOutdated(this.tooltip, tooltip)) {
      this.tooltip = tooltip;
      const markdown = new vscode.MarkdownString(tooltipMarkdown(view, nowMs));
      markdown.isTrusted = { enabledCommands: [...tooltipCommands] };
      this.item.tooltip = markdown;
    }
    if (background !== this.shown.background) {
      this.item.backgroundColor =
        background === 'none' ? undefined : new vscode.ThemeColor(`statusBarItem.${background}Background`);
    }
    if (command !== this.shown.command) this.item.command = command;
    if (this.shown.text === '') this.item.show();
    this.shown = { text, label, background, command };
  }

  dispose(): void {
    this.item.dispose();
  }
}

function commandFor(view: AppView): string {
  if (view.currentId === null) return 'sandboxForesight.selectSandbox';
  const current = view.sandboxes.find((candidate) => candidate.sandbox.id === view.currentId);
  if (current?.level === 'warn' || current?.level === 'critical') return 'sandboxForesight.whatCanIDo';
  // "needs your answer": the question itself stands behind the bell by now.
  if (current?.link.state === 'needs-consent') return 'sandboxForesight.allowWatching';
  return 'sandboxForesight.showDetails';
}
