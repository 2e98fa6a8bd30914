import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { exportHistory, forgetEverything, forgetSandbox } from '../../../src/editor/past.ts';
import { writeInParts } from '../../../src/editor/save-lines.ts';
import type { ForgetOutcome } from '../../../src/model/history.ts';

const editor = vi.hoisted(() => ({
  target: undefined as { scheme: string; fsPath: string } | undefined,
  said: [] as string[],
  written: null as Uint8Array | null,
  cancel: false,
}));

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  workspace: {
    fs: { writeFile: async (_: unknown, bytes: Uint8Array) => void Object.assign(editor, { written: bytes }) },
  },
  window: {
    showSaveDialog: async () => editor.target,
    showInformationMessage: async (text: string) => void editor.said.push(text),
    showWarningMessage: async (text: string, options?: { modal?: boolean }, ...buttons: string[]) => {
      if (options?.modal === true) return buttons[0];
      editor.said.push(`warning: ${text}`);
      return undefined;
    },
    withProgress: async (_: unknown, run: (progress: unknown, token: unknown) => Promise<unknown>) =>
      run(
        { report: () => undefined },
        {
          onCancellationRequested: (cancelled: () => void) => {
            if (editor.cancel) cancelled();
            return { dispose: () => undefined };
          },
        },
      ),
  },
}));

async function* linesOf(count: number, line: string): AsyncGenerator<string> {
  for (let index = 0; index < count; index += 1) yield line;
}

const appOf = (lines: AsyncIterable<string>): Supervisor =>
  ({ exportHistory: () => lines }) as Pick<Supervisor, 'exportHistory'> as Supervisor;

const never = new AbortController().signal;

describe('lines that are saved', () => {
  it('are written in parts, none of which grows with their number', async () => {
    const parts: number[] = [];
    const line = 'x'.repeat(999);
    const saved = await writeInParts(linesOf(5_000, line), async (part) => void parts.push(part.length), 1e9, never);
    expect(saved).toEqual({ lines: 5_000, cutAtBytes: null });
    expect(parts.reduce((sum, each) => sum + each, 0)).toBe(5_000_000);
    expect(Math.max(...parts)).toBeLessThan(300_000);
  });

  it('end where the bound is, with whole lines', async () => {
    const parts: string[] = [];
    const write = async (part: Uint8Array) => void parts.push(new TextDecoder().decode(part));
    expect(await writeInParts(linesOf(9, 'äb'), write, 10, never)).toEqual({ lines: 2, cutAtBytes: 10 });
    expect(parts.join('')).toBe('äb\näb\n');
  });
});

describe('what came of forgetting', () => {
  beforeEach(() => void Object.assign(editor, { said: [] }));
  const appThat = (outcome: ForgetOutcome, historyProblem: string | null): Supervisor =>
    ({
      view: { historyProblem } as Supervisor['view'],
      forgetSandbox: async () => outcome,
      forgetEverything: async () => outcome,
    }) as Pick<Supervisor, 'view' | 'forgetSandbox' | 'forgetEverything'> as Supervisor;
  const api = { sandbox: { id: 'sb-1', name: 'api' } } as Parameters<typeof forgetSandbox>[1];

  it('is said to be done where it is', async () => {
    await forgetSandbox(appThat('done', null), api);
    await forgetEverything(appThat('done', null));
    expect(editor.said).toEqual([
      'What was remembered of api was removed.',
      'What was remembered of past sandboxes was removed.',
    ]);
  });

  it('is not where the files cannot be reached, and says why', async () => {
    await forgetSandbox(appThat('not-here', 'The folder cannot be written.'), api);
    await forgetEverything(appThat('not-here', null));
    expect(editor.said).toEqual([
      expect.stringMatching(
        /^warning: What .* of api .* not from the files .* The folder cannot be written\. Then forget/,
      ),
      expect.stringMatching(/^warning: .* not from the files .* no SQLite/),
    ]);
  });

  it('is still to come where the disk does not answer', async () => {
    await forgetSandbox(appThat('later', null), api);
    await forgetEverything(appThat('later', 'The disk is full.'));
    expect(editor.said).toEqual([
      expect.stringMatching(/^warning: What .* of api is removed as soon as .* Leave this window open until then\.$/),
      expect.stringMatching(/^warning: .* open until then\. The disk is full\.$/),
    ]);
  });
});

describe('the export of the history', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'export-'));
    editor.target = { scheme: 'file', fsPath: path.join(folder, 'history.jsonl') };
    Object.assign(editor, { said: [], written: null, cancel: false });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('goes into a file of this computer as it comes', async () => {
    await exportHistory(appOf(linesOf(3, '{}')));
    expect(await readFile(path.join(folder, 'history.jsonl'), 'utf8')).toBe('{}\n{}\n{}\n');
    expect(editor.said).toEqual([expect.stringMatching(/^3 entries were saved\. Secrets were taken out/)]);
    expect(editor.written).toBeNull();
  });

  it('leaves the file that was there as it is when it is cancelled or fails, and replaces it when it is done', async () => {
    const file = path.join(folder, 'history.jsonl');
    await writeFile(file, 'the export of last month', { mode: 0o600 });
    editor.cancel = true;
    await exportHistory(appOf(linesOf(3, '{}')));
    editor.cancel = false;
    const failing = async function* () {
      yield '{}';
      throw new Error('gone');
    };
    await expect(exportHistory(appOf(failing()))).rejects.toThrow('gone');
    expect(await readdir(folder)).toEqual(['history.jsonl']);
    expect(await readFile(file, 'utf8')).toBe('the export of last month');
    await exportHistory(appOf(linesOf(1, '{}')));
    expect(await readFile(file, 'utf8')).toBe('{}\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('goes where a link leads to', async () => {
    await symlink(path.join(folder, 'elsewhere.jsonl'), path.join(folder, 'history.jsonl'));
    await writeFile(path.join(folder, 'elsewhere.jsonl'), 'old');
    await exportHistory(appOf(linesOf(1, '{}')));
    expect(await readFile(path.join(folder, 'elsewhere.jsonl'), 'utf8')).toBe('{}\n');
    expect((await lstat(path.join(folder, 'history.jsonl'))).isSymbolicLink()).toBe(true);
  });

  it('can be cancelled while the history does not answer', async () => {
    editor.cancel = true;
    const silent: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    await exportHistory(appOf(silent));
    expect(await readdir(folder)).toEqual([]);
    expect(editor.said).toEqual([]);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    editor.cancel = true;
    await exportHistory(appOf(linesOf(3, '{}')));
    expect(await readdir(folder)).toEqual([]);
    expect(editor.said).toEqual([]);
  });

  it('says clearly when a file elsewhere would get too large', async () => {
    editor.target = { scheme: 'vscode-remote', fsPath: '/x' };
    await exportHistory(appOf(linesOf(70, 'x'.repeat(1024 * 1024 - 1))));
    expect(editor.written?.length).toBe(64 * 1024 * 1024);
    expect(editor.said).toEqual([
      expect.stringMatching(/^warning: Only the first 64 entries were saved: a file there may have at most 64 MiB\./),
    ]);
  });
});
