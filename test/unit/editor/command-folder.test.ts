import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskSource } from '../../../src/editor/task-source.ts';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import type { CommandEnded, CommandStarted } from '../../../src/model/events.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

interface Folder {
  readonly name: string;
  readonly uri: { readonly scheme: string; readonly path: string };
}
type Tracker = (session: unknown) => { onDidSendMessage(message: unknown): void; onExit(): void };
const editor = vi.hoisted(() => ({
  folders: [] as unknown[],
  listeners: new Map<string, (event: unknown) => void>(),
  track: null as Tracker | null,
}));

vi.mock('vscode', () => {
  const keeps = (name: string) => (listener: (event: unknown) => void) => {
    editor.listeners.set(name, listener);
    return { dispose: () => undefined };
  };
  class Execution {
    readonly commandLine: string;
    readonly options: unknown;
    constructor(commandLine: string, options?: unknown) {
      this.commandLine = commandLine;
      this.options = options;
    }
  }
  return {
    workspace: {
      get workspaceFolders() {
        return editor.folders;
      },
    },
    tasks: { onDidStartTaskProcess: keeps('started'), onDidEndTaskProcess: keeps('ended') },
    debug: {
      registerDebugAdapterTrackerFactory: (_type: string, factory: { createDebugAdapterTracker: Tracker }) => {
        editor.track = factory.createDebugAdapterTracker;
        return { dispose: () => undefined };
      },
    },
    ShellExecution: Execution,
    ProcessExecution: class {},
    CustomExecution: class {},
  };
});
const { CustomExecution, ShellExecution } = await import('vscode');

const folder = (name: string, scheme = 'file'): Folder => ({ name, uri: { scheme, path: `/srv/${name}` } });
const [docs, api] = [folder('docs'), folder('api')];

type Told = ErrorEvent | CommandStarted | CommandEnded;

const source = () => {
  const clock = new FakeClock();
  const failed = (error: unknown): never => {
    throw error;
  };
  const tasks = new TaskSource({ sandboxId: () => 'here', clock, failed });
  const told = async (): Promise<readonly Told[]> => {
    await clock.advance(1_500);
    await settle();
    tasks.dispose();
    const all: Told[] = [];
    for await (const event of tasks.events(new AbortController().signal)) all.push(event);
    return all;
  };
  return { told };
};

/** What is told of the folder of a task that fails. */
const folderOf = async (execution: unknown, scope: unknown): Promise<unknown> => {
  const { told } = source();
  const run = { task: { name: 'build', execution, scope } };
  editor.listeners.get('started')?.({ execution: run });
  editor.listeners.get('ended')?.({ execution: run, exitCode: 1 });
  const all = await told();
  const [started] = all;
  const error = all.find((one) => !('kind' in one));
  if (error === undefined || 'kind' in error) throw new Error('no error was told');
  const begun =
    started !== undefined && 'kind' in started && started.kind === 'command-started' ? started.cwd : error.cwd;
  expect(error.cwd).toBe(begun);
  return begun;
};

const shell = (cwd?: string): unknown => new ShellExecution('npm install', cwd === undefined ? undefined : { cwd });

beforeEach(() => {
  editor.folders = [docs, api];
});

describe('the folder of a task', () => {
  it('is the one it is told to run in, else that of its workspace folder', async () => {
    expect(await folderOf(shell(), api)).toBe('/srv/api');
    expect(await folderOf(shell('/srv/api/web'), docs)).toBe('/srv/api/web');
    expect(await folderOf(shell('web/./src'), api)).toBe('/srv/api/web/src');
    expect(await folderOf(shell(''), api)).toBe('/srv/api');
    expect(await folderOf(new CustomExecution(async () => ({}) as never), api)).toBe('/srv/api');
  });

  it('is read with the variables that name a folder, and with no others', async () => {
    expect(await folderOf(shell(`\${workspaceFolder}`), api)).toBe('/srv/api');
    expect(await folderOf(shell(`\${workspaceRoot}/web`), api)).toBe('/srv/api/web');
    expect(await folderOf(shell(`\${workspaceFolder:docs}/site`), api)).toBe('/srv/docs/site');
    for (const unknown of [`\${workspaceFolder:gone}`, `\${fileDirname}`, '~/api', `\${env:HOME}/api`]) {
      expect(await folderOf(shell(unknown), api)).toBeNull();
    }
  });

  it('is none of several folders where the task belongs to no folder, and the one there is where there is only one', async () => {
    expect([await folderOf(shell(), 2), await folderOf(shell(`\${workspaceFolder}`), 1)]).toEqual([null, null]);
    expect(await folderOf(shell('/srv'), 2)).toBe('/srv');
    editor.folders = [api];
    expect([await folderOf(shell(), 2), await folderOf(shell(), undefined)]).toEqual(['/srv/api', '/srv/api']);
    editor.folders = [];
    expect([await folderOf(shell(), 1), await folderOf(shell('web'), 1)]).toEqual([null, null]);
  });

  it('is none where the folder lies on no disk', async () => {
    editor.folders = [folder('virtual', 'vscode-vfs')];
    expect(await folderOf(shell(), editor.folders[0])).toBeNull();
  });
});

describe('the folder of a debugged program', () => {
  const debugged = async (session: unknown): Promise<unknown> => {
    const { told } = source();
    const tracker = editor.track?.(session);
    tracker?.onDidSendMessage({
      type: 'event',
      event: 'output',
      body: { category: 'stderr', output: 'Error: boom\n' },
    });
    tracker?.onDidSendMessage({ type: 'event', event: 'exited', body: { exitCode: 1 } });
    tracker?.onExit();
    const [error] = await told();
    return error !== undefined && 'cwd' in error ? error.cwd : 'not told';
  };

  it('is that of its configuration, else its workspace folder', async () => {
    expect(await debugged({ configuration: { cwd: '/srv/api/web' }, workspaceFolder: docs })).toBe('/srv/api/web');
    expect(await debugged({ configuration: { cwd: 7 }, workspaceFolder: api })).toBe('/srv/api');
    expect(await debugged({ configuration: {}, workspaceFolder: api })).toBe('/srv/api');
    expect(await debugged({ configuration: {}, workspaceFolder: undefined })).toBeNull();
  });
});
