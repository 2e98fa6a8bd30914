import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Terminal as EditorTerminal } from 'vscode';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { isFixTerminal, runHere } from '../../../src/editor/error-fixes/run-here.ts';
import { CommandReader } from '../../../src/editor/shell-marks.ts';
import { Terminals } from '../../../src/editor/terminals.ts';
import { appView, sandboxView } from '../../helpers/views.ts';

interface Terminal {
  readonly options: { readonly shellPath: string; readonly shellArgs: readonly string[] };
  exitStatus: { readonly code: number | undefined; readonly reason: number } | undefined;
  show(): void;
  dispose(): void;
}
interface Ended {
  readonly terminal: Terminal;
  readonly exitCode: number | undefined;
}
const editor = vi.hoisted(() => ({
  terminals: [] as Terminal[],
  close: null as ((terminal: Terminal) => void) | null,
  ends: new Set<(event: Ended) => void>(),
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
    onDidEndTerminalShellExecution: (listener: (event: Ended) => void) => {
      editor.ends.add(listener);
      return { dispose: () => editor.ends.delete(listener) };
    },
  },
  workspace: {},
  ThemeIcon: class {},
  TerminalExitReason: { User: 3 },
}));

const started = (argv: readonly string[], signal = new AbortController().signal, title = 'Run it again') => {
  const code = runHere(argv, title, signal);
  const terminal = editor.terminals.at(-1);
  if (terminal === undefined) throw new Error('no terminal');
  const really = () =>
    spawnSync(terminal.options.shellPath, terminal.options.shellArgs, { input: '\n', encoding: 'utf8' });
  return { code, terminal, really };
};

const end = (terminal: Terminal, exitCode: number | undefined): void => {
  for (const listener of [...editor.ends]) listener({ terminal, exitCode });
};

beforeEach(() => {
  editor.terminals.length = 0;
  editor.close = null;
  editor.ends.clear();
});

describe('a command run where the editor is', () => {
  it('gets its arguments as they are, shows what it says, and keeps its exit code', () => {
    const hostile = ['$(id)', "'; id; '", '`id`', 'two words', '-n', '*', ''];
    const { really } = started(['printf', '<%s>', ...hostile]);
    const result = really();
    expect(result.stdout).toContain(hostile.map((word) => `<${word}>`).join(''));
    expect(result.stdout).toContain('[exit code 0] Press Enter');
    const failed = started(['sh', '-c', 'exit 7']).really();
    expect([failed.status, failed.stdout.includes('[exit code 7]')]).toEqual([7, true]);
  });

  it('marks for the editor where the command begins and how it ended, whatever it is called', () => {
    for (const title of ['Run it again', 'a;b\\c', '%s%n$(id)', 'bell\u0007 and \u001b]633;D;0\u0007 more']) {
      const { stdout } = started(['sh', '-c', 'echo said; exit 7'], undefined, title).really();
      const told = new CommandReader().take(stdout);
      expect(told).toEqual([
        { kind: 'started', commandLine: title, cwd: null },
        { kind: 'ended', commandLine: title, exitCode: 7, output: 'said\n' },
      ]);
    }
  });

  it('tells its exit code as soon as it has ended, while its terminal stays open', async () => {
    const { code, terminal } = started(['true']);
    const other = started(['true']);
    expect([terminal, other.terminal].map((each) => isFixTerminal(each as unknown as EditorTerminal))).toEqual([
      true,
      true,
    ]);
    end(other.terminal, 7);
    expect(await other.code).toBe(7);
    // Not known: there may still be one when the terminal is closed.
    end(terminal, undefined);
    expect(editor.ends.size).toBe(1);
    end(terminal, 3);
    expect(await code).toBe(3);
    expect([editor.ends.size, editor.close]).toEqual([0, null]);
  });

  it('tells it when its terminal is closed by itself, where the editor reads no marks', async () => {
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

  it('is not ended any more by a cancel that comes after its end', async () => {
    const abort = new AbortController();
    const { code, terminal } = started(['true'], abort.signal);
    const dispose = vi.spyOn(terminal, 'dispose');
    end(terminal, 0);
    expect(await code).toBe(0);
    abort.abort();
    expect(dispose).not.toHaveBeenCalled();
  });
});

describe('the terminals of a sandbox', () => {
  it('are those of the editor within it, and not those of a fix, whose outcome tells of it', () => {
    const view = appView([sandboxView()], { currentInside: true });
    const terminals = new Terminals({ view } as Partial<Supervisor> as Supervisor, () => () => undefined);
    const { terminal } = started(['true']);
    expect(terminals.sandboxOf({} as EditorTerminal)).toBe(view.currentId);
    expect(terminals.sandboxOf(terminal as unknown as EditorTerminal)).toBeNull();
    terminals.dispose();
  });
});
