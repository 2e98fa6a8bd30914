import { beforeEach, describe, expect, it, vi } from 'vitest';
import { editForPast, openForFix } from '../../../src/editor/error-fixes/open-place.ts';
import { applicable, canPropose } from '../../../src/editor/error-fixes/propose-edit.ts';
import type { RankedFix } from '../../../src/model/fix.ts';
import { aRankedFix } from '../../helpers/a-ranked-fix.ts';

interface Edit {
  readonly path: string;
  /** What is replaced: from, to. */
  readonly at: readonly [number, number];
  readonly text: string;
  readonly asks: boolean;
}
const editor = vi.hoisted(() => ({
  files: new Map<string, string>(),
  found: [] as string[],
  shown: [] as [string, unknown][],
  edits: [] as Edit[],
  commands: [] as unknown[][],
  messages: [] as string[],
  globs: [] as string[],
  /** Files with changes that are not written yet. */
  dirty: new Set<string>(),
  saved: [] as string[],
  /** What the person answers to the plan, and whether they agree to all of it in the preview. */
  answer: 'Change' as string | undefined,
  agrees: true,
  plans: [] as string[],
  /** What happens while each question stands. */
  meanwhile: [] as (() => void)[],
}));

vi.mock('vscode', () => {
  const uri = (path: string) => ({ path, toString: () => path, with: (part: { path: string }) => uri(part.path) });
  return {
    workspace: {
      workspaceFolders: [{ uri: uri('/srv/app') }],
      fs: {
        stat: async ({ path }: { path: string }) => {
          if (!editor.files.has(path)) throw new Error('not there');
          return { type: 1 };
        },
      },
      openTextDocument: async ({ path }: { path: string }) => {
        if (path.endsWith('.bin')) throw new Error('binary');
        return {
          path,
          getText: () => editor.files.get(path) ?? '',
          positionAt: (offset: number) => offset,
          isDirty: editor.dirty.has(path),
          save: async () => editor.saved.push(path),
        };
      },
      findFiles: async (glob: string) => {
        editor.globs.push(glob);
        return editor.found.map(uri);
      },
      asRelativePath: ({ path }: { path: string }) => path,
      applyEdit: async (edit: { list: Edit[] }) => {
        editor.edits.push(...edit.list);
        if (!editor.agrees) return true;
        for (const { path, at, text } of edit.list.toReversed()) {
          const now = editor.files.get(path) ?? '';
          editor.files.set(path, now.slice(0, at[0]) + text + now.slice(at[1]));
        }
        return true;
      },
    },
    window: {
      showTextDocument: async ({ path }: { path: string }, options: { selection?: unknown }) => {
        editor.shown.push([path, options.selection ?? null]);
      },
      showInformationMessage: async (text: string) => {
        editor.messages.push(text);
      },
      showWarningMessage: async (_question: string, { detail }: { detail: string }) => {
        editor.plans.push(detail);
        editor.meanwhile.shift()?.();
        return editor.answer;
      },
      showQuickPick: async (rows: unknown[]) => rows[1],
    },
    commands: {
      getCommands: async () => ['workbench.action.openSettings'],
      executeCommand: async (...words: unknown[]) => {
        editor.commands.push(words);
      },
    },
    Uri: {
      file: uri,
      joinPath: (folder: { path: string }, path: string) =>
        uri(new URL(path, `file://${folder.path}/`).pathname.replace(/\/$/, '')),
    },
    FileType: { File: 1 },
    Position: class {
      readonly at: readonly number[];
      constructor(...at: readonly number[]) {
        this.at = at;
      }
    },
    Range: class {
      readonly from: unknown;
      readonly to: unknown;
      constructor(from: unknown, to: unknown) {
        this.from = from;
        this.to = to;
      }
    },
    WorkspaceEdit: class {
      readonly list: Edit[] = [];
      replace(
        at: { path: string },
        { from, to }: { from: unknown; to: unknown },
        text: string,
        metadata: { needsConfirmation: boolean },
      ): void {
        const offset = (place: unknown) => (typeof place === 'number' ? place : 0);
        this.list.push({ path: at.path, at: [offset(from), offset(to)], text, asks: metadata.needsConfirmation });
      }
      createFile(at: { path: string }, _options: unknown, metadata: { needsConfirmation: boolean }): void {
        this.list.push({ path: at.path, at: [0, 0], text: '', asks: metadata.needsConfirmation });
      }
    },
  };
});

const fix = (text: string, part: Partial<RankedFix> = {}): RankedFix =>
  aRankedFix({
    fixId: 'pattern/p/open',
    title: 'Open it',
    does: 'editor',
    argv: null,
    text,
    where: 'editor',
    ...part,
  });
const manifest = '{\n  "name": "build",\n  "scripts": { "build": "tsc -p .", "test": "vitest" }\n}\n';
const oom = (command: string) =>
  fix('NODE_OPTIONS in the scripts of package.json or in .env', {
    fixId: 'pattern/v8-heap-oom/keep-heap-setting',
    again: { argv: [], text: command },
  });

