import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FixPlan, RunFixOptions, Supervisor } from '../../../src/app/contracts.ts';
import { FixDialogs } from '../../../src/editor/fixes.ts';
import { PlaceActions } from '../../../src/editor/place-actions.ts';
import { EditorTerminalEnvironment } from '../../../src/editor/terminal-environment.ts';
import type { FixId } from '../../../src/model/fix.ts';
import type { CacheFolder, Housekeeping } from '../../../src/model/ports.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { Sample } from '../../../src/model/sample.ts';
import type { SandboxView } from '../../../src/model/view.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox, MiB } from '../../helpers/fake-provider.ts';
import { memoryForecast, sandbox, sandboxView } from '../../helpers/views.ts';

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
  details: [] as string[],
  /** Whether messages stand until somebody closes them, and whether a progress is cancelled as soon as it shows. */
  never: false,
  cancels: false,
  /** Something takes the focus as soon as a list shows, as a terminal does that ends. */
  distracts: false,
  /** The editor works on another computer. */
  remote: false,
}));

vi.mock('vscode', () => ({
  window: {
    showQuickPick: async (rows: readonly Row[], options: { title: string; ignoreFocusOut?: boolean }) => {
      editor.lists.push({ title: options.title, rows });
      if (editor.distracts && options.ignoreFocusOut !== true) return undefined;
      return editor.picks.shift()?.(rows);
    },
    showWarningMessage: async (
      text: string,
      options: { modal?: boolean; detail?: string } | string,
      ...buttons: string[]
    ) => {
      if (typeof options !== 'object' || options.modal !== true) {
        editor.said.push(text);
        return editor.never ? new Promise(() => undefined) : undefined;
      }
      editor.questions.push(text);
      editor.details.push(options.detail ?? '');
      return editor.agrees ? buttons[0] : undefined;
    },
    showInformationMessage: async (text: string) => void editor.said.push(text),
    showErrorMessage: async (text: string) => void editor.said.push(text),
    withProgress: (_options: unknown, run: (progress: unknown, token: unknown) => unknown) =>
      run(
        { report: () => undefined },
        {
          onCancellationRequested: (cancelled: () => void) => {
            if (editor.cancels) queueMicrotask(cancelled);
            return { dispose: () => undefined };
          },
        },
      ),
    createTerminal: () => ({
      show: () => {
        editor.terminals += 1;
      },
    }),
  },
  ProgressLocation: { Notification: 15 },
}));

const memoryReading = { anonBytes: null, oomKillCount: null, limitHitCount: null, stalledPercent: null };

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
    remote: () => editor.remote,
  });
  const run = async (id: FixId): Promise<void> => {
    let done = false;
    const running = dialogs.run([bench.view('a')], id).then(() => {
      done = true;
    });
    for (let turn = 0; !done && turn < 100; turn += 1) await bench.clock.advance(1_000);
    await running;
  };
  return { bench, cleared, run, variables, opened, dialogs, housekeeping };
};

beforeEach(() => {
  editor.remote = false;
  editor.picks = [];
  editor.lists = [];
  editor.questions = [];
  editor.said = [];
  editor.agrees = true;
  editor.terminals = 0;
  editor.details = [];
  editor.never = false;
  editor.cancels = false;
  editor.distracts = false;
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

  it('are still asked for when something else takes the focus', async () => {
    const { run } = await scene();
    editor.distracts = true;
    editor.picks.push((rows) => rows.find(({ label }) => label === 'Node.js: at most 384 MiB'));
    await run('setHeapLimit');
    expect(editor.questions).toEqual(['box: Limit Node.js to 384 MiB?']);
  });

  it('for jobs are set all together', async () => {
    const { run, variables } = await scene();
    editor.picks.push((rows) => rows.find(({ label }) => label === 'One job at a time'));
    await run('lowerParallelism');
    expect(editor.questions).toEqual(['box: Run one job at a time?']);
    expect(variables.get('MAKEFLAGS')?.value).toBe('-j1');
  });
});

