import * as vscode from 'vscode';
import type { TerminalEnvironment } from '../app/contracts.ts';
import type { TerminalVariable } from '../model/terminal-limits.ts';

/** The environment that this extension gives to new terminals of the editor. */
export class EditorTerminalEnvironment implements TerminalEnvironment {
  private readonly collection: vscode.GlobalEnvironmentVariableCollection;

  constructor(collection: vscode.GlobalEnvironmentVariableCollection) {
    this.collection = collection;
  }

  /** Whether anything was set and not taken back. */
  get isSet(): boolean {
    return [...this.collection].length > 0;
  }

  set(variables: readonly TerminalVariable[]): void {
    this.collection.description = 'Limits set with Sandbox Foresight';
    for (const { name, value, appended } of variables) {
      if (appended) this.collection.append(name, value);
      else this.collection.replace(name, value);
    }
  }

  get(name: string): string | null {
    return this.collection.get(name)?.value ?? null;
  }

  open(): void {
    vscode.window.createTerminal().show();
  }

  /** Takes back everything that was set. */
  clear(): void {
    this.collection.clear();
  }
}
