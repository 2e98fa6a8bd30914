import * as vscode from 'vscode';

/** A day of saving every half minute would still fit into it. */
const most = 2_000;
/** Saving many files at once is one edit. */
const togetherMs = 500;

/** Remembers when files were saved, in this window and nowhere else: neither which ones nor what was in them. */
export class EditTimes implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;
  private times: number[] = [];

  constructor(now: () => number) {
    this.subscription = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      // Settings and the like are no work in a sandbox.
      if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) this.add(now());
    });
  }

  /** Epoch milliseconds, oldest first. */
  get moments(): readonly number[] {
    return this.times;
  }

  private add(atMs: number): void {
    const last = this.times.at(-1);
    if (last !== undefined && Math.abs(atMs - last) < togetherMs) this.times.pop();
    this.times.push(atMs);
    // Dropped in batches, because every removal at the front moves all others.
    if (this.times.length > most * 1.25) this.times = this.times.slice(-most);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
