import { describe, expect, it } from 'vitest';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { lifeKey, noEndBytes } from '../../../src/model/life.ts';
import type { ErrorSource, ProviderActions } from '../../../src/model/ports.ts';
import type { Expiry } from '../../../src/model/sandbox.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox, using } from '../../helpers/fake-provider.ts';
import { anEnd, anIncident, aStart } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const minute = 60_000;

const anError = (atMs: number, part: Partial<ErrorEvent> = {}): ErrorEvent => ({
  sandboxId: 'a',
  commandId: null,
  commandLine: 'npm test',
  source: 'fake',
  text: 'ENOSPC: no space left on device, write',
  exitCode: 1,
  atMs,
  ...part,
});

const expiry: Expiry = { clock: 'absolute', expiresAtMs: 0, action: 'delete', extendedBy: 'call', certainty: 'known' };

const phasesOf = (history: RecordingHistory): string[] => history.seen.map(({ sandbox }) => sandbox.phase);

describe('what is remembered of a sandbox', () => {
  it('begins when it is seen and is told again when something of it changed, and only then', async () => {
    const { provider, history, clock, show } = await startedBench([aSandbox('a')]);
    expect(history.seen).toHaveLength(1);
    provider.tell();
    await clock.advance(5_000);
    expect(history.seen).toHaveLength(1);
    const changes = [
      { phase: 'paused', rawState: 'Paused' },
      { phase: 'paused', rawState: 'Frozen' },
      { metadata: { team: 'blue' } },
      { metadata: { team: 'red' } },
      { name: 'other' },
    ] as const;
    for (const [no, change] of changes.entries()) {
      provider.put(aSandbox('a', change));
      await show();
      expect(history.seen).toHaveLength(no + 2);
      expect(history.seen.at(-1)?.sandbox).toMatchObject(change);
    }
    provider.put(aSandbox('a', { ...changes[4], metadata: {} }));
    await show();
    expect(history.seen).toHaveLength(6);
  });

  it('tells a deadline that was moved, but not every move of one that activity moves', async () => {
    const at = (expiresAtMs: number, clock: 'absolute' | 'idle') =>
      ({ clock, expiresAtMs, action: 'delete', extendedBy: 'call', certainty: 'known' }) as const;
    const { provider, history, clock, show } = await startedBench([aSandbox('a')]);
    const noon = clock.now();
    provider.put(aSandbox('a', { expiry: at(noon + 60 * minute, 'absolute') }));
    await show();
    provider.put(aSandbox('a', { expiry: at(noon + 90 * minute, 'absolute') }));
    await show();
    expect(history.seen.map(({ sandbox }) => sandbox.expiry?.expiresAtMs)).toEqual([
      undefined,
      noon + 60 * minute,
      noon + 90 * minute,
    ]);
    for (let second = 1; second <= 180; second += 1) {
      provider.put(aSandbox('a', { expiry: at(noon + 90 * minute + second, 'idle') }));
      await clock.advance(1_000);
    }
    expect(history.seen.length).toBeGreaterThan(4);
    expect(history.seen.length).toBeLessThan(8);
  });

  it('says now and then that it is still there, also at the close', async () => {
    const { app, history, clock } = await startedBench([aSandbox('a')]);
    await clock.advance(31 * minute);
    expect(history.seen).toHaveLength(4);
    await clock.advance(minute);
    await app.dispose();
    expect(history.seen.at(-1)?.atMs).toBe(clock.now());
  });

  it('ends with its end, also when it only vanished', async () => {
    const { app, provider, history, clock, show } = await startedBench([aSandbox('a')]);
    provider.remove('a');
    await show();
    expect(phasesOf(history)).toEqual(['running', 'terminated']);
    expect(history.incidentList).toMatchObject([{ sandboxId: 'a', cause: 'deleted' }]);
    provider.put(aSandbox('a'));
    await show();
    expect(history.withdrawn).toHaveLength(1);
    expect(history.incidentList).toEqual([]);
    expect(phasesOf(history)).toEqual(['running', 'terminated', 'running']);
    await clock.advance(minute);
    await app.dispose();
  });

  it('holds every sample, the errors one by one, the warnings, and the fixes', async () => {
    const renew: ProviderActions['renew'] = (_, expiresAtMs) =>
      Promise.resolve({ clock: 'absolute', expiresAtMs, action: 'delete', extendedBy: 'call', certainty: 'known' });
    const start = await startedBench([], { actions: { renew } });
    const { app, provider, history, clock, show } = start;
    const expiry = { expiresAtMs: clock.now() + 4 * minute, clock: 'absolute', action: 'delete' } as const;
    provider.put(aSandbox('a', { expiry: { ...expiry, extendedBy: 'call', certainty: 'known' } }));
    await show();
    const sent = [0, 1, 2].map((second) => aSample('a', clock.now() + second * 1_000));
    for (const sample of sent) provider.stream('a').queue.push(sample);
    await show();
    expect(history.sampleList).toEqual(sent);
    for (const no of [1, 2]) provider.error(anError(clock.now() + no));
    await show();
    expect(history.errorList.map(({ sandboxId, error }) => [sandboxId, error.count])).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    await clock.advance(2 * minute);
    expect(history.warningList.map((one) => one.signal)).toContain('expiry');
    const fingerprint = history.errorList[0]?.error.fingerprint ?? '';
    const plans = [await app.planFix('a', 'extend', null, { fingerprint }), await app.planFix('a', 'extend')];
    for (const plan of plans) await start.fix(plan);
    await show();
    expect(history.fixList.map((one) => one.fingerprint)).toEqual([fingerprint, null]);
  });

  it('belongs to the workspace its metadata names, else to that of this window for the person’s own sandbox', async () => {
    const { app, provider, history, clock, show } = await startedBench([
      aSandbox('a', { metadata: { 'acme.io/repo': 'https://example.com/acme/Web.git' } }),
      aSandbox('b'),
      aSandbox('c'),
    ]);
    const place = {
      environment: {},
      hostname: 'h',
      workspaceNames: ['Api Tests (Workspace)', 'src'],
      workspaceUris: [],
    };
    app.setPlace(place, null);
    app.choose('b');
    await show();
    for (const sandboxId of ['a', 'b', 'c']) provider.error(anError(clock.now(), { sandboxId }));
    await show();
    expect(history.errorList.map(({ sandboxId, workspace }) => [sandboxId, workspace])).toEqual([
      ['a', 'web'],
      ['b', 'api-tests'],
      ['c', null],
    ]);
    const known = new Map(history.seen.map(({ sandbox, workspace }) => [sandbox.id, workspace]));
    expect([...known]).toEqual([
      ['a', 'web'],
      ['b', 'api-tests'],
      ['c', null],
    ]);
    for (const id of ['a', 'b', 'c']) provider.remove(id);
    await show();
    const incidents = history.incidentList.map((each) => [each.sandboxId, each.workspace]);
    expect(incidents.toSorted()).toEqual([
      ['a', 'web'],
      ['b', 'api-tests'],
      ['c', undefined],
    ]);
    await app.dispose();
  });

  it('is not noted where the person does not trust it, until they do', async () => {
    const { app, provider, history, clock, show } = await startedBench([
      aSandbox('a', { metadata: { repo: 'web' } }),
      aSandbox('b'),
    ]);
    const place = { environment: {}, hostname: 'h', workspaceNames: ['api'], workspaceUris: [] };
    app.setPlace({ ...place, isTrusted: false }, null);
    app.choose('b');
    await show();
    for (const sandboxId of ['a', 'b']) provider.error(anError(clock.now(), { sandboxId }));
    await show();
    expect(history.errorList.map(({ sandboxId, workspace }) => [sandboxId, workspace])).toEqual([
      ['a', 'web'],
      ['b', null],
    ]);
    expect(JSON.stringify(history.seen)).not.toContain('api');
    app.setPlace({ ...place, isTrusted: true }, null);
    provider.error(anError(clock.now(), { sandboxId: 'b' }));
    await show();
    expect(history.errorList.at(-1)).toMatchObject({ sandboxId: 'b', workspace: 'api' });
    await app.dispose();
  });

  it('is told again when it becomes known where it belongs, and not when it is not known any more', async () => {
    const { app, history, clock } = await startedBench([aSandbox('a'), aSandbox('b')]);
    app.setPlace({ environment: {}, hostname: 'h', workspaceNames: ['api'], workspaceUris: [] }, null);
    const before = history.seen.length;
    app.choose('a');
    await clock.advance(10_000);
    app.choose('b');
    await clock.advance(10_000);
    expect(history.seen.slice(before).map(({ sandbox, workspace }) => [sandbox.id, workspace])).toEqual([
      ['a', 'api'],
      ['b', 'api'],
    ]);
  });

  it('is nothing for providers whose sandboxes are not kept', async () => {
    const { app, provider, history, clock, show } = await startedBench([aSandbox('a')], { unkept: ['fake'] });
    provider.stream('a').queue.push(aSample('a', clock.now()));
    provider.error(anError(clock.now()));
    await show();
    provider.remove('a');
    await show();
    expect(app.view.sandboxes[0]?.incidents).toHaveLength(1);
    await app.dispose();
    expect([history.seen, history.sampleList, history.errorList, history.transitionList, history.incidentList]).toEqual(
      [[], [], [], [], []],
    );
  });
});

