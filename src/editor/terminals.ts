import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { SandboxView } from '../model/view.ts';
import { SandboxTerminal } from './sandbox-terminal.ts';

/** The terminals this extension opened, and which sandbox each terminal of the editor runs in. */
export class Terminals implements vscode.Disposable {
  private readonly supervisor: Supervisor;
  private readonly opened = new Map<vscode.Terminal, string>();
  private readonly subscription: vscode.Disposable;

  constructor(supervisor: Supervisor) {
    this.supervisor = supervisor;
    this.subscription = vscode.window.onDidCloseTerminal((terminal) => this.opened.delete(terminal));
  }

  /** Opens a shell inside a sandbox. */
  open({ sandbox }: SandboxView): void {
    const terminal = vscode.window.createTerminal({
      name: sandbox.name,
      iconPath: new vscode.ThemeIcon('vm-running'),
      pty: new SandboxTerminal((size, signal) => this.supervisor.openTerminal(sandbox.id, size, signal)),
    });
    this.opened.set(terminal, sandbox.id);
    terminal.show();
  }

  /**
   * @returns the sandbox a terminal's shell runs in: ours by record; any other one only when the editor itself
   * was found to run inside the current sandbox, else its commands are none of that sandbox's business.
   */
  sandboxOf(terminal: vscode.Terminal): string | null {
    const own = this.opened.get(terminal);
    if (own !== undefined) return own;
    const { currentId, currentInside } = this.supervisor.view;
    return currentInside ? currentId : null;
  }

  dispose(): void {
    this.subscription.dispose();
    this.opened.clear();
  }
}
