import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { createHandlers, type HandlerOptions } from '../../../src/editor/handlers.ts';
import type { FixOffer } from '../../../src/model/fix.ts';
import type { AppView, SandboxView } from '../../../src/model/view.ts';
import { aRankedFix } from '../../helpers/a-ranked-fix.ts';
import { appView, nowMs, sandbox, sandboxView, server } from '../../helpers/views.ts';
import { anError } from './dashboard/support.ts';

const editor = vi.hoisted(() => ({
  said: [] as string[],
  hints: [] as string[],
  rows: [] as string[],
  boxes: [] as (string | undefined)[],
  titles: [] as string[],
  /** The place of the row that is picked; without one the list is closed. */
  pick: null as number | null,
  workspace: { isTrusted: true },
}));

vi.mock('vscode', () => {
  // It stands until somebody closes it, and here nobody does.
  const message = (text: string) => {
    editor.said.push(text);
    return new Promise(() => undefined);
  };
  return {
    window: {
      showInformationMessage: message,
      showWarningMessage: message,
      showQuickPick: async (
        rows: readonly { label: string }[],
        { title, placeHolder }: { title: string; placeHolder: string },
      ) => {
        editor.titles.push(title);
        editor.hints.push(placeHolder);
        editor.rows.push(...rows.map(({ label }) => label));
        return editor.pick === null ? undefined : rows[editor.pick];
      },
      showInputBox: async ({ value }: { value?: string }) => void editor.boxes.push(value),
    },
    workspace: editor.workspace,
  };
});

const named = (id: string, part: Partial<SandboxView> = {}): SandboxView =>
  sandboxView({ sandbox: sandbox({ id, name: id }), ...part });

/** The handlers over these sandboxes, and what they had run. */
const handlersFor = (...sandboxes: readonly SandboxView[]) => handlersIn(appView(sandboxes, { servers: [server()] }));

const handlersIn = (view: AppView) => {
  const ran: string[] = [];
  const workbench = {
    fixes: {
      run: async (views: readonly SandboxView[], id: string) => {
        ran.push(...views.map((each) => `${each.sandbox.id} ${id}`));
      },
    },
    errorFixes: { fixesFor: async () => [aRankedFix({ title: 'Run it again' })] },
    tree: { wanted: 'api' },
  };
  const asked: string[] = [];
  const connect = vi.fn(async () => true);
  const setApiKey = vi.fn(async () => true);
  const chosen: string[] = [];
  const options: Partial<HandlerOptions> = {
    supervisor: {
      view,
      mutes: [],
      choose: (id) => void chosen.push(`chosen ${id}`),
    } as Partial<Supervisor> as Supervisor,
    remember: async (id) => void chosen.push(`remembered ${id}`),
    connect,
    setApiKey,
    answers: { connect: async () => void asked.push('connect'), refresh: async () => void asked.push('refresh') },
    workbench: workbench as unknown as HandlerOptions['workbench'],
    now: () => nowMs,
  };
  return { ran, asked, connect, setApiKey, chosen, handlers: createHandlers(options as HandlerOptions) };
};

const details: FixOffer = { id: 'showDetails', title: 'Show details', risk: 'safe', reason: 'Why.', target: null };

beforeEach(() => {
  editor.said = [];
  editor.hints = [];
  editor.rows = [];
  editor.boxes = [];
  editor.titles = [];
  editor.pick = null;
  editor.workspace.isTrusted = true;
});

describe('connecting', () => {
  it('tries at once and says what came of it, also where nothing was changed', async () => {
    const { handlers, asked, connect, setApiKey } = handlersFor(named('a'));
    connect.mockResolvedValueOnce(false);
    setApiKey.mockResolvedValueOnce(false);
    await handlers.connect(undefined, []);
    await handlers.setApiKey(undefined, []);
    expect(asked).toEqual([]);
    await handlers.connect(undefined, []);
    await handlers.setApiKey(undefined, []);
    await handlers.refresh(undefined, []);
    expect(asked).toEqual(['connect', 'connect', 'refresh']);
  });
});

describe('the filter', () => {
  it('is asked for with what it is now', async () => {
    await handlersFor(named('a')).handlers.filter(undefined, []);
    expect(editor.boxes).toEqual(['api']);
  });
});

describe('an action on several rows', () => {
  it('is done where it can be, while it is still said where it can not', async () => {
    const { ran, handlers } = handlersFor(named('a', { actions: [] }), named('b', { actions: ['pause'] }));
    await handlers.pause({ sandboxId: 'b' }, [{ sandboxId: 'a' }, { sandboxId: 'b' }]);
    expect(editor.said).toEqual(['Pause: not possible now for a (Running).']);
    expect(ran).toEqual(['b pause']);
  });
});

describe('what the place the editor works in can not do', () => {
  it('is said, and not asked for', async () => {
    const { ran, handlers } = handlersFor(named('here', { isHere: true, actions: [] }));
    await handlers.pause(undefined, []);
    await handlers.rename(undefined, []);
    await handlers.allowWatching(undefined, []);
    expect(editor.said).toEqual([
      'Pause: not possible for here.',
      'here cannot be renamed: it is the place the editor works in, and no server keeps its name.',
      'There is nothing to answer: watching here does not extend its life.',
    ]);
    expect([ran, editor.boxes]).toEqual([[], []]);
  });
});

