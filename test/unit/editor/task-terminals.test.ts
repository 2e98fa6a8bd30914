import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskSource } from '../../../src/editor/task-source.ts';
import { TaskTerminals } from '../../../src/editor/task-terminals.ts';
import { TerminalSource } from '../../../src/editor/terminal-source.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

type Listener = (event: unknown) => void;
const editor = vi.hoisted(() => ({ listeners: new Map<string, ((event: unknown) => void)[]>() }));

vi.mock('vscode', () => {
  const keeps = (name: string) => (listener: Listener) => {
    editor.listeners.set(name, [...(editor.listeners.get(name) ?? []), listener]);
    return { dispose: () => undefined };
  };
  return {
    window: {
      onDidStartTerminalShellExecution: keeps('command'),
      onDidEndTerminalShellExecution: keeps('command end'),
      onDidCloseTerminal: keeps('close'),
    },
    tasks: {
      onDidStartTask: keeps('task'),
      onDidStartTaskProcess: keeps('process'),
      onDidEndTaskProcess: keeps('process end'),
      onDidEndTask: keeps('task end'),
    },
    workspace: {},
    debug: { registerDebugAdapterTrackerFactory: () => ({ dispose: () => undefined }) },
    ShellExecution: class {
      readonly commandLine: string;
      constructor(commandLine: string) {
        this.commandLine = commandLine;
      }
    },
    ProcessExecution: class {},
    TerminalShellExecutionCommandLineConfidence: { Low: 0, Medium: 1, High: 2 },
  };
});
const { ShellExecution } = await import('vscode');

const fire = (name: string, event: unknown): void => {
  for (const listener of editor.listeners.get(name) ?? []) listener(event);
};

/** A terminal whose first process is told when the test says so. */
const aTerminal = () => {
  const known = Promise.withResolvers<number>();
  return { processId: known.promise as Promise<number | undefined>, known };
};

/** One command of a terminal, as the editor tells of it. */
const aCommand = (line: string, output: string, confidence = 2) => {
  const end = Promise.withResolvers<void>();
  const read = async function* () {
    yield output;
    await end.promise;
  };
  return { commandLine: { value: line, confidence }, cwd: undefined, read, end };
};

const aTask = (line: string) => ({ task: { name: 'build', execution: new ShellExecution(line) } });

let clock: FakeClock;
let tasks: TaskSource;
let terminals: TerminalSource;
let owners: TaskTerminals;

beforeEach(() => {
  editor.listeners.clear();
  clock = new FakeClock();
  const failed = (error: unknown): never => {
    throw error;
  };
  const sandboxId = () => 'here';
  tasks = new TaskSource({ sandboxId, clock, failed });
  owners = new TaskTerminals(clock);
  terminals = new TerminalSource({
    sandboxOf: sandboxId,
    ownerOf: (terminal) => owners.ownerOf(terminal),
    ofTask: (task, told) => tasks.told(task, told),
    now: () => clock.now(),
    failed,
  });
});
afterEach(() => expect(clock.pending).toBe(0));

/** Everything both tell. */
const events = async (): Promise<object[]> => {
  const all: object[] = [];
  for (const source of [tasks, terminals]) {
    source.dispose();
    for await (const event of source.events(new AbortController().signal)) all.push(event);
  }
  owners.dispose();
  return all;
};

const failure = 'src/a.ts(3,5): error TS2304: Cannot find name x.\r\n';

