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
  restore: null as ((panel: unknown, state: unknown) => Promise<void>) | null,
  panels: [] as { title: string; shown: number; closed: boolean }[],
  refuses: false,
}));

vi.mock('vscode', () => {
  const nothing = { dispose: () => undefined };
  const uri = (path: string) => ({ path, toString: () => path });
  const message = async (text: string) => {
    editor.messages.push(text);
  };
  const createWebviewPanel = () => {
    const closing: (() => void)[] = [];
    const panel = {
      title: '',
      shown: 0,
      closed: false,
      visible: true,
      webview: {
        cspSource: 'self',
        asWebviewUri: (at: unknown) => at,
        postMessage: async (each: unknown) => editor.told.push(each),
        onDidReceiveMessage: (listener: (each: unknown) => void) => {
          editor.say = listener;
          return nothing;
        },
      },
      onDidChangeViewState: () => nothing,
      onDidDispose: (listener: () => void) => {
        closing.push(listener);
        return nothing;
      },
      reveal: () => {
        panel.shown += 1;
      },
      dispose: () => {
        panel.closed = true;
        for (const listener of closing) listener();
      },
    };
    editor.panels.push(panel);
    return panel;
  };
  return {
    window: {
      registerWebviewPanelSerializer: (
        _type: string,
        { deserializeWebviewPanel }: { deserializeWebviewPanel: typeof editor.restore },
      ) => {
        editor.restore = deserializeWebviewPanel;
        return nothing;
      },
      createWebviewPanel,
      showInformationMessage: message,
      showWarningMessage: message,
    },
    workspace: { workspaceFolders: [{ name: 'app', uri: uri('/srv/app') }] },
    commands: {
      executeCommand: async (...words: unknown[]) => {
        if (editor.refuses) throw new Error('command not found');
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
  for (const list of [editor.told, editor.commands, editor.messages, editor.panels]) list.length = 0;
  editor.refuses = false;
});

describe('a tab of before a reload, which the editor gives back when it is looked at', () => {
  const fleet = { page: 'fleet' } as const;
  /** The tab as the editor gives it back. */
  const givenBack = async (): Promise<(typeof editor.panels)[number]> => {
    const { window } = await import('vscode');
    const panel = window.createWebviewPanel('', '', -1);
    await editor.restore?.(panel, { place: fleet });
    return panel as unknown as (typeof editor.panels)[number];
  };

  it('is the tab of its place', async () => {
    const dashboards = new Dashboards(new Stand().sources, { path: '/' } as never);
    const panel = await givenBack();
    expect(panel).toMatchObject({ title: 'Sandboxes', closed: false });
    dashboards.open(fleet);
    expect(editor.panels).toHaveLength(1);
    expect(panel.shown).toBe(1);
  });

  it('gives way to the one that was opened for its place meanwhile: there is one for each', async () => {
    const dashboards = new Dashboards(new Stand().sources, { path: '/' } as never);
    dashboards.open(fleet);
    const old = await givenBack();
    const [opened] = editor.panels;
    expect(old.closed).toBe(true);
    expect(opened).toMatchObject({ closed: false, shown: 1 });
    dashboards.open(fleet);
    expect(editor.panels).toHaveLength(2);
    expect(opened?.shown).toBe(2);
    dashboards.dispose();
    expect(opened?.closed).toBe(true);
  });
});

describe('a button of a page', () => {
  it('that could not be followed says so to who pressed it', async () => {
    const stand = new Stand();
    const { say } = await opened(stand, { page: 'fleet' });
    editor.refuses = true;
    await say({ kind: 'command', command: 'refresh', target: null });
    expect(editor.messages).toEqual(['Sandbox Foresight: command not found']);
  });

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
      advice: ['Give it at least 640 MiB of memory.', 'Have it watched: make it the current sandbox.'],
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
    expect(editor.messages[0]).toContain('cannot be done any more');
  });
});