describe('a sandbox that is not there any more', () => {
  it('is said to be gone, and no other one is asked for', async () => {
    const { ran, chosen, handlers } = handlersFor(named('a', { actions: ['delete', 'pause'] }));
    await handlers.openDashboard('gone', []);
    await handlers.delete({ sandboxId: 'gone', pid: null }, []);
    await handlers.whatCanIDo('gone', []);
    await handlers.selectSandbox({ sandboxId: 'gone' }, []);
    expect(editor.said).toEqual(Array(4).fill('This sandbox is not known any more.'));
    expect([editor.titles, ran, chosen]).toEqual([[], [], []]);
  });

  it('is not called gone before the servers have told what there is', async () => {
    const { handlers } = handlersIn(appView([], { servers: [server({ state: 'connecting' })] }));
    await handlers.openDashboard('a', []);
    expect(editor.said).toEqual(['This sandbox is not known yet: the list of sandboxes has not come.']);
  });

  it('has no warnings that others could be taken for', async () => {
    await handlersFor(named('a')).handlers.warnAgain('gone', []);
    expect(editor.said).toEqual(['No warning about gone is muted.']);
  });
});

describe('where no sandbox is the current one', () => {
  const boxes = () => handlersFor(named('a', { actions: ['pause'] }), named('b', { actions: ['pause'] }));

  it('a command asks which one is meant, only for itself', async () => {
    const view = appView([named('a'), named('b', { actions: ['pause'] })], { currentId: null, servers: [server()] });
    const { ran, chosen, handlers } = handlersIn(view);
    editor.pick = 1;
    await handlers.pause(undefined, []);
    expect([editor.titles, editor.hints]).toEqual([['Which sandbox is meant?'], ['Only for this one command']]);
    expect([ran, chosen]).toEqual([['b pause'], []]);
  });

  it('the own one is asked for with how long it is remembered', async () => {
    const { chosen, handlers } = boxes();
    editor.pick = 1;
    await handlers.selectSandbox(undefined, []);
    expect(chosen).toEqual(['chosen b', 'remembered b']);
    editor.workspace.isTrusted = false;
    await handlers.selectSandbox(undefined, []);
    expect(editor.titles).toEqual(Array(2).fill('Which is the current sandbox?'));
    expect(editor.hints).toEqual([
      'It is remembered for this workspace',
      'Until this window is closed: this workspace is not trusted',
    ]);
  });
});

describe('choosing a sandbox from its row', () => {
  it('takes one that lives, and refuses one that is over in words', async () => {
    const { chosen, handlers } = handlersFor(
      named('a'),
      sandboxView({ sandbox: sandbox({ id: 'old', name: 'old', phase: 'terminated' }) }),
    );
    await handlers.selectSandbox({ sandboxId: 'old' }, []);
    expect(chosen).toEqual([]);
    expect(editor.said).toEqual(['old is over and cannot be the current sandbox any more: choose one that lives.']);
    await handlers.selectSandbox({ sandboxId: 'a' }, []);
    expect(chosen).toEqual(['chosen a', 'remembered a']);
  });
});

describe('without any server', () => {
  it('whatever is asked for, both ways in are shown instead of one clear question about something else', () => {
    const { handlers, asked, connect } = handlersIn(appView([], { servers: [] }));
    void handlers.pause(undefined, []);
    void handlers.refresh(undefined, []);
    expect(editor.said).toEqual(Array(2).fill('Nothing is watched yet: no server is connected.'));
    expect(asked).toEqual([]);
    expect(connect).not.toHaveBeenCalled();
  });
});

describe('what can I do?', () => {
  const hintFor = async (part: Partial<SandboxView>): Promise<string | undefined> => {
    await handlersFor(named('a', part)).handlers.whatCanIDo({ sandboxId: 'a' }, []);
    return editor.hints.at(-1);
  };

  it('says that nothing threatens a calm sandbox, of which only more can be shown', async () => {
    expect(await hintFor({ leading: null, level: 'calm', fixes: [details] })).toBe(
      'Nothing to do: nothing threatens this sandbox.',
    );
  });

  it('does not say so where something helps, or something is wrong', async () => {
    const pause: FixOffer = { ...details, id: 'pause', title: 'Pause' };
    expect(await hintFor({ leading: null, level: 'calm', fixes: [pause, details] })).toBe('Best first');
    expect(await hintFor({ leading: null, level: 'warn', fixes: [details] })).toBe('Best first');
    expect(await hintFor({ fixes: [details] })).toBe('node (pid 412) grows 4.2 MiB/s; 148 MiB left.');
  });

  it('does not offer to run again what somebody stopped', async () => {
    const { handlers } = handlersFor(
      named('a', { errors: [anError({ pattern: 'sigterm' })] }),
      named('b', { errors: [anError()] }),
    );
    await handlers.whatCanIDo({ sandboxId: 'a' }, []);
    expect(editor.rows).toEqual([]);
    await handlers.whatCanIDo({ sandboxId: 'b' }, []);
    expect(editor.rows).toEqual(['$(terminal) Run it again']);
  });
});
