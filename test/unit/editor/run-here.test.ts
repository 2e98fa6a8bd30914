import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runHere } from '../../../src/editor/error-fixes/run-here.ts';

interface Terminal {
  readonly options: { readonly shellPath: string; readonly shellArgs: readonly string[] };
  exitStatus: { readonly code: number | undefined; readonly reason: number } | undefined;
  show(): void;
  dispose(): void;
}
const editor = vi.hoisted(() => ({
  terminals: [] as Terminal[],
  close: null as ((terminal: Terminal) => void) | null,
}));

vi.mock('vscode', () => ({
  window: {
    createTerminal: (options: Terminal['options']) => {
      const terminal: Terminal = {
        options,
        exitStatus: undefined,
        show: () => undefined,
        dispose: () => editor.close?.(terminal),
      };
      editor.terminals.push(terminal);
      return terminal;
    },
    onDidCloseTerminal: (listener: (terminal: Terminal) => void) => {
      editor.close = listener;
      return { dispose: () => (editor.close = null) };
    },
  },
  workspace: {},
  ThemeIcon: class {},
  TerminalExitReason: { User: 3 },
}));

const started = (argv: readonly string[], signal = new AbortController().signal) => {
  const code = runHere(argv, 'Run it again', signal);
  const terminal = editor.terminals.at(-1);
  if (terminal === undefined) throw new Error('no terminal');
  const really = () =>
    spawnSync(terminal.options.shellPath, terminal.options.shellArgs, { input: '\n', encoding: 'utf8' });
  return { code, terminal, really };
};

beforeEach(() => {
  editor.terminals.length = 0;
  editor.close = null;
});

describe('a command run where the editor is', () => {
  it('gets its arguments as they are, shows what it says, and keeps its exit code', () => {
    const hostile = ['$(id)', "'; id; '", '`id`', 'two words', '-n', '*', ''];
    const { really } = started(['printf', '<%s>', ...hostile]);
    const result = really();
    expect(result.stdout.split('\n')[0]).toBe(hostile.map((word) => `<${word}>`).join(''));
    expect(result.stdout).toContain('[exit code 0] Press Enter');
    const failed = started(['sh', '-c', 'exit 7']).really();
    expect([failed.status, failed.stdout.includes('[exit code 7]')]).toEqual([7, true]);
  });

  it('tells its exit code when its terminal is closed by itself', async () => {
    const { code, terminal } = started(['true']);
    terminal.exitStatus = { code: 7, reason: 2 };
    editor.close?.(terminal);
    expect(await code).toBe(7);
    expect(editor.close).toBeNull();
  });

  it('tells nothing of one the person closed, or that was cancelled', async () => {
    const closed = started(['true']);
    closed.terminal.exitStatus = { code: 1, reason: 3 };
    editor.close?.(closed.terminal);
    expect(await closed.code).toBeNull();
    const abort = new AbortController();
    const cancelled = started(['true'], abort.signal);
    abort.abort();
    expect(await cancelled.code).toBeNull();
    expect(await runHere(['true'], 'x', abort.signal)).toBeNull();
    expect(editor.terminals).toHaveLength(2);
  });
});
