import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { ServerAnswers } from '../../../src/editor/server-answers.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { AppView } from '../../../src/model/view.ts';
import { createAppBench } from '../../helpers/app-bench.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { appView, sandbox, sandboxView, server } from '../../helpers/views.ts';

const editor = vi.hoisted(() => ({
  said: [] as string[],
  mentioned: [] as string[],
  buttons: [] as string[],
  shown: [] as string[],
  cancel: (): unknown => undefined,
}));

vi.mock('vscode', () => {
  // It stands until somebody closes it, and here nobody does.
  const message = (text: string, ...buttons: string[]) => {
    editor.said.push(text);
    editor.buttons.push(...buttons);
    return new Promise(() => undefined);
  };
  return {
    ProgressLocation: { Notification: 15 },
    window: {
      showInformationMessage: message,
      showWarningMessage: message,
      setStatusBarMessage: (text: string) => void editor.mentioned.push(text),
      withProgress: async ({ title }: { title: string }, run: (...given: unknown[]) => Promise<unknown>) => {
        editor.shown.push(title);
        const token = {
          onCancellationRequested: (cancel: () => void) => {
            editor.cancel = cancel;
            return { dispose: () => undefined };
          },
        };
        return run({ report: () => undefined }, token);
      },
    },
  };
});

beforeEach(() => {
  for (const list of [editor.said, editor.mentioned, editor.buttons, editor.shown]) list.length = 0;
});

const refused = server({ state: 'down', problem: 'unauthorized', text: 'The server did not accept the key.' });
const here = server({ provider: 'local', label: 'This computer' });
const asking = server({ state: 'connecting' });

