import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxTerminal } from '../../../src/editor/sandbox-terminal.ts';
import { markingLine, type ShellCommand } from '../../../src/editor/shell-marks.ts';
import type { TerminalSession } from '../../../src/model/ports.ts';
import { Problem } from '../../../src/model/problem.ts';
import { FakeQueue } from '../../helpers/fake-queue.ts';

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly listeners: ((value: unknown) => void)[] = [];
    readonly event = (listener: (value: unknown) => void) => {
      this.listeners.push(listener);
      return { dispose: () => undefined };
    };
    fire(value: unknown): void {
      for (const listener of this.listeners) listener(value);
    }
  },
}));

const setUp = () => {
  const written: string[] = [];
  const output = new FakeQueue<Uint8Array>(new AbortController().signal);
  const session: TerminalSession = {
    output,
    exited: new Promise(() => undefined),
    write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
    resize: () => undefined,
    close: () => Promise.resolve(),
  };
  let connected: (session: TerminalSession) => void = () => undefined;
  const opening = new Promise<TerminalSession>((resolve) => {
    connected = resolve;
  });
  const heard: ShellCommand[] = [];
  const terminal = new SandboxTerminal(
    () => opening,
    (command) => heard.push(command),
  );
  const shown: string[] = [];
  terminal.onDidWrite((text) => shown.push(text));
  terminal.open({ columns: 80, rows: 24 });
  return {
    terminal,
    written,
    shown,
    heard,
    output,
    connect: async () => {
      connected(session);
      await vi.advanceTimersByTimeAsync(0);
    },
    say: async (text: string) => {
      output.push(new TextEncoder().encode(text));
      await vi.advanceTimersByTimeAsync(0);
    },
  };
};

describe('what is typed before the shell is there', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('reaches it after the marking line, in order', async () => {
    const { terminal, written, connect, say } = setUp();
    terminal.handleInput('npm ');
    await connect();
    terminal.handleInput('ci');
    expect(written).toEqual([]);
    await say('bash$ ');
    terminal.handleInput('\r');
    expect(written).toEqual([markingLine, 'npm ci', '\r']);
  });

  it('reaches a shell that says nothing, too', async () => {
    const { terminal, written, shown, connect, say } = setUp();
    terminal.handleInput('ls');
    await connect();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(written).toEqual(['ls']);
    terminal.handleInput('\r');
    await say('a.txt');
    expect(written).toEqual(['ls', '\r']);
    expect(shown).toEqual(['a.txt']);
  });

  it('does not keep a shell that is slow to speak from telling its commands', async () => {
    const { terminal, written, connect, say } = setUp();
    await connect();
    await vi.advanceTimersByTimeAsync(5_000);
    await say('bash$ ');
    terminal.handleInput('ls');
    expect(written).toEqual([markingLine, 'ls']);
  });

  it('is kept up to a bound, and the person is told when something is lost', async () => {
    const { terminal, written, shown, connect, say } = setUp();
    terminal.handleInput('x'.repeat(60_000));
    terminal.handleInput('y'.repeat(60_000));
    terminal.handleInput('z');
    await connect();
    await say('bash$ ');
    expect(written).toEqual([markingLine, 'x'.repeat(60_000)]);
    expect(shown.join('').match(/too much was typed/g)).toHaveLength(1);
  });
});

describe('a command that still runs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const mark = (text: string): string => `\u001b]633;${text}\u0007`;
  const running = async () => {
    const stand = setUp();
    await stand.connect();
    await stand.say(`$ ${mark('P;SandboxForesight=1')}${mark('E;npm start')}${mark('C')}listening`);
    return stand;
  };
  const kinds = (heard: readonly ShellCommand[]): readonly unknown[] =>
    heard.map((command) => [command.kind, command.kind === 'ended' ? command.exitCode : command.commandLine]);

  it('has ended, nobody knows how, when the terminal is closed', async () => {
    const { terminal, output, heard } = await running();
    terminal.close();
    output.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(kinds(heard)).toEqual([
      ['started', 'npm start'],
      ['ended', null],
    ]);
  });

  it('has ended when its shell is gone', async () => {
    const { output, heard } = await running();
    output.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(kinds(heard).at(-1)).toEqual(['ended', null]);
  });

  it('may go on when only the connection is lost', async () => {
    const { output, heard, shown } = await running();
    output.fail(new Problem('reset', 'cut'));
    await vi.advanceTimersByTimeAsync(0);
    expect(kinds(heard)).toEqual([['started', 'npm start']]);
    expect(shown.join('')).toContain('The connection to the sandbox was lost.');
  });
});
