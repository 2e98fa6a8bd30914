import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Dashboards } from '../../../../src/editor/dashboard/dashboards.ts';
import { settle } from '../../../helpers/fake-clock.ts';
import { appView, sandbox, sandboxView } from '../../../helpers/views.ts';
import { aFix, anError, incident, postMortem, Stand } from './support.ts';

const editor = vi.hoisted(() => ({
  /** What the page says to the extension. */
  say: null as ((message: unknown) => void) | null,
  told: [] as unknown[],
  commands: [] as unknown[][],
  messages: [] as string[],
}));

vi.mock('vscode', () => {
  const nothing = { dispose: () => undefined };
  const uri = (path: string) => ({ path, toString: () => path });
  return {
    window: {
      registerWebviewPanelSerializer: () => nothing,
      createWebviewPanel: () => ({
        title: '',
        visible: true,
        webview: {
          cspSource: 'self',
          asWebviewUri: (at: unknown) => at,
          postMessage: async (message: unknown) => editor.told.push(message),
          onDidReceiveMessage: (listener: (message: unknown) => void) => {
            editor.say = listener;
            return nothing;
          },
        },
        onDidChangeViewState: () => nothing,
        onDidDispose: () => nothing,
        reveal: () => undefined,
        dispose: () => undefined,
      }),
      showInformationMessage: async (text: string) => {
        editor.messages.push(text);
      },
    },
    workspace: { workspaceFolders: [{ name: 'app', uri: uri('/srv/app') }] },
    commands: {
      executeCommand: async (...words: unknown[]) => {
        editor.commands.push(words);
      },
    },
    Disposable: { from: () => nothing },
    Uri: { joinPath: (_folder: unknown, path: string) => uri(path) },
    ViewColumn: { Active: -1 },
  };
});

const { id } = sandbox();
const error = anError();

const opened = async (stand: Stand, place: Parameters<Dashboards['open']>[0]) => {
  const dashboards = new Dashboards(stand.sources, { path: '/' } as never);
  dashboards.open(place);
  editor.say?.({ kind: 'ready' });
  await settle();
  return {
    say: async (message: unknown): Promise<void> => {
      editor.say?.(message);
      await settle();
    },
  };
};

beforeEach(() => {
  editor.say = null;
  for (const list of [editor.told, editor.commands, editor.messages]) list.length = 0;
});

describe('a button of a page', () => {
  const sandboxStand = (): Stand => {
    const stand = new Stand();
    stand.view = appView([sandboxView({ errors: [error] })]);
    stand.errorFixes.set(`${id} ${error.fingerprint}`, [aFix('find'), aFix('free'), aFix('other')]);
    return stand;
  };

  it('is a fix of an error: the command that asks and runs everywhere', async () => {
    const { say } = await opened(sandboxStand(), { page: 'sandbox', id });
    await say({ kind: 'action', id: `error ${error.fingerprint} pattern/port-in-use/free` });
    await say({ kind: 'action', id: `more ${error.fingerprint}` });
    const meant = { sandboxId: id, fingerprint: error.fingerprint };
    expect(editor.commands).toEqual([
      ['sandboxForesight.fixLastError', { ...meant, fixId: 'pattern/port-in-use/free' }],
      ['sandboxForesight.fixLastError', meant],
    ]);
  });

  it('with an id that was not told does nothing but write to the log', async () => {
    const stand = sandboxStand();
    const { say } = await opened(stand, { page: 'sandbox', id });
    for (const odd of [
      'x',
      '',
      'fix delete',
      `error ${error.fingerprint} pattern/port-in-use/other`,
      'a\nb\u001b[31m',
    ]) {
      await say({ kind: 'action', id: odd });
    }
    expect(stand.warnings).toHaveLength(5);
    expect(stand.warnings.at(-1)).toBe('The dashboard asked for what is not offered: a b [31m');
    await say({ kind: 'action', id: 'x'.repeat(501) });
    await say({ kind: 'action', id: 'x', fixId: 'delete', sandboxId: id });
    expect(stand.warnings).toHaveLength(7);
    expect([editor.commands, editor.messages]).toEqual([[], []]);
  });

  it('on the page of an incident acts on its sandbox while that can be done, and then says so', async () => {
    const stand = new Stand();
    const view = sandboxView({ incidents: [incident()], actions: ['recreateLarger'] });
    stand.view = appView([view, sandboxView({ sandbox: sandbox({ id: 'other' }), actions: ['recreateLarger'] })]);
    stand.story = postMortem({
      advice: ['Give it at least 640 MiB of memory.', 'Have it watched: choose it as yours.'],
    });
    const { say } = await opened(stand, { page: 'incident', id: 'incident-1' });
    await say({ kind: 'action', id: 'fix recreateLarger' });
    await say({ kind: 'action', id: 'setting sandboxForesight.watch.maximumSandboxes' });
    expect(editor.commands).toEqual([
      ['sandboxForesight.recreateLarger', { sandboxId: id, pid: null }],
      ['workbench.action.openSettings', 'sandboxForesight.watch.maximumSandboxes'],
    ]);
    stand.view = appView(stand.view.sandboxes.filter(({ sandbox: { id: one } }) => one !== id));
    await say({ kind: 'action', id: 'fix recreateLarger' });
    expect(editor.commands).toHaveLength(2);
    expect(editor.messages[0]).toContain('can not be done any more');
  });
});
