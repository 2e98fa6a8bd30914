import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FixDialogs } from '../../../src/editor/fixes.ts';
import { PlaceActions } from '../../../src/editor/place-actions.ts';
import { EditorTerminalEnvironment } from '../../../src/editor/terminal-environment.ts';
import type { FixId } from '../../../src/model/fix.ts';
import type { CacheFolder, Housekeeping } from '../../../src/model/ports.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox, MiB } from '../../helpers/fake-provider.ts';

interface Row {
  readonly label: string;
  readonly picked?: boolean;
}

const editor = vi.hoisted(() => ({
  /** What the person picks in each list, in turn; without an entry it is closed. */
  picks: [] as ((rows: readonly Row[]) => unknown)[],
  lists: [] as { readonly title: string; readonly rows: readonly Row[] }[],
  agrees: true,
  questions: [] as string[],
  said: [] as string[],
  terminals: 0,
}));

vi.mock('vscode', () => ({
  window: {
    showQuickPick: async (rows: readonly Row[], { title }: { title: string }) => {
      editor.lists.push({ title, rows });
      return editor.picks.shift()?.(rows);
    },
    showWarningMessage: async (text: string, options: { modal?: boolean } | string, ...buttons: string[]) => {
      if (typeof options !== 'object' || options.modal !== true) {
        editor.said.push(text);
        return undefined;
      }
      editor.questions.push(text);
      return editor.agrees ? buttons[0] : undefined;
    },
    showInformationMessage: async (text: string) => void editor.said.push(text),
    showErrorMessage: async (text: string) => void editor.said.push(text),
    withProgress: (_options: unknown, run: (progress: unknown, token: unknown) => unknown) =>
      run({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
    createTerminal: () => ({
      show: () => {
        editor.terminals += 1;
      },
    }),
  },
  ProgressLocation: { Notification: 15 },
}));

const cache = (tool: string, mebibytes: number): CacheFolder => ({
  tool,
  path: `/root/.cache/${tool}`,
  bytes: mebibytes * MiB,
  inMemory: false,
});

const scene = async () => {
  const cleared: string[] = [];
  const housekeeping: Housekeeping = {
    caches: () => Promise.resolve([cache('pip', 400), cache('uv', 200)]),
    clear: ({ tool, bytes }) => {
      cleared.push(tool);
      return Promise.resolve(bytes);
    },
    logs: () => Promise.resolve([]),
    shorten: () => Promise.resolve(0),
    largest: () => Promise.resolve({ folders: [{ path: '/srv/big', bytes: 900 * MiB }], complete: true }),
  };
  const bench = await startedBench([aSandbox('a', { name: 'box' })], { actions: { housekeeping } });
  bench.provider.recognised = { sandboxId: 'a', how: 'inside', inside: true };
  bench.app.refresh();
  await bench.clock.advance(2_000);
  bench.provider.tell();
  await bench.show();
  bench.provider.stream('a').queue.push(aSample('a', bench.clock.now()));
  await bench.show();
  const variables = new Map<string, { readonly value: string }>();
  const collection = {
    get: (name: string) => variables.get(name),
    append: (name: string, value: string) => variables.set(name, { value }),
    replace: (name: string, value: string) => variables.set(name, { value }),
    clear: () => variables.clear(),
    [Symbol.iterator]: () => variables.entries(),
  };
  const opened: string[] = [];
  const terminals = new EditorTerminalEnvironment(collection as never);
  const dialogs = new FixDialogs(bench.app, {
    remember: async () => undefined,
    terminals,
    openIn: (_view, folder) => opened.push(folder),
  });
  const run = async (id: FixId): Promise<void> => {
    let done = false;
    const running = dialogs.run([bench.view('a')], id).then(() => {
      done = true;
    });
    for (let turn = 0; !done && turn < 100; turn += 1) await bench.clock.advance(1_000);
    await running;
  };
  return { bench, cleared, run, variables, opened, dialogs };
};

beforeEach(() => {
  editor.picks = [];
  editor.lists = [];
  editor.questions = [];
  editor.said = [];
  editor.agrees = true;
  editor.terminals = 0;
});

describe('clearing caches', () => {
  it('lists them all picked, asks with the size of what was picked, and clears only that', async () => {
    const { run, cleared } = await scene();
    editor.picks.push((rows) => rows.filter(({ label }) => label === 'uv'));
    await run('clearCaches');
    expect(editor.lists[0]?.rows.map(({ label, picked }) => [label, picked])).toEqual([
      ['pip', true],
      ['uv', true],
    ]);
    expect(editor.questions).toEqual(['box: Clear caches (200 MiB)?']);
    expect(cleared).toEqual(['uv']);
    expect(editor.said[0]).toMatch(/^Clear caches \(200 MiB\): 200 MiB of 200 MiB went/);
  });

  it('changes nothing when the list or the question is closed', async () => {
    const { run, cleared } = await scene();
    await run('clearCaches');
    editor.agrees = false;
    editor.picks.push((rows) => rows);
    await run('clearCaches');
    expect(editor.questions).toEqual(['box: Clear caches (600 MiB)?']);
    expect(cleared).toEqual([]);
  });

  it('says what to do instead where there is nothing', async () => {
    const { run } = await scene();
    await run('shortenLogs');
    expect(editor.said).toEqual([
      'box: No log file here is large enough to be shortened. Show the largest folders to see what fills the disk.',
    ]);
  });
});

describe('the largest folders', () => {
  it('are shown without a question, and a terminal is opened in the one that is picked', async () => {
    const { run, opened } = await scene();
    editor.picks.push((rows) => rows[0]);
    await run('showLargestFolders');
    expect(editor.questions).toEqual([]);
    expect(editor.lists[0]).toMatchObject({ title: 'The largest folders', rows: [{ label: '900 MiB' }] });
    expect(opened).toEqual(['/srv/big']);
    expect(editor.said).toEqual([]);
  });
});

describe('limits of new terminals', () => {
  it('are chosen, set after a question, and can be taken back in the same list', async () => {
    const { run, variables } = await scene();
    editor.picks.push((rows) => rows.find(({ label }) => label === 'Node.js: at most 384 MiB'));
    await run('setHeapLimit');
    expect(editor.questions).toEqual(['box: Limit Node.js to 384 MiB?']);
    expect(variables.get('NODE_OPTIONS')?.value).toBe(' --max-old-space-size=384');
    expect(editor.terminals).toBe(1);
    expect(editor.said[0]).toContain('Node.js gets at most 384 MiB in every new terminal');
    editor.picks.push((rows) => rows.find(({ label }) => label.includes('Take back')));
    await run('setHeapLimit');
    expect(variables.size).toBe(0);
  });

  it('for jobs are set all together', async () => {
    const { run, variables } = await scene();
    editor.picks.push((rows) => rows.find(({ label }) => label === 'One job at a time'));
    await run('lowerParallelism');
    expect(editor.questions).toEqual(['box: Run one job at a time?']);
    expect(variables.get('MAKEFLAGS')?.value).toBe('-j1');
  });
});

describe('from the palette', () => {
  it('they are for a sandbox that can, and say why when none can', async () => {
    const { dialogs, bench } = await scene();
    const none = { ...bench.app.view, sandboxes: [] };
    const away = (remote: boolean) => new PlaceActions({ view: () => none, fixes: dialogs, remote: () => remote });
    await away(true).run('showLargestFolders');
    expect(editor.said[0]).toContain('Use a terminal there');
    await away(true).run('setHeapLimit');
    expect(editor.said[1]).toContain('sandboxForesight.local.enabled');
    const ran: string[] = [];
    vi.spyOn(dialogs, 'run').mockImplementation(async (views, id) => {
      ran.push(...views.map(({ sandbox }) => `${sandbox.id} ${id}`));
    });
    await new PlaceActions({ view: () => bench.app.view, fixes: dialogs, remote: () => false }).run('clearCaches');
    expect(ran).toEqual(['a clearCaches']);
  });
});
