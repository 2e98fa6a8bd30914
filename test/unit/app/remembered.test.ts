import { describe, expect, it } from 'vitest';
import { createAppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { anIncident, aRemembered } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const hour = 3_600_000;
const day = 24 * hour;

const historyOf = (...ended: readonly (readonly [string, number])[]): RecordingHistory => {
  const history = new RecordingHistory();
  for (const [id, atMs] of ended) {
    history.remembered.push(aRemembered(id, atMs));
    history.recordIncident(anIncident(id, atMs, { leadMs: 90_000 }));
  }
  return history;
};

const ids = (app: { view: { sandboxes: readonly { sandbox: { id: string } }[] } }): string[] =>
  app.view.sandboxes.map((one) => one.sandbox.id);

describe('remembered sandboxes', () => {
  it('are shown after the others, the newest end first, with their incidents and nothing that is live', async () => {
    const history = historyOf(['old', noon - 2 * day], ['new', noon - hour]);
    const { app, provider, show, view } = await startedBench([aSandbox('a'), aSandbox('b')], { history });
    provider.remove('b');
    await show();
    expect(ids(app)).toEqual(['a', 'b', 'new', 'old']);
    expect(view('new')).toMatchObject({
      sandbox: { phase: 'terminated', name: 'new' },
      link: { state: 'ended' },
      atMs: noon - hour,
      level: 'calm',
      forecasts: [],
      health: { state: 'running', errorsPerMinute: 0 },
      incidents: [{ cause: 'expired', leadMs: 90_000 }],
    });
  });

  it('have the name that their incident tells, where nothing else of them is left', async () => {
    const history = new RecordingHistory();
    history.incidentList.push(anIncident('lost', noon - hour, { sandboxName: 'api-tests', cause: 'crashed' }));
    history.remembered.push(aRemembered('lost', noon - hour, { provider: '', name: '', phase: 'unknown' }));
    const { app } = await startedBench([], { history });
    expect(app.view.sandboxes.map(({ sandbox }) => sandbox.name)).toEqual(['api-tests']);
  });

  it('delay nothing: what lives is shown while the store still reads', async () => {
    const history = historyOf(['old', noon - hour]);
    let open = (): void => undefined;
    history.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { app, show } = await startedBench([aSandbox('a')], { history });
    expect(ids(app)).toEqual(['a']);
    open();
    await show();
    expect(ids(app)).toEqual(['a', 'old']);
  });

  it('are shown also where no server is configured', async () => {
    const { app, show } = createAppBench({ history: historyOf(['old', noon - hour]) });
    app.setProviders([]);
    await show();
    expect(ids(app)).toEqual(['old']);
  });

  it('are those of the last days, as many as there is room for', async () => {
    const history = historyOf(['ancient', noon - 29 * day], ['old', noon - 3 * day], ['new', noon - hour]);
    history.remembered.push(aRemembered('lives', null));
    const { app, show } = await startedBench([], { history });
    expect(ids(app)).toEqual(['new', 'old', 'ancient']);
    app.setSettings({ rememberedMaximumAgeMs: day });
    await show();
    expect(ids(app)).toEqual(['new']);
    app.setSettings({ rememberedMaximumAgeMs: 30 * day });
    await show();
    expect(ids(app)).toEqual(['new', 'old', 'ancient']);
    const many = historyOf(...Array.from({ length: 70 }, (_, no) => [`s${no}`, noon - no * 1_000] as const));
    const crowded = await startedBench([], { history: many });
    expect(ids(crowded.app)).toHaveLength(50);
    expect(ids(crowded.app)[0]).toBe('s0');
  });

  it('give way to what is listed', async () => {
    const { app, provider, show, view } = await startedBench([], { history: historyOf(['a', noon - hour]) });
    expect(view('a').link.state).toBe('ended');
    provider.put(aSandbox('a'));
    await show();
    expect(ids(app)).toEqual(['a']);
    expect(view('a').sandbox.phase).toBe('running');
  });

  it('of other windows come with the next refresh, and what did not change stays the same object', async () => {
    const history = historyOf(['old', noon - day]);
    const { app, show, view, views } = await startedBench([], { history });
    const before = view('old');
    views.length = 0;
    app.refresh();
    await show();
    // All that is different is that the server has been asked anew.
    expect(views.map(({ servers }) => servers.map(({ answered }) => answered))).toEqual([[false]]);
    expect(view('old')).toBe(before);
    history.remembered.push(aRemembered('new', noon - hour));
    history.recordIncident(anIncident('new', noon - hour));
    app.refresh();
    await show();
    expect(ids(app)).toEqual(['new', 'old']);
    expect(view('old')).toBe(before);
    history.recordIncident(anIncident('old', noon - day, { text: 'More is known.' }));
    app.refresh();
    await show();
    expect(view('old').incidents[0]?.text).toBe('More is known.');
  });

  it('have one end, the better known one, although two windows wrote it down', async () => {
    const history = historyOf();
    history.remembered.push(aRemembered('a', noon - hour));
    history.recordIncident(anIncident('a', noon - hour, { id: '1', certainty: 'probable', text: 'Probably.' }));
    history.recordIncident(anIncident('a', noon - hour + 5, { id: '2', text: 'Late.' }));
    history.recordIncident(anIncident('a', noon - hour + 9, { id: '3', text: 'Warned.', leadMs: 60_000 }));
    history.recordIncident(anIncident('a', noon - 2 * hour, { id: '4', text: 'A child.', endsSandbox: false }));
    const { view } = await startedBench([], { history });
    expect(view('a').incidents.map((one) => one.text)).toEqual(['Warned.', 'A child.']);
  });

  it('had each kill once, although two windows wrote it down', async () => {
    const history = historyOf(['old', noon - hour]);
    const kill = { cause: 'out-of-memory-child', endsSandbox: false } as const;
    for (const [id, agoMs] of [
      ['one window', 1_000],
      ['the other', 2_000],
      ['an earlier one', 300_000],
    ] as const) {
      history.recordIncident(anIncident('old', noon - hour - agoMs, { id, ...kill }));
    }
    const { view } = await startedBench([], { history });
    const kills = view('old').incidents.filter(({ cause }) => cause === 'out-of-memory-child');
    expect(kills.map(({ id }) => id)).toEqual(['one window', 'an earlier one']);
  });

  it('are known also from an incident alone', async () => {
    const history = new RecordingHistory();
    const timeline = [{ atMs: noon - 2 * hour, phase: 'failed', rawState: 'Failed', reason: 'EXIT_1' }] as const;
    history.recordIncident(anIncident('lost', noon - hour, { sandboxName: 'from afar', cause: 'crashed', timeline }));
    history.recordIncident(anIncident('lives', noon - hour, { endsSandbox: false }));
    const { app, view } = await startedBench([], { history });
    expect(ids(app)).toEqual(['lost']);
    expect(view('lost').sandbox).toMatchObject({ name: 'from afar', phase: 'failed', reason: 'EXIT_1' });
  });

  it('are told of in the log when they cannot be read, and nothing else breaks', async () => {
    const history = new RecordingHistory();
    history.sandboxes = () => Promise.reject(new Error('broken store'));
    const { app, log } = await startedBench([aSandbox('a')], { history });
    expect(ids(app)).toEqual(['a']);
    expect(log.lines.join()).toContain('broken store');
    await app.dispose();
  });

  it('do not hold the end up', async () => {
    const history = historyOf(['old', noon - hour]);
    history.gate = new Promise(() => undefined);
    const { app, clock, log } = await startedBench([aSandbox('a')], { history });
    await app.dispose();
    expect(clock.pending).toBe(0);
    expect(history.listeners).toBe(0);
    expect(log.lines.filter((line) => line.startsWith('warn') || line.startsWith('error'))).toEqual([]);
  });
});

describe('trouble of the history', () => {
  it('is in the view as long as it lasts', async () => {
    const { app, history, show } = await startedBench([aSandbox('a')]);
    expect(app.view.historyProblem).toBeNull();
    history.fail('The disk is full: nothing new is kept.');
    await show();
    expect(app.view.historyProblem).toBe('The disk is full: nothing new is kept.');
    history.fail(null);
    await show();
    expect(app.view.historyProblem).toBeNull();
  });

  it('is shown also when it was there before', async () => {
    const history = new RecordingHistory();
    history.fail('It is read-only.');
    const { app, show } = createAppBench({ history });
    await show();
    expect(app.view.historyProblem).toBe('It is read-only.');
    await app.dispose();
  });
});
