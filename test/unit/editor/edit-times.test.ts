import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EditTimes } from '../../../src/editor/edit-times.ts';

type Saved = (document: { uri: string }) => void;
const editor = vi.hoisted(() => ({ saved: null as Saved | null }));

vi.mock('vscode', () => ({
  workspace: {
    onDidSaveTextDocument: (listener: Saved) => {
      editor.saved = listener;
      return { dispose: () => (editor.saved = null) };
    },
    getWorkspaceFolder: (uri: string) => (uri.startsWith('/srv') ? {} : undefined),
  },
}));

describe('the times of edits', () => {
  let nowMs = 0;
  let times: EditTimes;
  const save = (uri: string, afterMs: number): void => {
    nowMs += afterMs;
    editor.saved?.({ uri });
  };
  beforeEach(() => {
    nowMs = 1_000_000;
    times = new EditTimes(() => nowMs);
  });

  it('are those of files of the workspace, many saved together being one', () => {
    save('/srv/a.ts', 1000);
    save('/settings.json', 1000);
    save('/srv/a.ts', 1000);
    save('/srv/b.ts', 200);
    expect(times.moments).toEqual([1_001_000, 1_003_200]);
  });

  it('are bounded, and end with the window', () => {
    for (let no = 0; no < 6_000; no += 1) save('/srv/a.ts', 1000);
    expect(times.moments.length).toBeLessThanOrEqual(2_500);
    expect(times.moments.at(-1)).toBe(nowMs);
    times.dispose();
    expect(editor.saved).toBeNull();
  });
});