beforeEach(() => {
  editor.files.clear();
  editor.dirty.clear();
  editor.saved.length = 0;
  editor.agrees = true;
  editor.meanwhile.length = 0;
  editor.answer = 'Change';
  editor.plans.length = 0;
  for (const list of [editor.found, editor.shown, editor.edits, editor.commands, editor.messages, editor.globs]) {
    list.length = 0;
  }
});

describe('a fix in the editor', () => {
  it('opens the file its words name, at the word', async () => {
    editor.found.push('/srv/app/package.json');
    editor.files.set('/srv/app/package.json', manifest);
    await openForFix(fix('"scripts" in package.json'), null);
    expect(editor.shown[0]?.[0]).toBe('/srv/app/package.json');
    expect(editor.shown[0]?.[1]).toMatchObject({ from: manifest.indexOf('"scripts"') });
  });

  it('asks which one of several', async () => {
    editor.found.push('/srv/app/package.json', '/srv/app/sub/package.json');
    await openForFix(fix('package.json'), null);
    expect(editor.shown.map(([path]) => path)).toEqual(['/srv/app/sub/package.json']);
  });

  it('opens the place of the error, only within the workspace', async () => {
    editor.files.set('/srv/app/src/a.ts', '');
    editor.files.set('/srv/other.ts', '');
    const at = (path: string) => fix('the line that imports it', { place: { path, line: 3, column: 5 } });
    await openForFix(at('src/a.ts'), null);
    await openForFix(at('/srv/app/src/a.ts'), null);
    expect(editor.shown.map(([path]) => path)).toEqual(['/srv/app/src/a.ts', '/srv/app/src/a.ts']);
    expect(editor.shown[0]?.[1]).toMatchObject({ from: { at: [2, 4] } });
    await openForFix(at('../other.ts'), null);
    await openForFix(at('/srv/app/../other.ts'), null);
    expect(editor.shown).toHaveLength(2);
    expect(editor.messages).toEqual(Array(2).fill('Open it: the line that imports it.'));
  });

  it('opens a setting where the editor has it, and else says the words', async () => {
    await openForFix(fix('files.watcherExclude, server.watch.ignored: node_modules'), null);
    expect(editor.commands).toEqual([['workbench.action.openSettings', 'files.watcherExclude']]);
    await openForFix(fix('Python: Select Interpreter'), null);
    expect(editor.messages).toEqual(['Open it: Python: Select Interpreter.']);
  });
});

const attributes = (part: Partial<RankedFix> = {}) =>
  fix('*.sh text eol=lf in .gitattributes', { fixId: 'pattern/crlf-shebang/set-gitattributes', ...part });

