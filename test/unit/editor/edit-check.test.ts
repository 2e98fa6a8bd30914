import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ErrorFixDialogs } from '../../../src/editor/error-fixes/dialogs.ts';
import type { FixDialogs } from '../../../src/editor/fixes.ts';
import type { Terminals } from '../../../src/editor/terminals.ts';
import type { ExecResult, ProviderActions } from '../../../src/model/ports.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

const editor = vi.hoisted(() => ({
  files: new Map<string, string>(),
  messages: [] as string[],
  /** What is answered to each message, in order; nothing beyond. */
  answers: [] as string[],
}));

vi.mock('vscode', () => {
  const uri = (path: string) => ({ path, with: (part: { path: string }) => uri(part.path) });
  const message = async (text: string) => {
    editor.messages.push(text);
    return editor.answers.shift();
  };
  return {
    window: {
      showInformationMessage: message,
      showWarningMessage: message,
      withProgress: async (_options: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
        run({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
    },
    workspace: {
      workspaceFolders: [{ uri: uri('/srv/app') }],
      fs: {
        stat: async ({ path }: { path: string }) => {
          if (!editor.files.has(path)) throw new Error('not there');
          return { type: 1 };
        },
      },
      openTextDocument: async ({ path }: { path: string }) => ({
        getText: () => editor.files.get(path) ?? '',
        isDirty: false,
        save: async () => true,
      }),
      asRelativePath: ({ path }: { path: string }) => path.slice('/srv/app/'.length),
      applyEdit: async (edit: { made: [string, string][] }) => {
        for (const [path, text] of edit.made) editor.files.set(path, text);
        return true;
      },
    },
    Uri: { joinPath: (folder: { path: string }, path: string) => uri(`${folder.path}/${path}`) },
    FileType: { File: 1 },
    ProgressLocation: { Notification: 15 },
    Position: class {},
    Range: class {},
    WorkspaceEdit: class {
      readonly made: [string, string][] = [];
      createFile(): void {
        // It is made with its text.
      }
      replace({ path }: { path: string }, _range: unknown, text: string): void {
        this.made.push([path, text]);
      }
    },
  };
});

const exec =
  (ran: (readonly string[])[], exitCode: number) =>
  async (_id: string, argv: readonly string[]): Promise<ExecResult> => {
    ran.push(argv);
    return { exitCode, stdout: '', stderr: '', truncated: false };
  };

const scene = async (actions: ProviderActions, commandLine: string | null = './run.sh') => {
  const bench = await startedBench([aSandbox('a')], { actions });
  bench.provider.error({
    sandboxId: 'a',
    commandId: null,
    commandLine,
    source: 'terminal',
    text: 'bash: ./run.sh: /bin/sh^M: bad interpreter: No such file or directory\n',
    exitCode: 126,
    atMs: bench.clock.now(),
  });
  await bench.show();
  const dialogs = new ErrorFixDialogs({
    supervisor: bench.app,
    fixes: {} as FixDialogs,
    terminals: {} as Terminals,
    showDetails: async () => undefined,
  });
  const view = bench.view('a');
  const [error] = view.errors;
  if (error === undefined) throw new Error('nothing was recognised');
  const fix = (await dialogs.fixesFor(view, error)).find(({ fixId }) => fixId.endsWith('/set-gitattributes'));
  if (fix === undefined) throw new Error('no such fix');
  return { bench, dialogs, view, fix };
};

beforeEach(() => {
  editor.files.clear();
  editor.messages.length = 0;
  editor.answers.length = 0;
});

describe('an edit that was made', () => {
  it.each([
    [0, 'worked'],
    [126, 'did-not-work'],
  ])('is judged by the failed command, run again after a yes: exit code %i %s', async (exitCode, result) => {
    const ran: (readonly string[])[] = [];
    const { bench, dialogs, view, fix } = await scene({ exec: exec(ran, exitCode) });
    editor.answers.push('Change', 'Run Again…', 'Run');
    await dialogs.run(view, fix);
    expect(editor.files.get('/srv/app/.gitattributes')).toBe('*.sh text eol=lf\n');
    expect(editor.messages[1]).toBe(
      'LF in scripts: .gitattributes is changed. Run ./run.sh again to see whether that helped?',
    );
    expect(ran).toEqual([['sh', '-c', './run.sh']]);
    await bench.show();
    // The history learns it of the edit, not of running the command again.
    expect(bench.history.fixList.map(({ outcome }) => [outcome.fixId, outcome.result])).toEqual([
      ['pattern/crlf-shebang/set-gitattributes', result],
    ]);
  });

  it('stays unjudged when nothing is to be run, or nothing can be', async () => {
    const ran: (readonly string[])[] = [];
    const { bench, dialogs, view, fix } = await scene({ exec: exec(ran, 0) });
    editor.answers.push('Change');
    await dialogs.run(view, fix);
    editor.files.clear();
    editor.answers.push('Change');
    const unknown = await scene({ exec: exec(ran, 0) }, null);
    await unknown.dialogs.run(unknown.view, unknown.fix);
    expect(editor.messages.at(-1)).toBe(
      'LF in scripts: .gitattributes is changed. To see whether it helped: git check-attr shows eol: lf.',
    );
    expect([ran, bench.history.fixList]).toEqual([[], []]);
  });
});
