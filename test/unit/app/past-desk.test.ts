import { describe, expect, it } from 'vitest';
import type { RememberedFix } from '../../../src/model/fix.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox } from '../../helpers/fake-provider.ts';
import { anIncident, aRemembered } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const diskFull = (atMs: number) => ({
  sandboxId: 'a',
  commandId: null,
  commandLine: null,
  source: 'fake',
  text: 'ENOSPC: no space left on device, write',
  exitCode: 1,
  atMs,
});

const noon = Date.UTC(2026, 0, 1, 12);

const ids = (app: { view: { sandboxes: readonly { sandbox: { id: string } }[] } }): string[] =>
  app.view.sandboxes.map((one) => one.sandbox.id).sort();

const withPast = (): RecordingHistory => {
  const history = new RecordingHistory();
  history.remembered.push(aRemembered('old', noon - 60_000), aRemembered('older', noon - 120_000));
  history.recordIncident(anIncident('old', noon - 60_000));
  return history;
};

describe('forgetting a sandbox', () => {
  it('takes one that is only remembered out of the view', async () => {
    const { app, history, show } = await startedBench([aSandbox('a')], { history: withPast() });
    expect(ids(app)).toEqual(['a', 'old', 'older']);
    await app.forgetSandbox('old');
    await show();
    expect(ids(app)).toEqual(['a', 'older']);
    expect(history.forgotten).toEqual(['old']);
    app.refresh();
    await show();
    expect(ids(app)).toEqual(['a', 'older']);
  });

  it('takes one that ended here out of the view, and a server that goes on listing it does not bring it back', async () => {
    const { app, provider, history, show, clock } = await startedBench([aSandbox('a'), aSandbox('b')]);
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await show();
    await app.forgetSandbox('a');
    await show();
    provider.tell();
    await clock.advance(60_000);
    expect(ids(app)).toEqual(['b']);
    expect(history.incidentList).toEqual([]);
    expect(history.seen.map(({ sandbox }) => sandbox.id)).not.toContain('a');
    provider.put(aSandbox('a'));
    await show();
    expect(ids(app)).toEqual(['a', 'b']);
    await app.dispose();
    expect(clock.pending).toBe(0);
  });

  it('leaves the current one that has ended for another one', async () => {
    const { app, provider, show } = await startedBench([aSandbox('a')]);
    provider.remove('a');
    await show();
    expect(app.view.currentId).toBe('a');
    await app.forgetSandbox('a');
    await show();
    expect(app.view).toMatchObject({ currentId: null, sandboxes: [] });
  });

  it('takes only the past of one that lives, which is told anew', async () => {
    const { app, provider, history, show, view, clock } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    provider.error(diskFull(clock.now()));
    await show();
    expect(view('a').errors).toHaveLength(1);
    await app.forgetSandbox('a');
    expect(history.seen).toEqual([]);
    await show();
    expect(view('a')).toMatchObject({
      errors: [],
      incidents: [],
      link: { state: 'live' },
      health: { state: 'running' },
    });
    expect(history.seen.map(({ sandbox }) => sandbox.id)).toEqual(['a']);
    expect(history.errorList).toEqual([]);
  });

  it('does not make the store forget that it lives, although it was told so meanwhile', async () => {
    const { app, provider, history, show } = await startedBench([aSandbox('a')]);
    let open = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      open = resolve;
    });
    const forget = history.forgetSandbox.bind(history);
    history.forgetSandbox = async (id) => {
      await slow;
      return await forget(id);
    };
    const forgetting = app.forgetSandbox('a');
    provider.put(aSandbox('a', { metadata: { team: 'blue' } }));
    await show();
    open();
    await forgetting;
    expect(history.seen).toEqual([]);
    await show();
    expect(history.seen).toMatchObject([{ sandbox: { id: 'a', metadata: { team: 'blue' } } }]);
  });

  it('is not undone by what the store was just answering', async () => {
    const history = withPast();
    const { app, show } = await startedBench([], { history });
    let open = (): void => undefined;
    history.gate = new Promise((resolve) => {
      open = resolve;
    });
    const answer = history.sandboxes.bind(history);
    const known = [...history.remembered];
    history.sandboxes = async () => {
      await history.gate;
      history.sandboxes = answer;
      return known;
    };
    app.refresh();
    await app.forgetSandbox('old');
    open();
    await show();
    expect(ids(app)).toEqual(['older']);
  });

  it('asks the store also for one that is not known here', async () => {
    const { app, history } = await startedBench([]);
    await app.forgetSandbox('elsewhere');
    expect(history.forgotten).toEqual(['elsewhere']);
  });
});

describe('forgetting everything', () => {
  it('leaves what lives, without a past', async () => {
    const { app, provider, history, show } = await startedBench([aSandbox('a'), aSandbox('b')], {
      history: withPast(),
    });
    provider.remove('b');
    await show();
    expect(ids(app)).toEqual(['a', 'b', 'old', 'older']);
    await app.forgetEverything();
    await show();
    expect(ids(app)).toEqual(['a']);
    expect(history.forgotten.at(-1)).toBe('everything');
    expect(history.seen.map(({ sandbox }) => sandbox.id)).toEqual(['a']);
    expect(history.incidentList).toEqual([]);
    app.refresh();
    await show();
    expect(ids(app)).toEqual(['a']);
  });
});

