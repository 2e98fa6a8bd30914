import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ErrorFixDialogs } from '../../../src/editor/error-fixes/dialogs.ts';
import { ErrorDiagnostics } from '../../../src/editor/error-fixes/error-diagnostics.ts';
import { ErrorOffers } from '../../../src/editor/error-fixes/error-offers.ts';
import { errorOf, lastError } from '../../../src/editor/error-fixes/pick-error.ts';
import { FixDialogs } from '../../../src/editor/fixes.ts';
import { EditorTerminalEnvironment } from '../../../src/editor/terminal-environment.ts';
import type { Terminals } from '../../../src/editor/terminals.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { ErrorEvent, RecognisedError } from '../../../src/model/error-event.ts';
import type { RankedFix } from '../../../src/model/fix.ts';
import type { ExecResult, ProviderActions } from '../../../src/model/ports.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { settle } from '../../helpers/fake-clock.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { appView, nowMs, sandboxView } from '../../helpers/views.ts';

interface Shown {
  readonly text: string;
  readonly detail: string;
}
interface Marked {
  readonly range: readonly number[];
  readonly message: string;
  source: string;
  code: string;
}
const editor = vi.hoisted(() => ({
  messages: [] as Shown[],
  /** What is answered to each message, in order; nothing beyond. */
  answers: [] as string[],
  picks: [] as { label: string; description: string }[][],
  opened: [] as string[],
  typed: [] as [string, boolean][],
  /** What the progress said. */
  reports: [] as string[],
  marks: new Map<string, unknown[]>(),
  files: [] as string[],
  folders: [] as string[],
  /** How often a file was given its marks. */
  marked: 0,
  /** Told of files that come and go. */
  moved: new Set<() => void>(),
}));