describe('an edit that is shown first', () => {
  it('adds a line, and the file is written when it had no other changes', async () => {
    editor.files.set('/srv/app/.gitattributes', '* text');
    expect(await openForFix(attributes(), null)).toEqual({
      label: 'LF in scripts',
      files: ['/srv/app/.gitattributes'],
    });
    expect(editor.edits).toEqual([
      { path: '/srv/app/.gitattributes', at: [6, 6], text: '\n*.sh text eol=lf\n', asks: false },
    ]);
    expect(editor.plans).toEqual([
      '/srv/app/.gitattributes:\n+ *.sh text eol=lf\n\nRisk: it changes this file; Undo takes it back.',
    ]);
    expect(editor.saved).toEqual(['/srv/app/.gitattributes']);
  });

  it('leaves a file unwritten that had other changes', async () => {
    editor.files.set('/srv/app/.gitattributes', '* text\n');
    editor.dirty.add('/srv/app/.gitattributes');
    expect(await openForFix(attributes(), null)).not.toBeNull();
    expect(editor.saved).toEqual([]);
  });

  it('makes a file, and says so', async () => {
    await openForFix(attributes(), null);
    expect(editor.plans[0]).toContain('.gitattributes (a new file):');
    expect(editor.files.get('/srv/app/.gitattributes')).toBe('*.sh text eol=lf\n');
  });

  it('asks again when the file was changed while the question stood, and changes what fits then', async () => {
    editor.files.set('/srv/app/package.json', manifest);
    const longer = manifest.replace('"name": "build",', '"name": "build",\n  "dependencies": { "left-pad": "1.3.0" },');
    editor.meanwhile.push(() => editor.files.set('/srv/app/package.json', longer));
    expect(await openForFix(oom('npm run build'), 512 * 1024 ** 2)).not.toBeNull();
    expect(editor.plans).toHaveLength(2);
    expect(editor.plans[1]).toMatch(/^The files were changed meanwhile\./);
    expect(editor.files.get('/srv/app/package.json')).toBe(
      longer.replace('"tsc -p ."', '"NODE_OPTIONS=--max-old-space-size=384 tsc -p ."'),
    );
  });

  it('changes nothing when what it would change is there by then, also in a file it would have made', async () => {
    editor.meanwhile.push(() => editor.files.set('/srv/app/.gitattributes', '*.sh text eol=lf\n'));
    expect(await openForFix(attributes(), null)).toBeNull();
    expect([editor.plans.length, editor.edits]).toEqual([1, []]);
  });

  it('is shown in the preview of the editor too, where each change is agreed to', async () => {
    editor.answer = 'Preview…';
    expect(await openForFix(attributes(), null)).not.toBeNull();
    expect(editor.edits.map(({ asks }) => asks)).toEqual([true, true]);
  });

  it('changes and says nothing when it is not agreed to, here or there', async () => {
    editor.files.set('/srv/app/.gitattributes', '* text\n');
    editor.answer = undefined;
    expect(await openForFix(attributes(), null)).toBeNull();
    expect(editor.edits).toEqual([]);
    editor.answer = 'Preview…';
    editor.agrees = false;
    expect(await openForFix(attributes(), null)).toBeNull();
    await editForPast(attributes(), null);
    expect([editor.saved, editor.messages, editor.shown]).toEqual([[], [], []]);
    expect(editor.files.get('/srv/app/.gitattributes')).toBe('* text\n');
  });

  it('opens the file instead where it says so already', async () => {
    editor.files.set('/srv/app/.gitattributes', '*.sh text eol=lf\n');
    editor.found.push('/srv/app/.gitattributes');
    expect(await openForFix(attributes(), null)).toBeNull();
    expect([editor.edits, editor.shown.map(([path]) => path)]).toEqual([[], ['/srv/app/.gitattributes']]);
  });

  it('gives the script that failed a heap limit, in the package of its folder', async () => {
    editor.files.set('/srv/app/package.json', manifest);
    editor.files.set('/srv/app/web/package.json', '{"scripts":{"build":"vite build"}}');
    await openForFix({ ...oom('npm run build -- --watch'), cwd: '/srv/app/web/src' }, 512 * 1024 ** 2);
    expect(editor.files.get('/srv/app/web/package.json')).toContain('NODE_OPTIONS=--max-old-space-size=384 vite build');
    await openForFix({ ...oom('npm run build'), cwd: '/elsewhere' }, 512 * 1024 ** 2);
    expect(editor.files.get('/srv/app/package.json')).toContain('NODE_OPTIONS=--max-old-space-size=384 tsc -p .');
  });

  it('is none for a program that is not understood: the file is opened', async () => {
    editor.files.set('/srv/app/package.json', manifest);
    editor.found.push('/srv/app/package.json');
    await openForFix(oom('node build.js'), 512 * 1024 ** 2);
    expect([editor.edits.length, editor.shown.length]).toEqual([0, 1]);
  });

  it('never reaches a file outside of the workspace', async () => {
    editor.files.set('/srv/package.json', manifest);
    editor.files.set('/srv/other.js', 'puppeteer.launch()');
    const call = (path: string) =>
      fix('the launch arguments', {
        fixId: 'pattern/chromium-no-sandbox/add-no-sandbox',
        place: { path, line: 1, column: null },
      });
    for (const mean of [
      { ...oom('npm run build'), cwd: '/srv' },
      { ...oom('npm run build'), cwd: '/srv/app/..' },
      { ...oom('npm run build'), cwd: '/srv/app/../..' },
      call('/srv/app/../other.js'),
      call('../other.js'),
    ]) {
      expect(await canPropose(mean, 1024 ** 3)).toBe(false);
    }
    editor.files.set('/srv/app/run.js', 'puppeteer.launch()');
    expect(await canPropose(call('run.js'), null)).toBe(true);
  });

  it('takes .gitignore along for a file that holds secrets', async () => {
    editor.files.set('/srv/app/.gitignore', 'dist\n');
    const edited = await openForFix(
      fix('.env, made from .env.example', {
        fixId: 'pattern/env-var-missing/open-env-file',
        parameters: { variable: 'API_KEY' },
      }),
      null,
    );
    expect(edited?.files).toEqual(['/srv/app/.env', '/srv/app/.gitignore']);
    expect([editor.files.get('/srv/app/.env'), editor.files.get('/srv/app/.gitignore')]).toEqual([
      'API_KEY=\n',
      'dist\n.env\n',
    ]);
  });

  it('is offered only where there is something to change, when it is all there is to a fix', async () => {
    const gradle = fix('org.gradle.jvmargs in gradle.properties', {
      fixId: 'pattern/build-daemon-killed/keep-gradle-heap',
    });
    const offered = async () => (await applicable([gradle, attributes()], 512 * 1024 ** 2)).map(({ fixId }) => fixId);
    expect(await offered()).toEqual([attributes().fixId]);
    editor.files.set('/srv/app/build.gradle.kts', '');
    expect(await offered()).toEqual([gradle.fixId, attributes().fixId]);
  });

  it('for a sandbox that is gone says that it counts from the next run on', async () => {
    await editForPast(attributes(), null);
    expect(editor.messages).toEqual([
      'LF in scripts: /srv/app/.gitattributes is changed. It counts from the next run on.',
    ]);
  });
});