describe('what is kept elsewhere', () => {
  it('is told what was forgotten, and the names a person gave to errors are gone with it', async () => {
    const told: (string | null)[] = [];
    const named: RememberedFix = { fingerprint: '', name: 'Mine', does: 'command', text: 'make', savedAtMs: 1 };
    const rememberedFixes: RememberedFix[] = [];
    const { app, provider, clock, show, view } = await startedBench([aSandbox('a')], {
      rememberedFixes,
      forgotten: async (sandboxId) => {
        told.push(sandboxId);
        if (sandboxId === null) rememberedFixes.length = 0;
      },
    });
    const fail = async (): Promise<void> => {
      provider.error(diskFull(clock.now()));
      await show();
    };
    await fail();
    rememberedFixes.push({ ...named, fingerprint: view('a').errors[0]?.fingerprint ?? '' });
    app.rememberedFixesChanged();
    await show();
    expect(view('a').errors[0]?.title).toBe('Mine');
    await app.forgetSandbox('b');
    await app.forgetEverything();
    expect(told).toEqual(['b', null]);
    await fail();
    expect(view('a').errors[0]?.title).not.toBe('Mine');
  });
});

describe('handing the past out', () => {
  it('gives the lines of the store', async () => {
    const { app } = await startedBench([], { history: withPast() });
    const lines: string[] = [];
    for await (const line of app.exportHistory()) lines.push(line);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ kind: 'incident' }]);
  });

  it('gives what the person kept in the editor too, without secrets', async () => {
    const fix = {
      fingerprint: 'f',
      name: 'Login',
      does: 'command',
      text: 'psql --password hunter2',
      savedAtMs: 1,
    } as const;
    const { app } = await startedBench([aSandbox('a')], {
      history: withPast(),
      rememberedFixes: [fix],
      redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    });
    await app.mute('a', 'memory');
    const lines: unknown[] = [];
    for await (const line of app.exportHistory()) lines.push(JSON.parse(line));
    expect(lines).toMatchObject([
      { kind: 'own-fix', ...fix, text: 'psql --password [redacted]' },
      { kind: 'mute', sandboxId: 'a', signal: 'memory' },
      { kind: 'incident' },
    ]);
  });

  it('gives the newest measurements of what lives', async () => {
    const { app, provider, clock, show } = await startedBench([aSandbox('a'), aSandbox('b')]);
    expect(app.exportMetrics()).toBe('');
    for (const id of ['a', 'b']) provider.stream(id).queue.push(aSample(id, clock.now()));
    await show();
    provider.remove('b');
    await show();
    const text = app.exportMetrics();
    expect(text).toContain('sandbox_foresight_memory_limit_bytes{sandbox_id="a"');
    expect(text).toContain('signal="memory"');
    expect(text).not.toContain('sandbox_id="b"');
  });
});

describe('looking through the past', () => {
  it('finds every incident that is kept, newest first, also of sandboxes for which the view has no room', async () => {
    const history = new RecordingHistory();
    for (let no = 0; no < 400; no += 1) {
      history.remembered.push(aRemembered(`s${no}`, noon - no * 3_600_000));
      history.recordIncident(anIncident(`s${no}`, noon - no * 3_600_000));
    }
    const { app, clock } = await startedBench([aSandbox('a')], { history });
    expect(ids(app)).toHaveLength(51);
    expect((await app.incidents()).map(({ sandboxId }) => sandboxId)).toEqual(
      Array.from({ length: 400 }, (_, no) => `s${no}`),
    );
    const asked = app.postMortem(`s399/expired/${noon - 399 * 3_600_000}`);
    await clock.advance(1_000);
    expect((await asked)?.incident.sandboxId).toBe('s399');
  });

  it('tells of one end once, though two windows wrote it down, and of a recording, which is not kept', async () => {
    const history = withPast();
    history.recordIncident(anIncident('old', noon - 59_000, { cause: 'deleted', certainty: 'probable' }));
    const { app, provider, show } = await startedBench([aSandbox('a')], { history, unkept: ['fake'] });
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await show();
    const found = await app.incidents();
    expect(found.map(({ sandboxId, certainty }) => [sandboxId, certainty])).toEqual([
      ['a', expect.any(String)],
      ['old', 'certain'],
    ]);
  });

  it('has those in the view where the store does not answer', async () => {
    const { app, history, provider, clock, show } = await startedBench([aSandbox('a')], { history: withPast() });
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await show();
    history.incidents = () => new Promise(() => undefined);
    const asked = app.incidents();
    await clock.advance(10_000);
    expect((await asked).map(({ sandboxId }) => sandboxId)).toEqual(['a', 'old']);
  });
});
