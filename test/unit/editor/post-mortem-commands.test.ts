import { beforeEach, describe, expect, it, vi } from 'vitest';
import { postMortem } from '../../../src/app/post-mortem/post-mortem.ts';
import { copyOwnerSummary, exportPostMortem } from '../../../src/editor/post-mortem-commands.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { createAppBench } from '../../helpers/app-bench.ts';
import { atOnce, disposeHistories, memoryHistory } from '../../helpers/memory-history.ts';
import { appView, sandboxView } from '../../helpers/views.ts';
import { anIncident, startMs } from '../../integration/history/makers.ts';

const editor = vi.hoisted(() => ({
  documents: [] as { language: string; content: string }[],
  clipboard: [] as string[],
  messages: [] as string[],
  picks: [] as { id: string; label: string }[][],
  /** The place of the row that is picked; without one the first. */
  pick: [] as number[],
  disposed: [] as boolean[],
}));

vi.mock('vscode', () => ({
  workspace: {
    openTextDocument: async (document: { language: string; content: string }) => {
      editor.documents.push(document);
      return document;
    },
  },
  window: {
    showTextDocument: async () => undefined,
    showInformationMessage: async (text: string) => {
      editor.messages.push(text);
    },
    showQuickPick: async (
      rows: Promise<{ id: string; label: string }[]>,
      _options: unknown,
      token: { isCancellationRequested: boolean },
    ) => {
      const picks = await rows;
      editor.picks.push(picks);
      return token.isCancellationRequested ? undefined : picks[editor.pick[0] ?? 0];
    },
  },
  CancellationTokenSource: class {
    token = { isCancellationRequested: false };
    cancel(): void {
      this.token.isCancellationRequested = true;
    }
    dispose(): void {
      editor.disposed.push(true);
    }
  },
  env: {
    clipboard: {
      writeText: async (text: string) => {
        editor.clipboard.push(text);
      },
    },
  },
}));

disposeHistories();
beforeEach(() => {
  for (const list of Object.values(editor)) list.length = 0;
});

/** A supervisor that shows these incidents, and remembers them unless `forgotten`; `kept` are in no view. */
const supervisorWith = (incidents: readonly Incident[], forgotten = false, kept: readonly Incident[] = []) => {
  const { app } = createAppBench();
  const history = memoryHistory();
  const view = appView([sandboxView({ incidents })]);
  return Object.create(app, {
    view: { value: view },
    incidents: { value: async () => [...incidents, ...kept] },
    postMortem: {
      value: async (id: string) => {
        const incident = [...incidents, ...kept].find((each) => each.id === id);
        return incident === undefined || forgotten
          ? null
          : postMortem(incident, {
              history,
              patterns: () => null,
              redact: (text) => text,
              nowMs: startMs,
              isHere: false,
              pause: atOnce,
            });
      },
    },
  }) as typeof app;
};

const two = [
  anIncident('i-1', { sandboxName: 'api' }),
  anIncident('sb/expired/1', { sandboxName: 'web', atMs: startMs - 1000, cause: 'expired' }),
];

describe('Export Post-Mortem', () => {
  it('opens the Markdown of the row it was called for, without asking', async () => {
    const supervisor = supervisorWith(two);
    const rows = treeModel(supervisor.view, '', startMs).flatMap(({ children }) => children);
    const row = rows.find(({ kind, id }) => kind === 'incident' && id.endsWith('/sb/expired/1'));
    await exportPostMortem(supervisor, row);
    expect(editor.picks).toEqual([]);
    expect(editor.documents).toHaveLength(1);
    expect(editor.documents[0]).toMatchObject({ language: 'markdown' });
    expect(editor.documents[0]?.content).toMatch(/^# Post-mortem of web: out of time$/m);
  });

  it('asks which one from the palette', async () => {
    await exportPostMortem(supervisorWith(two), undefined);
    expect(editor.picks[0]?.map(({ label }) => label)).toEqual(['api', 'web']);
    expect(editor.documents[0]?.content).toMatch(/^# Post-mortem of api: out of memory$/m);
  });

  it('asks among all that are kept, not only among those in the view', async () => {
    const old = anIncident('sb-9/crashed', { sandboxName: 'last-month', atMs: startMs - 29 * 86_400_000 });
    editor.pick.push(2);
    await exportPostMortem(supervisorWith(two, false, [old]), undefined);
    expect(editor.picks[0]?.map(({ label }) => label)).toEqual(['api', 'web', 'last-month']);
    expect(editor.documents[0]?.content).toMatch(/^# Post-mortem of last-month: /m);
    expect(editor.disposed).toEqual([true]);
  });

  it('says so when there is none, and when it is not remembered any more', async () => {
    await exportPostMortem(supervisorWith([]), undefined);
    await exportPostMortem(supervisorWith(two, true), 'i-1');
    expect(editor.messages).toHaveLength(2);
    expect(editor.messages[1]).toBe('This incident is not remembered any more.');
    expect(editor.documents).toEqual([]);
  });
});

describe('Tell the Owner', () => {
  it('copies the summary and says so once', async () => {
    await copyOwnerSummary(supervisorWith(two), 'i-1');
    expect(editor.clipboard).toHaveLength(1);
    expect(editor.clipboard[0]).toMatch(
      /^api \(openSandbox\), 2026-01-05 12:00:00 UTC: The main process was probably killed/,
    );
    expect(editor.messages).toEqual([
      'What the owner of api should know was copied, without secrets. Paste it into a message.',
    ]);
  });
});
