import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { SandboxView } from '../model/view.ts';
import { SandboxTerminal } from './sandbox-terminal.ts';
import type { ShellCommand } from './shell-marks.ts';

/** Makes a listener for the commands of one new terminal in a sandbox. */
type Listen = (sandboxId: string) => (command: ShellCommand) => void;

/** The terminals this extension opened, and which sandbox each other terminal of the editor runs in. */
export class Terminals implements vscode.Disposable {
  private readonly supervisor: Supervisor;
  private readonly listen: Listen;
  private readonly opened = new Set<vscode.Terminal>();
  private readonly subscription: vscode.Disposable;

  constructor(supervisor: Supervisor, listen: Listen) {
    this.supervisor = supervisor;
    this.listen = listen;
    this.subscription = vscode.window.onDidCloseTerminal((terminal) => this.opened.delete(terminal));
  }

  /** Opens a shell inside a sandbox; where the editor itself runs, one of the editor's own. */
  open({ sandbox }: SandboxView): vscode.Terminal {
    if (sandbox.provider === 'local') {
      const here = vscode.window.createTerminal();
      here.show();
      return here;
    }
    const terminal = vscode.window.createTerminal({
      name: sandbox.name,
      iconPath: new vscode.ThemeIcon('vm-running'),
      pty: new SandboxTerminal(
        (size, signal) => this.supervisor.openTerminal(sandbox.id, size, signal),
        this.listen(sandbox.id),
      ),
    });
    this.opened.add(terminal);
    terminal.show();
    return terminal;
  }

  /**
   * @returns the sandbox in which a terminal's shell runs whose commands the editor tells of: the current one, if the editor
   * itself was found to run inside it. Terminals opened here tell of their commands themselves, and those of any other
   * one are none of a sandbox's business.
   */
  sandboxOf(terminal: vscode.Terminal): string | null {
    if (this.opened.has(terminal)) return null;
    const { currentId, currentInside } = this.supervisor.view;
    return currentInside ? currentId : null;
  }

  dispose(): void {
    this.subscription.dispose();
    this.opened.clear();
  }
}
