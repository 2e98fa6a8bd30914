import * as vscode from 'vscode';

/**
 * Runs the rest of its arguments, then waits, so that what they said can be read. A constant text: everything else arrives as arguments.
 * `$1` is what is said at the end.
 */
const script = 'said=$1; shift; "$@"; code=$?; printf "\\n[exit code %s] %s" "$code" "$said"; read -r _; exit "$code"';

/**
 * Runs a command in a terminal of its own, before the person's eyes. The arguments are handed over as they are: no shell of the person's
 * reads them, and nothing is typed.
 * @returns its exit code, told when the person has closed the terminal; null when it is not known, or was cancelled.
 */
export const runHere = (argv: readonly string[], title: string, signal: AbortSignal): Promise<number | null> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(null);
      return;
    }
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const terminal = vscode.window.createTerminal({
      name: title,
      shellPath: '/bin/sh',
      shellArgs: ['-c', script, 'foresight', 'Press Enter to close this terminal.', ...argv],
      iconPath: new vscode.ThemeIcon('lightbulb'),
      isTransient: true,
      ...(folder === undefined ? {} : { cwd: folder.uri }),
    });
    const stop = (): void => terminal.dispose();
    const subscription = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      subscription.dispose();
      signal.removeEventListener('abort', stop);
      const { exitStatus } = closed;
      // Closed by hand it did not end by itself.
      resolve(exitStatus?.reason === vscode.TerminalExitReason.User ? null : (exitStatus?.code ?? null));
    });
    signal.addEventListener('abort', stop, { once: true });
    terminal.show();
  });