vi.mock('vscode', () => {
  const uri = (path: string) => ({
    path,
    toString: () => `file://${path}`,
    with: (part: { path: string }) => uri(part.path),
  });
  const moved = (listener: () => void) => {
    editor.moved.add(listener);
    return { dispose: () => editor.moved.delete(listener) };
  };
  const message = async (text: string, ...rest: unknown[]) => {
    const [first] = rest;
    const detail = typeof first === 'object' && first !== null && 'detail' in first ? String(first.detail) : '';
    editor.messages.push({ text, detail });
    return editor.answers.shift();
  };
  return {
    window: {
      showInformationMessage: message,
      showWarningMessage: message,
      showQuickPick: async (rows: { label: string; description: string }[]) => {
        editor.picks.push(rows);
        return undefined;
      },
      withProgress: async (_options: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
        run(
          { report: ({ message: said }: { message: string }) => editor.reports.push(said) },
          { onCancellationRequested: () => ({ dispose: () => undefined }) },
        ),
    },
    workspace: {
      get workspaceFolders() {
        return editor.folders.map((path) => ({ name: path, uri: { ...uri(path), scheme: 'file' } }));
      },
      onDidCreateFiles: moved,
      onDidDeleteFiles: moved,
      onDidRenameFiles: moved,
      onDidChangeWorkspaceFolders: moved,
      fs: {
        stat: async ({ path }: { path: string }) => {
          if (!editor.files.includes(path)) throw new Error('not there');
          return { type: 1 };
        },
      },
    },
    languages: {
      createDiagnosticCollection: () => ({
        clear: () => editor.marks.clear(),
        set: (at: { path: string }, marks: unknown[]) => {
          editor.marked += 1;
          editor.marks.set(at.path, marks);
        },
        dispose: () => undefined,
      }),
      registerCodeActionsProvider: () => ({ dispose: () => undefined }),
    },
    env: {
      openExternal: async (address: { path: string }) => {
        editor.opened.push(address.path);
      },
    },
    Uri: {
      file: uri,
      parse: uri,
      joinPath: (folder: { path: string }, path: string) => uri(new URL(path, `file://${folder.path}/`).pathname),
    },
    FileType: { File: 1 },
    ProgressLocation: { Notification: 15 },
    CodeActionKind: { QuickFix: 'quickfix' },
    CodeAction: class {
      readonly title: string;
      constructor(title: string) {
        this.title = title;
      }
    },
    DiagnosticSeverity: { Error: 0 },
    Range: class {
      readonly at: readonly number[];
      constructor(...at: readonly number[]) {
        this.at = at;
      }
    },
    Diagnostic: class {
      readonly range: readonly number[];
      readonly message: string;
      constructor(range: { at: readonly number[] }, text: string) {
        this.range = range.at;
        this.message = text;
      }
    },
  };
});

const busyPort = 'Error: listen EADDRINUSE: address already in use :::3000\n    at run (/srv/app/src/index.js:3:11)\n';

const scene = async (actions: ProviderActions = {}, part: Partial<ErrorEvent> = {}) => {
  const bench = await startedBench([aSandbox('a')], { actions });
  bench.provider.error({
    sandboxId: 'a',
    commandId: null,
    commandLine: 'npm start',
    source: 'terminal',
    text: busyPort,
    exitCode: 1,
    atMs: bench.clock.now(),
    ...part,
  });
  await bench.show();
  const details: string[] = [];
  const terminal = { sendText: (text: string, send: boolean) => editor.typed.push([text, send]) };
  const dialogs = new ErrorFixDialogs({
    supervisor: bench.app,
    fixes: new FixDialogs(bench.app, {
      remember: async () => undefined,
      terminals: new EditorTerminalEnvironment(new Map() as never),
      openIn: () => undefined,
      remote: () => false,
    }),
    terminals: { open: () => terminal } as unknown as Terminals,
    showDetails: async (id) => {
      details.push(id);
    },
  });
  const view = bench.view('a');
  const [error] = view.errors;
  if (error === undefined) throw new Error('nothing was recognised');
  return { bench, dialogs, details, view, error, fixes: await dialogs.fixesFor(view, error) };
};

const named = (fixes: readonly RankedFix[], name: string): RankedFix => {
  const fix = fixes.find(({ fixId }) => fixId.endsWith(name));
  if (fix === undefined) throw new Error(`no fix ${name}`);
  return fix;
};

const exec =
  (ran: (readonly string[])[], exitCode = 0) =>
  async (_id: string, argv: readonly string[]): Promise<ExecResult> => {
    ran.push(argv);
    return { exitCode, stdout: '', stderr: '', truncated: false };
  };

beforeEach(() => {
  const { messages, answers, picks, opened, typed, files, reports } = editor;
  for (const list of [messages, answers, picks, opened, typed, files, reports]) list.length = 0;
  editor.marks.clear();
  editor.folders = ['/srv/app'];
});

describe('a fix of an error that runs a command', () => {
  it('shows first what, where, its check and its risk, and runs only after a yes', async () => {
    const ran: (readonly string[])[] = [];
    const { dialogs, view, fixes, bench } = await scene({ exec: exec(ran) });
    await dialogs.run(view, named(fixes, '/run-again'));
    expect(editor.messages[0]?.detail).toBe(
      '1. Inside a: npm start\n\nCheck: Its exit code says whether it helped.\nRisk: it changes something.',
    );
    expect(ran).toEqual([]);
    editor.answers.push('Run');
    await dialogs.run(view, named(fixes, '/run-again'));
    expect(ran).toEqual([['sh', '-c', 'npm start']]);
    expect(editor.messages.at(-1)?.text).toBe('Run it again: The command ended with exit code 0.');
    await bench.show();
    expect(bench.history.fixList[0]?.fingerprint).toBe(view.errors[0]?.fingerprint);
  });

  it('runs nothing where the editor is before it knows in which of several folders', async () => {
    const { dialogs, view, fixes } = await scene({ exec: exec([]) });
    editor.folders = ['/srv/docs', '/srv/app'];
    const fix: RankedFix = { ...named(fixes, '/run-again'), where: 'here' };
    await dialogs.run(view, fix);
    expect([editor.picks.map((rows) => rows.map(({ description }) => description)), editor.messages]).toEqual([
      [['/srv/docs', '/srv/app']],
      [],
    ]);
    editor.folders = ['/srv/app'];
    await dialogs.run(view, fix);
    expect(editor.messages[0]?.detail).toContain('1. In a terminal of this editor (a), in /srv/app: npm start');
  });

  it('is put into a terminal, unsent, where only a person can run it', async () => {
    const { dialogs, view, fixes } = await scene({ openTerminal: () => Promise.reject(new Error('not here')) });
    await dialogs.run(view, named(fixes, '/run-again'));
    expect(editor.typed).toEqual([['npm start', false]]);
    await dialogs.run(view, { ...named(fixes, '/run-again'), text: 'one\ntwo' });
    expect(editor.typed).toHaveLength(1);
    expect(editor.messages.at(-1)?.text).toContain('several lines');
  });

  it('says that it waits for an answer as long as it does', async () => {
    const { dialogs, view, fixes } = await scene({ exec: exec([]) });
    const fix = named(fixes, '/run-again');
    const again = { argv: ['sh', '-c', 'npm start'], text: 'npm start' };
    editor.answers.push('Run', 'Run Again');
    await dialogs.run(view, { ...fix, repeats: false, check: 'run again', checkArgv: null, again });
    expect(editor.reports.slice(-2)).toEqual([
      'Waiting for your answer: run the failed command again?',
      'Running npm start again',
    ]);
    expect(editor.messages.at(-1)?.text).toContain('the failed command now ended well');
  });

  it('says why it can not be run', async () => {
    const { dialogs, view, fixes, bench } = await scene({ exec: exec([]) });
    bench.provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await bench.show();
    await dialogs.run(view, named(fixes, '/run-again'));
    expect(editor.messages.at(-1)?.text).toContain('while a is paused');
  });
});

describe('other fixes of an error', () => {
  it('open a page, say words, or are actions of the extension with the fingerprint', async () => {
    const { dialogs, view, fixes, details } = await scene();
    await dialogs.run(view, named(fixes, '/read-about'));
    expect(editor.opened[0]).toMatch(/^https:/);
    await dialogs.run(view, { ...named(fixes, '/read-about'), text: 'command:evil' });
    expect(editor.opened).toHaveLength(1);
    await dialogs.run(view, { ...named(fixes, '/read-about'), does: 'words', text: 'wait a little' });
    expect(editor.messages.at(-1)?.text).toBe('Read about it: wait a little.');
    await dialogs.run(view, { ...named(fixes, '/read-about'), does: 'action', action: 'showDetails' });
    expect(details).toEqual(['a']);
  });

  it('teach the history what helps against the error', async () => {
    const snapshot = async () => ({
      id: 's1',
      sandboxId: 'a',
      name: 's',
      state: 'ready' as const,
      rawState: 'Ready',
      message: null,
      createdAtMs: 0,
    });
    const { dialogs, view, fixes, bench, error } = await scene({ snapshot });
    await dialogs.run(view, { ...named(fixes, '/read-about'), does: 'action', action: 'snapshot' });
    await bench.show();
    expect(bench.history.fixList.map(({ outcome, fingerprint }) => [outcome.fixId, fingerprint])).toEqual([
      ['snapshot', error.fingerprint],
    ]);
  });

  it('are listed best first', async () => {
    const { dialogs, view, error } = await scene({ exec: exec([]) });
    await dialogs.pick(view, error);
    expect(editor.picks[0]?.length).toBeGreaterThan(3);
    await dialogs.pick(view, { ...error, fingerprint: 'v1/other/0' });
    expect(editor.messages.at(-1)?.text).toContain('Nothing is known');
  });
});

describe('the place of an error', () => {
  const marksOf = async (bench: AppBench, dialogs: ErrorFixDialogs) => {
    const diagnostics = new ErrorDiagnostics(dialogs, (failure) => {
      throw failure;
    });
    diagnostics.update({ ...bench.app.view, currentId: 'a' }, bench.clock.now());
    await settle();
    return diagnostics;
  };

  it('is marked where it lies in the workspace, with the best fixes, until it is solved', async () => {
    editor.files.push('/srv/app/src/index.js');
    const { bench, dialogs, error } = await scene({ exec: exec([]) });
    const diagnostics = await marksOf(bench, dialogs);
    const [mark] = (editor.marks.get('/srv/app/src/index.js') ?? []) as Marked[];
    expect(mark).toMatchObject({ range: [2, 10, 2, 11], source: 'Sandbox Foresight', code: error.fingerprint });
    expect(mark?.message).toContain('The port is taken by another process: Error: listen EADDRINUSE');
    const context = { diagnostics: mark === undefined ? [] : [mark] };
    const actions = await diagnostics.provideCodeActions(
      {} as never,
      {} as never,
      context as never,
      { isCancellationRequested: false } as never,
    );
    expect(actions).toHaveLength(2);
    expect(actions[0]?.command).toMatchObject({
      command: 'sandboxForesight.fixLastError',
      arguments: [{ sandboxId: 'a', fingerprint: error.fingerprint }],
    });
    const solved = bench.view('a').errors.map((each): RecognisedError => ({ ...each, solvedAtMs: nowMs }));
    diagnostics.update(
      { ...bench.app.view, currentId: 'a', sandboxes: [{ ...bench.view('a'), errors: solved }] },
      nowMs,
    );
    await settle();
    expect(editor.marks.size).toBe(0);
    diagnostics.dispose();
  });

  it('is marked for ten minutes where it came from a debugged program', async () => {
    editor.files.push('/srv/app/src/index.js');
    const { bench, dialogs } = await scene({}, { source: 'debug', commandLine: null });
    const diagnostics = await marksOf(bench, dialogs);
    expect(editor.marks.size).toBe(1);
    diagnostics.update({ ...bench.app.view, currentId: 'a' }, bench.clock.now() + 601_000);
    await settle();
    expect(editor.marks.size).toBe(0);
    diagnostics.dispose();
  });

  it('follows its file when that comes and goes', async () => {
    const { bench, dialogs } = await scene({ exec: exec([]) });
    const diagnostics = await marksOf(bench, dialogs);
    const at = bench.clock.now();
    const look = async (nowMs: number): Promise<number> => {
      diagnostics.update({ ...bench.app.view, currentId: 'a' }, nowMs);
      await settle();
      return editor.marks.size;
    };
    editor.files.push('/srv/app/src/index.js');
    expect(await look(at + 1_000)).toBe(0);
    for (const told of editor.moved) told();
    expect(await look(at + 2_000)).toBe(1);
    // A terminal tells nobody what it does with files.
    editor.files.length = 0;
    expect(await look(at + 30_000)).toBe(1);
    expect(await look(at + 62_000)).toBe(0);
    editor.files.push('/srv/app/src/index.js');
    expect(await look(at + 123_000)).toBe(1);
    const { marked } = editor;
    expect(await look(at + 200_000)).toBe(1);
    expect(editor.marked).toBe(marked);
    diagnostics.dispose();
    expect(editor.moved.size).toBe(0);
  });

  it('is not marked outside of the workspace or where there is no such file', async () => {
    editor.files.push('/etc/passwd.txt', '/srv/secret.js');
    for (const text of [
      'x: error in /etc/passwd.txt:1:1',
      'x: error in ../secret.js:1:1',
      'x: error in src/no.js:1:1',
    ]) {
      const { bench, dialogs } = await scene({}, { text: `${text}\n` });
      const diagnostics = await marksOf(bench, dialogs);
      expect(editor.marks.size, text).toBe(0);
      diagnostics.dispose();
    }
  });
});

describe('the offer after a failed command', () => {
  const offer = async (enabled: boolean) => {
    const ran: (readonly string[])[] = [];
    const { bench, dialogs } = await scene({ exec: exec(ran) });
    const failures: unknown[] = [];
    const offers = new ErrorOffers(dialogs, {
      enabled: () => enabled,
      now: () => bench.clock.now(),
      failed: (failure) => failures.push(failure),
    });
    offers.update(bench.app.view);
    offers.update(bench.app.view);
    await settle();
    expect(failures).toEqual([]);
  };

  it('is one message with the line and the best fix', async () => {
    await offer(true);
    expect(editor.messages.map(({ text }) => text)).toEqual([
      'The port is taken by another process (Error: listen EADDRINUSE: address already in use :::3000)',
    ]);
  });

  it('is none when the person does not want it', async () => {
    await offer(false);
    expect(editor.messages).toEqual([]);
  });
});

describe('which error is meant', () => {
  const error = (fingerprint: string, part: Partial<RecognisedError> = {}): RecognisedError => ({
    fingerprint,
    pattern: null,
    title: fingerprint,
    cause: null,
    source: 'execd',
    exitCode: 1,
    count: 1,
    firstSeenAtMs: nowMs,
    lastSeenAtMs: nowMs,
    ...part,
  });
  const one = sandboxView({ errors: [error('v1/a/1', { solvedAtMs: nowMs }), error('v1/b/2')] });
  const app = appView([one]);

  it('is that of the row', () => {
    const rows = treeModel(app, '', nowMs).flatMap(({ children }) => children);
    const row = rows.flatMap(({ children }) => children).find(({ kind }) => kind === 'error');
    expect(errorOf(row, app)?.error.fingerprint).toBe('v1/a/1');
    expect(errorOf({ sandboxId: one.sandbox.id, fingerprint: 'v1/b/2' }, app)?.error.fingerprint).toBe('v1/b/2');
    for (const odd of [undefined, null, 7, {}, { sandboxId: 'other', fingerprint: 'v1/b/2' }]) {
      expect(errorOf(odd, app)).toBeNull();
    }
  });

  it('is else the newest that stands', () => {
    expect(lastError(app)?.error.fingerprint).toBe('v1/b/2');
    expect(lastError(appView([]))).toBeNull();
  });
});