/** Dialogs over an application of which a test says what it plans. */
const planned = (plan: (sandboxId: string, signal?: AbortSignal) => Partial<FixPlan> | Promise<Partial<FixPlan>>) => {
  const ran: string[] = [];
  const asked: unknown[] = [];
  const supervisor: Partial<Supervisor> = {
    planFix: async (sandboxId, fixId, _target, choices, signal) => {
      asked.push(choices);
      const words = { title: 'Shorten logs', risk: 'confirm', losses: [], check: 'df', fingerprint: null } as const;
      const parameters = { kind: 'delete' } as const;
      return { ...words, fixId, sandboxId, steps: [], parameters, ...(await plan(sandboxId, signal)) };
    },
    runFix: async ({ sandboxId, fixId }: FixPlan, _options: RunFixOptions) => {
      ran.push(sandboxId);
      return { fixId, sandboxId, startedAtMs: 0, endedAtMs: 1, result: 'worked', text: 'Done.' };
    },
  };
  const dialogs = new FixDialogs(supervisor as Supervisor, {
    remember: async () => undefined,
    terminals: { isSet: false } as EditorTerminalEnvironment,
    openIn: () => undefined,
    remote: () => editor.remote,
  });
  return { dialogs, ran, asked };
};
const boxes = (...ids: readonly string[]) => ids.map((id) => sandboxView({ sandbox: sandbox({ id, name: id }) }));

describe('a fix in several sandboxes', () => {
  it('is asked for with what it would do in each of them', async () => {
    const { dialogs, ran } = planned((id) => ({ steps: [`Cut /var/log/${id}.log.`] }));
    await dialogs.run(boxes('box-a', 'box-b'), 'shortenLogs');
    expect(editor.questions).toEqual(['Shorten logs, in these 2 sandboxes?']);
    expect(editor.details[0]).toContain('box-a:\n1. Cut /var/log/box-a.log.');
    expect(editor.details[0]).toContain('box-b:\n1. Cut /var/log/box-b.log.');
    expect(ran).toEqual(['box-a', 'box-b']);
  });

  it('gives each of them so many times its own memory', async () => {
    const { dialogs, asked } = planned(() => ({}));
    editor.picks.push((rows) => rows.find(({ label }) => label.startsWith('4 ×')));
    await dialogs.run(boxes('a', 'b'), 'recreateLarger');
    expect(editor.lists[0]?.title).toBe('Recreate 2 sandboxes with more memory');
    expect(asked).toEqual([{ memoryFactor: 4 }, { memoryFactor: 4 }]);
  });

  it('goes on with the others while it is still said why one can not', async () => {
    editor.never = true;
    const { dialogs, ran } = planned((id) => {
      if (id === 'a') throw new Problem('conflict', 'It was just paused.');
      return {};
    });
    await dialogs.run(boxes('a', 'b'), 'pause');
    expect(editor.said[0]).toBe('a: It was just paused.');
    expect(ran).toEqual(['b']);
  });
});

describe('numbers of the machine below the sandbox', () => {
  const sample: Sample = {
    ...aSample('a', 0),
    source: 'machine',
    memory: {
      ...memoryReading,
      usedBytes: 9_000 * MiB,
      workingSetBytes: 9_000 * MiB,
      limitBytes: 24 * 1_024 ** 2 * MiB,
    },
    cpu: { usedCores: 1, limitCores: 4_096, throttledRatio: null },
  };
  const view = (isHere: boolean) => sandboxView({ sample, sampleSource: 'machine', isHere });
  const listed = (): string => JSON.stringify(editor.lists.splice(0));

  it('are no limit a larger one is made from: what the server knows is', async () => {
    const { dialogs, asked } = planned(() => ({}));
    await dialogs.run([view(false)], 'recreateLarger');
    expect([editor.lists, asked]).toEqual([[], [{}]]);
  });

  it('are no limit heaps and jobs are kept below, except where the editor works on that machine', async () => {
    const { dialogs } = planned(() => ({}));
    await dialogs.run([view(false)], 'setHeapLimit');
    expect(listed()).not.toContain('of 24 TiB');
    await dialogs.run([view(false)], 'lowerParallelism');
    expect(listed()).not.toContain('2048 jobs');
    await dialogs.run([view(true)], 'setHeapLimit');
    expect(listed()).toContain('75% of 24 TiB');
    await dialogs.run([view(true)], 'lowerParallelism');
    expect(listed()).toContain('2048 jobs');
  });
});

