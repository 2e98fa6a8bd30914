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
    showQuickPick: async (picks: { id: string; label: string }[]) => {
      editor.picks.push(picks);
      return picks[0];
    },
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

/** A supervisor that shows these incidents, and remembers them unless `forgotten`. */
const supervisorWith = (incidents: readonly Incident[], forgotten = false) => {
  const { app } = createAppBench();
  const history = memoryHistory();
  const view = appView([sandboxView({ incidents })]);
  return Object.create(app, {
    view: { value: view },
    postMortem: {
      value: async (id: string) => {
        const incident = incidents.find((each) => each.id === id);
        return incident === undefined || forgotten
          ? null
          : postMortem(incident, {
              history,
              patterns: () => null,
              redact: (text) => text,
              nowMs: startMs,
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
