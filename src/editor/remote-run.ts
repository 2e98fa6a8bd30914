import * as vscode from 'vscode';

/**
 * Runs a program on the computer a remote window is connected with, in a terminal that is not shown: the editor has no other way to start one
 * there. The arguments are handed over as they are, without a shell in between.
 * @returns its exit code, null when it is not known.
 */
export const runInHiddenTerminal = (argv: readonly string[], signal: AbortSignal): Promise<number | null> =>
  new Promise((resolve) => {
    const [shellPath = '', ...shellArgs] = argv;
    if (signal.aborted || shellPath === '') {
      resolve(null);
      return;
    }
    const terminal = vscode.window.createTerminal({
      name: 'Sandbox Foresight',
      shellPath,
      shellArgs,
      hideFromUser: true,
      isTransient: true,
    });
    const stop = (): void => terminal.dispose();
    const subscription = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      subscription.dispose();
      signal.removeEventListener('abort', stop);
      resolve(closed.exitStatus?.code ?? null);
    });
    signal.addEventListener('abort', stop, { once: true });
  });
