import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { SandboxView } from '../model/view.ts';
import { isFixTerminal } from './error-fixes/run-here.ts';
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
  open({ sandbox, isHere }: SandboxView): vscode.Terminal {
    if (isHere) {
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

  /** Opens a shell in one of a sandbox's folders, as far as it can be brought there by a command that is safe to write. */
  openIn(view: SandboxView, folder: string): void {
    if (view.isHere) {
      vscode.window.createTerminal({ cwd: folder }).show();
      return;
    }
    const terminal = this.open(view);
    if (/^[\w./@%+=,-]{1,400}$/.test(folder)) terminal.sendText(`cd ${folder}`, false);
  }

  /**
   * @returns the sandbox in which a terminal's shell runs whose commands the editor tells of: the current one, if the editor
   * itself was found to run inside it. Terminals opened here tell of their commands themselves, those of a fix are
   * told by its outcome, and those of any other one are none of a sandbox's business.
   */
  sandboxOf(terminal: vscode.Terminal): string | null {
    if (this.opened.has(terminal) || isFixTerminal(terminal)) return null;
    const { currentId, currentInside } = this.supervisor.view;
    return currentInside ? currentId : null;
  }

  dispose(): void {
    this.subscription.dispose();
    this.opened.clear();
  }
}