describe('diagnostics', () => {
  it('are kept when the app reads them after a failure', async () => {
    const { provider, history, show } = await startedBench([aSandbox('a')], {
      actions: { diagnostics: (id) => Promise.resolve(`about ${id}`) },
    });
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await show();
    expect(history.noteList).toMatchObject([{ sandboxId: 'a', text: 'about a' }]);
  });

  it('are read before a deletion, which takes them along, and do not hold it up', async () => {
    const order: string[] = [];
    const start = await startedBench([aSandbox('a')], {
      actions: {
        diagnostics: (id) => {
          order.push('diagnostics');
          return Promise.resolve(`about ${id}`);
        },
        delete: (id) => {
          order.push('delete');
          start.provider.sandboxes.delete(id);
          return Promise.resolve();
        },
      },
    });
    expect(await start.fix(await start.app.planFix('a', 'delete'))).toMatchObject({ result: 'worked' });
    expect(order).toEqual(['diagnostics', 'delete']);
    expect(start.history.noteList).toMatchObject([{ sandboxId: 'a', text: 'about a' }]);

    const silent = await startedBench([aSandbox('a')], {
      actions: {
        diagnostics: () => new Promise(() => undefined),
        delete: (id) => {
          silent.provider.sandboxes.delete(id);
          return Promise.resolve();
        },
      },
    });
    const beganAtMs = silent.clock.now();
    expect(await silent.fix(await silent.app.planFix('a', 'delete'))).toMatchObject({ result: 'worked' });
    expect(silent.clock.now() - beganAtMs).toBeLessThan(5_000);
    expect(silent.history.noteList).toEqual([]);
  });
});

