import { beforeEach, expect, it, vi } from 'vitest';
import { TerminalSource } from '../../../src/editor/terminal-source.ts';
import { settle } from '../../helpers/fake-clock.ts';
import { nowMs } from '../../helpers/views.ts';

type Listener = (event: unknown) => void;
const editor = vi.hoisted(() => ({
  started: null as Listener | null,
  ended: null as Listener | null,
  closed: null as Listener | null,
}));

vi.mock('vscode', () => {
  const keeps = (name: keyof typeof editor) => (listener: Listener) => {
    editor[name] = listener;
    return { dispose: () => undefined };
  };
  return {
    window: {
      onDidStartTerminalShellExecution: keeps('started'),
      onDidEndTerminalShellExecution: keeps('ended'),
      onDidCloseTerminal: keeps('closed'),
    },
  };
});

/** A command of a terminal that never says a word and, as in the editor, never ends its output when the terminal is closed. */
const execution = (line: string) => ({
  commandLine: { value: line },
  cwd: undefined,
  read: async function* () {
    await new Promise(() => undefined);
  },
});

let source: TerminalSource;
beforeEach(() => {
  const failed = (error: unknown): never => {
    throw error;
  };
  const ownerOf = async () => ({ kind: 'person' }) as const;
  source = new TerminalSource({ sandboxOf: () => 'a', ownerOf, ofTask: failed, now: () => nowMs, failed });
});

it('tells the end of what ran in a terminal that was closed, of which the editor says nothing', async () => {
  const terminal = { name: 'bash' };
  editor.started?.({ terminal, execution: execution('npm run dev') });
  editor.started?.({ terminal: { name: 'other' }, execution: execution('npm test') });
  editor.closed?.(terminal);
  editor.closed?.(terminal);
  await settle();
  source.dispose();
  const events = [];
  for await (const event of source.events(new AbortController().signal)) events.push(event);
  expect(events).toMatchObject([
    { kind: 'command-started', commandId: 'terminal-1', commandLine: 'npm run dev' },
    { kind: 'command-started', commandId: 'terminal-2', commandLine: 'npm test' },
    { kind: 'command-ended', commandId: 'terminal-1', exitCode: null },
  ]);
  expect(events).toHaveLength(3);
});

it('tells the folder that a shell in a sandbox was in, and the end with the command it belongs to', async () => {
  const take = source.listener('a');
  const command = { commandLine: 'false' };
  take({ ...command, kind: 'started', cwd: '/srv/a' });
  take({ ...command, kind: 'ended', exitCode: 1, output: 'no' });
  take({ ...command, kind: 'started', cwd: null });
  source.dispose();
  const events = [];
  for await (const event of source.events(new AbortController().signal)) events.push(event);
  const commands = events.filter((event) => 'kind' in event);
  expect(commands).toMatchObject([
    { kind: 'command-started', commandId: 'terminal-1', cwd: '/srv/a' },
    { kind: 'command-ended', commandId: 'terminal-1', exitCode: 1 },
    { kind: 'command-started', commandId: 'terminal-2', cwd: null },
  ]);
});