/** Answers over views that are set by hand. */
const scene = (first: AppView) => {
  const clock = new FakeClock();
  const listeners = new Set<(view: AppView) => void>();
  let view = first;
  let refreshes = 0;
  const supervisor: Pick<Supervisor, 'view' | 'onChange' | 'refresh'> = {
    get view() {
      return view;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh: () => {
      refreshes += 1;
      view = appView(view.sandboxes, { servers: view.servers.map((each) => ({ ...each, answered: false })) });
    },
  };
  const show = async (...servers: AppView['servers']): Promise<void> => {
    view = appView(view.sandboxes, { servers });
    for (const listener of [...listeners]) listener(view);
    await settle();
  };
  const answers = new ServerAnswers(supervisor, clock);
  /** Begins without waiting for the end: a message stands until it is closed. */
  const begin = (how: 'connect' | 'refresh') => void answers[how]();
  return { clock, listeners, show, begin, refreshes: () => refreshes };
};

describe('what is said of a server that is asked', () => {
  it('is what is wrong with it, with what helps, also where the place the editor works in is well', async () => {
    const { clock, show, begin, listeners, refreshes } = scene(appView([], { servers: [asking, here] }));
    begin('connect');
    await clock.advance(800);
    expect([editor.said, editor.shown, refreshes()]).toEqual([[], [], 1]);
    await show(refused, here);
    expect(editor.said).toEqual(['OpenSandbox on 127.0.0.1:8080: The server did not accept the key.']);
    expect(editor.buttons).toEqual(['Set API Key…']);
    expect(listeners.size).toBe(0);
  });

  it('is how many sandboxes it has that live, and not those of others', async () => {
    const views = ['a', 'b', 'over'].map((id) =>
      sandboxView({ sandbox: sandbox({ id, phase: id === 'over' ? 'terminated' : 'running' }) }),
    );
    const place = sandboxView({ sandbox: sandbox({ id: 'here', provider: 'local' }) });
    const { clock, show, begin } = scene(appView([...views, place], { servers: [server(), here] }));
    begin('connect');
    await clock.advance(400);
    // That it was well before is no answer.
    expect(editor.said).toEqual([]);
    await show(server(), here);
    expect(editor.said).toEqual(['Connected to OpenSandbox on 127.0.0.1:8080: 2 sandboxes.']);
  });

  it('is that there is none yet', async () => {
    const { clock, show, begin } = scene(appView([], { servers: [server()] }));
    begin('connect');
    await clock.advance(400);
    await show(server());
    expect(editor.said).toEqual([
      'Connected to OpenSandbox on 127.0.0.1:8080: it has no sandbox yet. One that is started appears by itself.',
    ]);
  });

  it('comes after some seconds of visible waiting, or is that nothing came', async () => {
    const { clock, show, begin } = scene(appView([], { servers: [asking] }));
    begin('connect');
    await clock.advance(1_400);
    expect(editor.shown).toEqual(['Waiting for OpenSandbox on 127.0.0.1:8080']);
    await clock.advance(8_000);
    await show(refused);
    expect(editor.said).toHaveLength(1);
    await show(asking);
    begin('connect');
    await clock.advance(17_000);
    expect(editor.said[1]).toBe('No answer yet from OpenSandbox on 127.0.0.1:8080. It is asked on by itself.');
  });

  it('is nothing where the waiting was cancelled, and once where it was asked twice', async () => {
    const { clock, show, begin, listeners } = scene(appView([], { servers: [asking] }));
    begin('connect');
    await clock.advance(2_000);
    editor.cancel();
    await settle();
    await show(refused);
    expect([editor.said, listeners.size]).toEqual([[], 0]);
    await show(asking);
    begin('connect');
    begin('refresh');
    await clock.advance(500);
    await show(refused);
    expect(editor.said).toHaveLength(1);
  });

  it('is nothing after a refresh that changes nothing for the better or the worse', async () => {
    const { clock, show, begin, listeners } = scene(appView([], { servers: [server(), here] }));
    begin('refresh');
    await clock.advance(500);
    await show(server(), here);
    expect([editor.said, editor.mentioned, editor.shown, listeners.size]).toEqual([[], [], [], 0]);
  });

  it('is only mentioned where a refresh finds it well again', async () => {
    const { clock, show, begin } = scene(appView([sandboxView()], { servers: [refused] }));
    begin('refresh');
    await show(asking);
    await clock.advance(500);
    await show(server());
    expect([editor.said, editor.mentioned]).toEqual([[], ['Connected to OpenSandbox on 127.0.0.1:8080: 1 sandbox.']]);
  });

  it('is the newer answer, also where it is the same as before and comes at once', async () => {
    const { app, clock, provider, show } = createAppBench();
    const problem = new Problem('unauthorized', 'No.');
    const refuse = () =>
      provider.event({ kind: 'health', atMs: clock.now(), healthy: false, problem, retryAtMs: null });
    app.setProviders([provider]);
    refuse();
    await show();
    void new ServerAnswers(app, clock).refresh();
    await clock.advance(5_000);
    // The last answer is none to this question.
    expect([app.view.servers[0]?.state, editor.said]).toEqual(['connecting', []]);
    refuse();
    await show();
    expect(editor.said).toEqual([
      'Fake on 127.0.0.1: The server did not accept the key. Set the API key again, then refresh.',
    ]);
    void new ServerAnswers(app, clock).refresh();
    refuse();
    await clock.advance(1_000);
    expect(editor.said).toHaveLength(2);
    void new ServerAnswers(app, clock).refresh();
    provider.event({ kind: 'health', atMs: clock.now(), healthy: true, text: null });
    provider.put(aSandbox('a'));
    await clock.advance(1_000);
    expect(editor.mentioned).toEqual(['Connected to Fake on 127.0.0.1: 1 sandbox.']);
  });

  it.each(['connect', 'refresh'] as const)('is what a server says that was well until then: %s', async (how) => {
    const { app, clock, provider, show } = createAppBench();
    app.setProviders([provider]);
    const well = () => provider.event({ kind: 'health', atMs: clock.now(), healthy: true, text: null });
    well();
    provider.put(aSandbox('a'));
    await show();
    void new ServerAnswers(app, clock)[how]();
    await clock.advance(3_000);
    // The row goes on as it was; what is said waits.
    expect([app.view.servers[0]?.state, editor.said]).toEqual(['healthy', []]);
    expect(editor.shown).toEqual(['Waiting for Fake on 127.0.0.1']);
    const problem = new Problem('timeout', 'Too late.');
    provider.event({ kind: 'health', atMs: clock.now(), healthy: false, problem, retryAtMs: null });
    await show();
    expect(editor.said).toHaveLength(1);
    expect(editor.said[0]).toContain('The server did not answer in time.');
    well();
    await show();
    void new ServerAnswers(app, clock)[how]();
    // A list alone is an answer too.
    provider.put(aSandbox('a'));
    await clock.advance(1_000);
    expect(editor.said.slice(1)).toEqual(how === 'connect' ? ['Connected to Fake on 127.0.0.1: 1 sandbox.'] : []);
  });
});
