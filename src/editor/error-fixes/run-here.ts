import * as vscode from 'vscode';

/**
 * Runs the rest of its arguments, then waits, so that what they said can be read. A constant text: everything else arrives as arguments.
 * `$1` is what is said at the end, `$2` the command as it is told to the editor. The marks (VS Code's OSC 633) tell the editor where the command begins and how it ended.
 */
const script = [
  'said=$1; told=$2; shift 2',
  'printf "\\033]633;A\\007\\033]633;B\\007\\033]633;E;%s\\007\\033]633;C\\007" "$told"',
  '"$@"; code=$?',
  'printf "\\033]633;D;%s\\007\\n[exit code %s] %s" "$code" "$code" "$said"',
  'read -r _; exit "$code"',
].join('; ');

/** The terminals of fixes that still run. */
const fixTerminals = new WeakSet<vscode.Terminal>();

/** Whether a terminal was opened for one fix: what runs in it is told by the outcome of the fix. */
export const isFixTerminal = (terminal: vscode.Terminal): boolean => fixTerminals.has(terminal);

/** As the editor wants it in a mark: what would end or divide it is written as a number. */
const marked = (title: string): string =>
  title.replace(/[\\;\p{Cc}]/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);

/**
 * Runs a command in a terminal of its own, before the person's eyes. The arguments are handed over as they are: no shell of the person's
 * reads them, and nothing is typed.
 * @returns its exit code, told as soon as the command has ended; where the editor does not read the marks, when the person has closed the
 * terminal. Null when it is not known, or was cancelled.
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
      shellArgs: ['-c', script, 'foresight', 'Press Enter to close this terminal.', marked(title), ...argv],
      iconPath: new vscode.ThemeIcon('lightbulb'),
      isTransient: true,
      ...(folder === undefined ? {} : { cwd: folder.uri }),
    });
    fixTerminals.add(terminal);
    const stop = (): void => terminal.dispose();
    const subscriptions: vscode.Disposable[] = [];
    const tell = (code: number | null): void => {
      for (const each of subscriptions) each.dispose();
      signal.removeEventListener('abort', stop);
      resolve(code);
    };
    subscriptions.push(
      vscode.window.onDidEndTerminalShellExecution((ended) => {
        // The terminal stays open, so that what the command said can be read.
        if (ended.terminal === terminal && ended.exitCode !== undefined) tell(ended.exitCode);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed !== terminal) return;
        const { exitStatus } = closed;
        // Closed by hand it did not end by itself.
        tell(exitStatus?.reason === vscode.TerminalExitReason.User ? null : (exitStatus?.code ?? null));
      }),
    );
    signal.addEventListener('abort', stop, { once: true });
    terminal.show();
  });
