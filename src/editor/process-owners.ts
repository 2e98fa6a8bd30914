import * as vscode from 'vscode';
import type { ProcessOwners } from '../model/ports.ts';

/** Knows the first process of every terminal and of every running task, and so whose child a process is. */
export class EditorProcesses implements ProcessOwners, vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly terminals = new Map<number, vscode.Terminal>();
  private readonly tasks = new Map<number, vscode.TaskExecution>();
  private readonly failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
    this.subscriptions = [
      vscode.window.onDidOpenTerminal((terminal) => this.add(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => this.remove(terminal)),
      vscode.tasks.onDidStartTaskProcess(({ processId, execution }) => this.tasks.set(processId, execution)),
      vscode.tasks.onDidEndTaskProcess(({ execution }) => {
        // Two folders of a workspace may each have a task of this name.
        for (const [pid, running] of this.tasks) if (running === execution) this.tasks.delete(pid);
      }),
    ];
    for (const terminal of vscode.window.terminals) this.add(terminal);
  }

  ownerOf(pids: readonly number[]): string | null {
    // A task runs in a terminal too; its name says more.
    for (const pid of pids) {
      const task = this.tasks.get(pid);
      if (task !== undefined) return `the task “${task.task.name}”`;
    }
    for (const pid of pids) {
      const terminal = this.terminals.get(pid);
      if (terminal !== undefined) return `the terminal ${nameOf(terminal)}`;
    }
    return null;
  }

  private add(terminal: vscode.Terminal): void {
    terminal.processId.then((pid) => {
      if (pid !== undefined && terminal.exitStatus === undefined) this.terminals.set(pid, terminal);
    }, this.failed);
  }

  private remove(terminal: vscode.Terminal): void {
    for (const [pid, known] of this.terminals) if (known === terminal) this.terminals.delete(pid);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.terminals.clear();
    this.tasks.clear();
  }
}

/** The name of a tab changes with what runs in it; the shell and its place among the others stay. */
const nameOf = (terminal: vscode.Terminal): string => {
  const name = terminal.creationOptions.name ?? terminal.state.shell ?? terminal.name;
  const { terminals } = vscode.window;
  return terminals.length > 1 ? `“${name}” (${terminals.indexOf(terminal) + 1} of ${terminals.length})` : `“${name}”`;
};