describe('a task whose terminal the editor reads', () => {
  const runs = async (line: string, command: ReturnType<typeof aCommand>, exitCode: number, terminal = aTerminal()) => {
    const execution = aTask(line);
    fire('task', { execution });
    fire('command', { terminal, execution: command });
    terminal.known.resolve(41);
    await settle();
    fire('process', { execution, processId: 41 });
    await settle();
    fire('process end', { execution, exitCode });
    fire('task end', { execution });
    await settle();
    return { terminal, execution };
  };

  it('that has no process delays nobody after two seconds', async () => {
    fire('task', { execution: aTask('none') });
    await clock.advance(2_000);
    const terminal = aTerminal();
    terminal.known.resolve(7);
    expect(await owners.ownerOf(terminal as never)).toEqual({ kind: 'person' });
    await events();
  });

  it('is one run and one error, with what it wrote', async () => {
    const command = aCommand('npm run build', failure);
    const { terminal } = await runs('npm run build', command, 2);
    command.end.resolve();
    fire('command end', { terminal, execution: command, exitCode: 2 });
    await settle();
    expect(await events()).toMatchObject([
      { kind: 'command-started', commandId: 'task-1', commandLine: 'npm run build' },
      { kind: 'command-ended', commandId: 'task-1', exitCode: 2 },
      { commandId: 'task-1', commandLine: 'npm run build', source: 'task', text: failure, exitCode: 2 },
    ]);
  });

  it('is told of with the line the shell ran, where its own has variables of the editor in it', async () => {
    const command = aCommand('make -C /srv/app', failure);
    await runs(`make -C \${workspaceFolder}`, command, 2);
    command.end.resolve();
    await settle();
    expect(await events()).toMatchObject([
      { kind: 'command-started', commandId: 'task-1', commandLine: 'make -C /srv/app' },
      { kind: 'command-ended', commandId: 'task-1' },
      { commandId: 'task-1', commandLine: 'make -C /srv/app', text: failure },
    ]);
  });

  it('is told of with the folder of its terminal, where the editor tells none of the task', async () => {
    const command = { ...aCommand('make', failure), cwd: { path: '/srv/app/web' } };
    await runs(`make \${workspaceFolder}`, command as never, 2);
    command.end.resolve();
    await settle();
    expect(await events()).toMatchObject([
      { kind: 'command-started', cwd: '/srv/app/web' },
      { kind: 'command-ended' },
      { commandLine: 'make', cwd: '/srv/app/web', text: failure },
    ]);
  });

  it('keeps its own line where the editor only guesses that of the terminal', async () => {
    const command = aCommand('Executing task: make', '\u001b[0m \r\n', 0);
    await runs('make all', command, 2);
    command.end.resolve();
    await settle();
    expect((await events()).at(-1)).toMatchObject({ commandLine: 'make all', text: 'Task build failed' });
  });

  it('is told of all the same when the editor does not tell the end of what its terminal shows', async () => {
    await runs('npm run build', aCommand('npm run build', failure), 2);
    await clock.advance(1_500);
    expect((await events()).at(-1)).toMatchObject({ commandId: 'task-1', text: failure, exitCode: 2 });
  });

  it('is known again in a terminal that is used once more, of which the editor still tells the process before', async () => {
    const first = aCommand('npm test', '');
    const { terminal } = await runs('npm test', first, 0);
    first.end.resolve();
    fire('command end', { terminal, execution: first, exitCode: 0 });
    const execution = aTask('npm test');
    const second = aCommand('npm test', failure);
    fire('task', { execution });
    fire('command', { terminal, execution: second });
    await settle();
    terminal.processId = Promise.resolve(42);
    fire('process', { execution, processId: 42 });
    await settle();
    fire('process end', { execution, exitCode: 1 });
    second.end.resolve();
    await settle();
    expect(await events()).toMatchObject([
      { kind: 'command-started', commandId: 'task-1' },
      { kind: 'command-ended', commandId: 'task-1', exitCode: 0 },
      { kind: 'command-started', commandId: 'task-2' },
      { kind: 'command-ended', commandId: 'task-2', exitCode: 1 },
      { commandId: 'task-2', source: 'task', text: failure },
    ]);
  });
});

describe('a task whose terminal the editor does not read', () => {
  it('is told of by its name', async () => {
    const execution = aTask('npm run build');
    fire('task', { execution });
    fire('process', { execution, processId: 41 });
    fire('process end', { execution, exitCode: 1 });
    await clock.advance(1_500);
    expect(await events()).toMatchObject([
      { kind: 'command-started', commandId: 'task-1' },
      { kind: 'command-ended', commandId: 'task-1' },
      { commandId: 'task-1', text: 'Task build failed' },
    ]);
  });
});

describe('what a person types', () => {
  const typed = async (): Promise<object[]> => {
    const terminal = aTerminal();
    terminal.known.resolve(7);
    const command = aCommand('npm test', failure);
    fire('command', { terminal, execution: command });
    await clock.advance(2_500);
    command.end.resolve();
    fire('command end', { terminal, execution: command, exitCode: 1 });
    await settle();
    return (await events()).filter((event) => 'commandId' in event && event.commandId === 'terminal-1');
  };
  const told = [
    { kind: 'command-started', commandLine: 'npm test' },
    { kind: 'command-ended', exitCode: 1 },
    { source: 'terminal', text: failure },
  ];

  it('is told of beside a task that runs', async () => {
    fire('task', { execution: aTask('npm run dev') });
    fire('process', { execution: aTask('npm run dev'), processId: 41 });
    expect(await typed()).toMatchObject(told);
  });

  it('is told of also while a task is started of which no process is ever told', async () => {
    fire('task', { execution: aTask('npm run dev') });
    expect(await typed()).toMatchObject(told);
  });
});
