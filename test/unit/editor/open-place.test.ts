import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openForFix } from '../../../src/editor/error-fixes/open-place.ts';
import { heapLimitEdit, scriptOf } from '../../../src/editor/text/script-edit.ts';
import type { RankedFix } from '../../../src/model/fix.ts';

interface Edit {
  readonly path: string;
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
        const text = editor.files.get(path) ?? '';
        return {
          path,
          getText: () => text,
          positionAt: (offset: number) => offset,
          lineCount: 1,
          lineAt: () => ({ range: { end: { character: text.length } } }),
        };
      },
      findFiles: async (glob: string) => {
        editor.globs.push(glob);
        return editor.found.map(uri);
      },
      asRelativePath: ({ path }: { path: string }) => path,
      applyEdit: async (edit: { list: Edit[] }) => {
        editor.edits.push(...edit.list);
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
      joinPath: (folder: { path: string }, path: string) => uri(new URL(path, `file://${folder.path}/`).pathname),
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
      constructor(from: unknown) {
        this.from = from;
      }
    },
    WorkspaceEdit: class {
      readonly list: Edit[] = [];
      insert(at: { path: string }, _position: unknown, text: string, metadata: { needsConfirmation: boolean }): void {
        this.list.push({ path: at.path, text, asks: metadata.needsConfirmation });
      }
      createFile(): void {
        this.list.push({ path: 'new', text: '', asks: true });
      }
    },
  };
});

const fix = (text: string, part: Partial<RankedFix> = {}): RankedFix => ({
  kind: 'pattern',
  pattern: 'p',
  fixId: 'pattern/p/open',
  fingerprint: 'f',
  title: 'Open it',
  risk: 'safe',
  does: 'editor',
  action: null,
  argv: null,
  text,
  cwd: null,
  repeats: false,
  check: null,
  checkArgv: null,
  again: null,
  parameters: {},
  place: null,
  where: 'editor',
  worked: 0,
  didNotWork: 0,
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
    expect(editor.shown[0]?.[1]).toEqual({ from: manifest.indexOf('"scripts"') });
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
    expect(editor.shown[0]?.[1]).toEqual({ from: { at: [2, 4] } });
    await openForFix(at('../other.ts'), null);
    expect(editor.messages).toEqual(['Open it: the line that imports it.']);
  });

  it('opens a setting where the editor has it, and else says the words', async () => {
    await openForFix(fix('files.watcherExclude, server.watch.ignored: node_modules'), null);
    expect(editor.commands).toEqual([['workbench.action.openSettings', 'files.watcherExclude']]);
    await openForFix(fix('Python: Select Interpreter'), null);
    expect(editor.messages).toEqual(['Open it: Python: Select Interpreter.']);
  });

  it('proposes a line as an edit to be agreed to', async () => {
    editor.files.set('/srv/app/.gitattributes', '* text');
    await openForFix(fix('*.sh text eol=lf in .gitattributes'), null);
    expect(editor.edits).toEqual([{ path: '/srv/app/.gitattributes', text: '\n*.sh text eol=lf\n', asks: true }]);
  });

  it('proposes a heap limit for the script that failed', async () => {
    editor.files.set('/srv/app/package.json', manifest);
    await openForFix(oom('npm run build -- --watch'), 512 * 1024 ** 2);
    expect(editor.edits).toEqual([
      { path: '/srv/app/package.json', text: 'NODE_OPTIONS=--max-old-space-size=384 ', asks: true },
    ]);
    editor.found.push('/srv/app/package.json');
    await openForFix(oom('node build.js'), 512 * 1024 ** 2);
    expect(editor.edits).toHaveLength(1);
    expect(editor.shown).toHaveLength(1);
  });
});

describe('the edit of a script', () => {
  it('finds the script a command runs', () => {
    expect(scriptOf('npm run build:all -- -x')).toBe('build:all');
    expect(scriptOf('yarn test')).toBe('test');
    expect(scriptOf('npm test')).toBe('test');
    expect(scriptOf('node x.js')).toBeNull();
  });

  it('leaves valid JSON with only that script changed', () => {
    const edit = heapLimitEdit(manifest, 'build', 1024 ** 3);
    expect(edit).not.toBeNull();
    const at = edit?.offset ?? 0;
    const after: unknown = JSON.parse(manifest.slice(0, at) + (edit?.text ?? '') + manifest.slice(at));
    expect(after).toEqual({
      name: 'build',
      scripts: { build: 'NODE_OPTIONS=--max-old-space-size=768 tsc -p .', test: 'vitest' },
    });
  });

  it('is none for what is not understood or set already', () => {
    expect(heapLimitEdit(manifest, 'none', 1024 ** 3)).toBeNull();
    expect(heapLimitEdit('// x', 'build', 1024 ** 3)).toBeNull();
    expect(heapLimitEdit('[]', 'build', 1024 ** 3)).toBeNull();
    expect(heapLimitEdit('{"scripts":{"build":"NODE_OPTIONS=x y"}}', 'build', 1024 ** 3)).toBeNull();
    expect(heapLimitEdit(manifest, '__proto__', 1024 ** 3)).toBeNull();
  });
});