describe('terminals of another computer', () => {
  it('are limited by what is read of it, and not by the computer the extension runs on', async () => {
    const { dialogs, asked } = planned(() => ({}));
    const limits = async (view: SandboxView): Promise<readonly string[]> => {
      editor.said.length = 0;
      await dialogs.run([view], 'setHeapLimit');
      await dialogs.run([view], 'lowerParallelism');
      return editor.lists.splice(0).map(({ title }) => title);
    };
    const unread = sandboxView({ sample: null, isHere: true });
    expect(await limits(unread)).toHaveLength(2);
    editor.remote = true;
    expect([await limits(unread), asked]).toEqual([[], []]);
    expect(editor.said).toEqual([
      'The memory of the computer this window works on is not known, so no limit can be worked out from it.',
      'The processors of the computer this window works on are not known, so no number of jobs can be worked out from them.',
    ]);
    expect(await limits(sandboxView({ sample: aSample('a', 0), isHere: true }))).toContain(
      'Set a heap limit for new terminals',
    );
  });

  it('can be freed of a limit whose base is not known', async () => {
    const { run, variables, bench, dialogs } = await scene();
    editor.picks.push((rows) => rows[0]);
    await run('setHeapLimit');
    expect(variables.size).toBe(1);
    editor.remote = true;
    editor.picks.push((rows) => (rows.length === 1 ? rows[0] : undefined));
    await dialogs.run([{ ...bench.view('a'), sample: null }], 'setHeapLimit');
    expect(variables.size).toBe(0);
  });
});

describe('a fix that measures first', () => {
  it('can be cancelled meanwhile: nothing more is measured, said or asked', async () => {
    editor.cancels = true;
    const { dialogs, ran, asked } = planned(
      (_id, signal) =>
        new Promise<Partial<FixPlan>>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Problem('aborted', 'It was cancelled.')));
        }),
    );
    await dialogs.run(boxes('a', 'b', 'c'), 'clearCaches');
    expect(asked).toHaveLength(1);
    expect([editor.questions, editor.said, ran]).toEqual([[], [], []]);
  });

  it('ends what it measures in the sandbox when it is cancelled', async () => {
    const { bench, dialogs, housekeeping } = await scene();
    const ended = vi.fn();
    vi.spyOn(housekeeping, 'caches').mockImplementation(
      (_place, signal) => new Promise(() => signal.addEventListener('abort', ended)),
    );
    editor.cancels = true;
    await dialogs.run([bench.view('a')], 'clearCaches');
    expect(ended).toHaveBeenCalledOnce();
    expect([editor.questions, editor.said]).toEqual([[], []]);
  });
});

describe('the choice of a heap limit', () => {
  it('begins with those for the program that grows', async () => {
    const { dialogs } = planned(() => ({}));
    const process = { parentPid: 1, rssBytes: MiB, ageMs: 1_000, heapLimit: null };
    const processes = [
      { ...process, pid: 7, name: 'node' },
      { ...process, pid: 8, name: 'java' },
    ];
    const growing = (pid: number) => memoryForecast({ grower: { pid, name: 'any', bytesPerSecond: MiB } });
    const firstFor = async (pid: number): Promise<string | undefined> => {
      await dialogs.run([sandboxView({ processes, leading: growing(pid) })], 'setHeapLimit');
      return editor.lists.at(-1)?.rows[0]?.label;
    };
    expect(await firstFor(8)).toMatch(/^Java/);
    expect(await firstFor(7)).toMatch(/^Node/);
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