describe('commands', () => {
  it('from a source become runs, with what they took', async () => {
    const { app, provider, history, clock, show } = await startedBench([aSandbox('a')]);
    const t0 = clock.now();
    const source: ErrorSource = {
      name: 'terminal',
      async *events() {
        yield aStart('a', '1', t0 + 1_000, 'npm run build', '/w/api');
        await new Promise((resolve) => clock.after(3_000, () => resolve(null)));
        yield anEnd('a', '1', t0 + 4_000, 2);
      },
    };
    provider.stream('a').queue.push(using('a', t0, 100));
    await show();
    app.addErrorSource(source);
    await clock.advance(1_500);
    provider.stream('a').queue.push(using('a', t0 + 2_000, 160));
    await clock.advance(3_000);
    expect(history.commandList).toMatchObject([
      { commandKey: 'npm run build @api', attempt: 1, exitCode: 2, peakBytes: 60 * 2 ** 20, endedAtMs: t0 + 4_000 },
    ]);
    expect(history.peaks.recorded).toHaveLength(1);
    expect(app.view.sandboxes[0]?.health).toEqual({ state: 'degraded', errorsPerMinute: 0.1 });
  });

  it('that go on are told again, and last when the window is closed', async () => {
    const { app, history, clock, show } = await startedBench([aSandbox('a')]);
    const t0 = clock.now();
    app.addErrorSource({
      name: 'terminal',
      async *events(signal) {
        yield aStart('a', '1', t0, 'npm run dev');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    });
    await show();
    const seenMs = (): number => (history.commandList[0]?.lastSeenAtMs ?? Number.NaN) - t0;
    for (let second = 0; second < 6 * 60; second += 1) await clock.advance(1_000);
    expect(seenMs()).toBeGreaterThanOrEqual(5 * minute);
    expect(seenMs()).toBeLessThan(5.2 * minute);
    const closing = app.dispose();
    await clock.advance(10_000);
    await closing;
    expect(seenMs()).toBeGreaterThanOrEqual(6 * minute);
    expect(history.commandList).toMatchObject([{ endedAtMs: null, exitCode: null }]);
  });
});

describe('what is learned', () => {
  const origin = 'api:1 #0123456789ab';
  const made = () => aSandbox('a', { origin, createdAtMs: 1 });

  it('from a deletion of our own while memory is nearly full is not that memory ran out', async () => {
    const start = await startedBench([made()], {
      actions: {
        delete: (id) => {
          start.provider.sandboxes.delete(id);
          return Promise.resolve();
        },
      },
    });
    const { app, clock, history, provider } = start;
    const use = async (mib: number): Promise<void> => {
      provider.stream('a').queue.push(using('a', clock.now(), mib));
      await clock.advance(1_000);
    };
    await use(150);
    app.addErrorSource({
      name: 'terminal',
      async *events(signal) {
        yield aStart('a', '1', clock.now(), 'npm run dev');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    });
    for (let mib = 150; mib < 490; mib += 4) await use(mib);
    expect(start.notices.map(({ signal }) => signal)).toContain('memory');
    expect(await start.fix(await app.planFix('a', 'delete'))).toMatchObject({ result: 'worked' });
    await clock.advance(30_000);
    expect(history.incidentList).toMatchObject([
      { cause: 'deleted', certainty: 'certain', warning: null, leadMs: null },
    ]);
    expect(history.incidentList[0]?.text).toBe('a was deleted from here.');
    expect(new Set(history.warningList.map(({ outcome }) => outcome))).toEqual(new Set(['recovered']));
    expect(history.peaks.recorded).toEqual([]);
  });

  it.each([
    [10, 10],
    [95, null],
  ])(
    'from an error about a full disk is that it was full, unless it was at %i %% just then',
    async (percent, stopped) => {
      const { provider, history, clock } = await startedBench([made()]);
      for (let second = 0; second < 60; second += 1) {
        const disk = { usedBytes: percent * 2 ** 20, limitBytes: 100 * 2 ** 20 };
        provider.stream('a').queue.push(using('a', clock.now(), 100, { disk }));
        await clock.advance(1_000);
      }
      provider.error(anError(clock.now()));
      await clock.advance(1_000);
      provider.remove('a');
      await clock.advance(60_000);
      const disk = history.peaks.recorded.find(({ commandKey }) => commandKey === lifeKey(origin, 'disk'));
      expect(disk?.peakBytes).toBe(stopped === null ? noEndBytes : stopped * 2 ** 20);
    },
  );
});

describe('a sandbox that had ended before it was seen', () => {
  const failed = aSandbox('a', { phase: 'failed', rawState: 'Failed' });

  it('is written down once', async () => {
    const first = await startedBench([failed]);
    await first.app.dispose();
    expect(first.history.incidentList).toHaveLength(1);
    const [before] = first.history.incidentList;
    await first.clock.advance(minute);
    const told: string[] = [];
    first.history.recordIncident = (incident) => told.push(incident.id);
    const again = await startedBench([failed], { history: first.history });
    await again.app.dispose();
    expect(first.history.incidentList).toEqual([before]);
    expect(told).toEqual([]);
  });

  it('does not cover up what was seen while it ended', async () => {
    const history = new RecordingHistory();
    const seen = anIncident('a', Date.UTC(2026, 0, 1, 11), { cause: 'crashed', text: 'It crashed.', leadMs: 60_000 });
    history.recordSandbox(failed, seen.atMs);
    history.recordIncident(seen);
    const { app, view } = await startedBench([failed], { history });
    expect(history.incidentList).toEqual([seen]);
    expect(view('a').incidents.map((one) => one.text)).toEqual(['It crashed.']);
    const before = app.view.sandboxes[0];
    app.refresh();
    expect(app.view.sandboxes[0]).toBe(before);
    await app.dispose();
  });

  it('does not replace what was read of it then by a guess', async () => {
    const killed = { ...failed, message: 'Sandbox container exited with code 137.' };
    const first = await startedBench([killed]);
    await first.app.dispose();
    const [guess] = first.history.incidentList;
    expect(guess).toMatchObject({ cause: 'crashed', certainty: 'probable' });
    const sure = { ...guess, cause: 'out-of-memory', certainty: 'certain', text: 'a ran out of memory.' } as Incident;
    first.history.recordIncident(sure);
    const { history } = await startedBench([killed], { history: first.history });
    expect(history.incidentList).toEqual([sure]);
  });

  it('is another matter than one that ends before our eyes, whatever is remembered', async () => {
    const history = new RecordingHistory();
    history.recordIncident(anIncident('a', Date.UTC(2026, 0, 1, 11)));
    const { provider, show, view } = await startedBench([aSandbox('a')], { history });
    provider.put(failed);
    await show();
    expect(history.incidentList).toHaveLength(2);
    expect(view('a').incidents.map((one) => one.cause)).not.toContain('expired');
  });

  it('is written down also when the store does not answer, but not at the close', async () => {
    const history = new RecordingHistory();
    history.gate = new Promise(() => undefined);
    const { app, clock } = await startedBench([failed], { history });
    await clock.advance(6_000);
    expect(history.incidentList).toHaveLength(1);
    await app.dispose();

    const closing = new RecordingHistory();
    closing.gate = new Promise(() => undefined);
    const second = await startedBench([failed], { history: closing });
    await second.app.dispose();
    expect(closing.incidentList).toEqual([]);
    expect(second.clock.pending).toBe(0);
  });

  it('are read shortly before the clock takes them along, once for each deadline', async () => {
    let reads = 0;
    const start = await startedBench([], {
      actions: { diagnostics: (id) => Promise.resolve(`about ${id}, ${++reads}`) },
    });
    const { provider, history, clock, show } = start;
    const ending = (ms: number) => aSandbox('a', { expiry: { ...expiry, expiresAtMs: beganAtMs + ms } });
    const beganAtMs = clock.now();
    const texts = (): string[] => history.noteList.map(({ text }) => text);
    provider.put(ending(60_000));
    await show();
    await clock.advance(40_000 - (clock.now() - beganAtMs));
    expect(texts()).toEqual([]);
    provider.put(ending(120_000));
    await show();
    await clock.advance(30_000);
    expect(texts()).toEqual([]);
    provider.tell();
    await clock.advance(40_000);
    provider.tell();
    await show();
    expect(texts()).toEqual(['about a, 1']);
    expect(clock.now()).toBeLessThan(beganAtMs + 120_000);
  });

  it.each<[string, Partial<Expiry>]>([
    ['that is only paused at its end', { action: 'pause' }],
    ['whose end is far away', { expiresAtMs: Number.MAX_SAFE_INTEGER }],
    ['whose time is over already', { expiresAtMs: 1 }],
  ])('are not read ahead of one %s', async (_, part) => {
    const { history, clock } = await startedBench([aSandbox('a', { expiry: { ...expiry, expiresAtMs: 5, ...part } })], {
      actions: { diagnostics: (id) => Promise.resolve(`about ${id}`) },
    });
    await clock.advance(120_000);
    expect(history.noteList).toEqual([]);
  });
});
