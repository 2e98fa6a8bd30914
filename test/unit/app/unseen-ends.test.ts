import { describe, expect, it } from 'vitest';
import type { RememberedSandbox } from '../../../src/model/history.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { SignalName } from '../../../src/model/signal.ts';
import type { Warning } from '../../../src/model/warning.ts';
import { aForecast } from '../../helpers/a-forecast.ts';
import { createAppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox, FakeProvider } from '../../helpers/fake-provider.ts';
import { anIncident, aRemembered } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const minute = 60_000;
const place = 'Fake on 127.0.0.1';

/** A window opens, with a server that lists `listed`, and a memory of sandboxes that lived when they were seen last. */
async function open(remembered: readonly RememberedSandbox[], listed: readonly string[] = []) {
  const history = new RecordingHistory();
  history.remembered.push(...remembered);
  const bench = await startedBench(
    listed.map((id) => aSandbox(id)),
    { history },
  );
  await bench.show();
  return { ...bench, history, ends: () => history.incidentList.map(({ sandboxId, cause }) => `${sandboxId} ${cause}`) };
}

const alive = (id: string, lastSeenAtMs: number, part: Partial<RememberedSandbox> = {}): RememberedSandbox =>
  aRemembered(id, null, { place, lastSeenAtMs, ...part });

describe('sandboxes that ended while no window was open', () => {
  it('are shown with the time that was over, or as probably deleted', async () => {
    const nowMs = (await open([])).clock.now();
    const seenMs = nowMs - 60 * minute;
    const { app, ends, history } = await open(
      [
        alive('late', seenMs, { expiresAtMs: nowMs - 30 * minute }),
        alive('early', seenMs, { expiresAtMs: nowMs + 30 * minute }),
        alive('lives', seenMs),
      ],
      ['lives'],
    );
    expect(ends().toSorted()).toEqual(['early deleted', 'late expired']);
    const late = history.incidentList.find((each) => each.sandboxId === 'late');
    expect(late).toMatchObject({ atMs: nowMs - 30 * minute, certainty: 'probable', endsSandbox: true });
    expect(late?.text).toContain('No window was watching');
    expect(history.incidentList.find((each) => each.sandboxId === 'early')?.atMs).toBe(seenMs);
    const shown = app.view.sandboxes.map(({ sandbox }) => `${sandbox.id} ${sandbox.phase}`);
    expect(shown.toSorted()).toEqual(['early terminated', 'late terminated', 'lives running']);
  });

  it('did not end before they were seen last, though their deadline had passed', async () => {
    const nowMs = (await open([])).clock.now();
    const [endedMs, seenMs] = [nowMs - 31 * minute, nowMs - 30 * minute];
    const { history } = await open([alive('late', seenMs, { expiresAtMs: endedMs })]);
    expect(history.incidentList).toMatchObject([{ cause: 'expired', atMs: seenMs }]);
  });

  it('belong to the workspace they were used in, or that their metadata names', async () => {
    const seenMs = (await open([])).clock.now() - 60 * minute;
    const { history } = await open([
      alive('used', seenMs, { workspace: 'api', metadata: { workspace: 'other' } }),
      alive('named', seenMs, { metadata: { project: 'Web' } }),
      alive('unknown', seenMs),
    ]);
    const found = Object.fromEntries(history.incidentList.map((each) => [each.sandboxId, each.workspace]));
    expect(found).toEqual({ used: 'api', named: 'web', unknown: undefined });
  });

  it('are not those of another server, of another system, of long ago, or whose end is known', async () => {
    const nowMs = (await open([])).clock.now();
    const { ends } = await open([
      alive('elsewhere', nowMs - 60 * minute, { place: 'Fake on another host' }),
      alive('unplaced', nowMs - 60 * minute, { place: null }),
      alive('other', nowMs - 60 * minute, { provider: 'other' }),
      alive('ancient', nowMs - 31 * 24 * 60 * minute),
      alive('known', nowMs - 60 * minute, { endedAtMs: nowMs - 60 * minute }),
    ]);
    expect(ends()).toEqual([]);
  });

  it('are asked for once more, because a list may not be whole', async () => {
    const history = new RecordingHistory();
    const bench = createAppBench({ history });
    const seenMs = bench.clock.now() - 60 * minute;
    history.remembered.push(alive('hidden', seenMs), alive('unclear', seenMs), alive('gone', seenMs));
    bench.provider.find = (id) => {
      if (id === 'unclear') return Promise.reject(new Problem('timeout', 'It took too long.'));
      return Promise.resolve(id === 'hidden' ? aSandbox('hidden') : null);
    };
    bench.app.setProviders([bench.provider]);
    await bench.clock.advance(0);
    bench.provider.tell();
    await bench.show();
    bench.provider.tell();
    await bench.show();
    expect(history.incidentList.map((each) => each.id)).toEqual(['gone/unseen']);
  });

  it('have not ended when a later list tells of them again', async () => {
    const nowMs = (await open([])).clock.now();
    const { provider, show, history, ends } = await open([alive('back', nowMs - 60 * minute)]);
    expect(ends()).toEqual(['back deleted']);
    provider.put(aSandbox('back'));
    await show();
    expect(history.withdrawn).toEqual(['back/unseen']);
    expect(ends()).toEqual([]);
  });

  it('are left alone while another window goes on telling of them', async () => {
    const nowMs = (await open([])).clock.now();
    const { clock, ends, history } = await open([
      alive('watched', nowMs - minute),
      alive('left', nowMs - minute),
      alive('late', nowMs - minute, { expiresAtMs: nowMs - 2 * minute }),
      alive('known', nowMs - minute),
    ]);
    // Its time is over, whoever watches it.
    expect(ends()).toEqual(['late expired']);
    await clock.advance(8 * minute);
    history.recordSandbox(aSandbox('watched'), clock.now(), place);
    history.recordIncident(anIncident('known', clock.now()));
    await clock.advance(2 * minute);
    expect(ends()).toEqual(['late expired', 'known expired']);
    await clock.advance(2 * minute);
    expect(ends()).toEqual(['late expired', 'known expired', 'left deleted']);
    await clock.advance(60 * minute);
    expect(ends()).toHaveLength(3);
  });

  it('are left alone when the window closes before it is certain', async () => {
    const nowMs = (await open([])).clock.now();
    const { app, clock, ends } = await open([alive('left', nowMs - minute)]);
    await app.dispose();
    expect(clock.pending).toBe(0);
    expect(ends()).toEqual([]);
  });

  it.each([
    ['another key', `${place} #2`],
    ['a key nobody knows', null],
  ])('are not those that %s shows', async (_, realm) => {
    const history = new RecordingHistory();
    const bench = createAppBench({ history, realm });
    const seenMs = bench.clock.now() - 60 * minute;
    history.remembered.push(alive('first', seenMs, { place: `${place} #1` }), alive('keyless', seenMs));
    bench.app.setProviders([bench.provider]);
    await bench.clock.advance(0);
    bench.provider.tell();
    await bench.clock.advance(60 * minute);
    expect(history.incidentList).toEqual([]);
  });

  it('are looked for once it is known which key shows them, and then once', async () => {
    const history = new RecordingHistory();
    const bench = createAppBench({ history, realm: null });
    const { app, clock, provider } = bench;
    const seenMs = clock.now() - 60 * minute;
    const unseen = anIncident('back', seenMs, { id: 'back/unseen' });
    history.remembered.push(alive('gone', seenMs), alive('back', seenMs));
    history.incidentList.push(unseen);
    provider.put(aSandbox('back'));
    app.setProviders([provider]);
    await clock.advance(0);
    const told = async (): Promise<readonly string[]> => {
      provider.tell();
      await bench.show();
      return history.incidentList.map(({ id }) => id);
    };
    expect(await told()).toEqual([]);
    // That one lives needs no key to be known.
    expect(history.withdrawn).toEqual(['back/unseen']);
    provider.realm = place;
    expect(await told()).toEqual(['gone/unseen']);
    history.remembered.push(alive('other', seenMs));
    provider.realm = null;
    await told();
    provider.realm = place;
    expect(await told()).toEqual(['gone/unseen']);
  });

  it('have not ended when a window that is shown them opens after one that was not', async () => {
    const history = new RecordingHistory();
    const nowMs = (await open([])).clock.now();
    const hourAgoMs = nowMs - 60 * minute;
    const unseen = (id: string) => anIncident(id, hourAgoMs, { id: `${id}/unseen` });
    history.remembered.push(...['back', 'stopped', 'gone', 'seen'].map((id) => alive(id, hourAgoMs)));
    history.remembered.push(alive('elsewhere', hourAgoMs, { place: `${place} #1` }));
    history.incidentList.push(...['back', 'stopped', 'gone', 'elsewhere'].map(unseen), anIncident('seen', hourAgoMs));
    const stopped = aSandbox('stopped', { phase: 'terminated', rawState: 'Terminated' });
    const listed = [aSandbox('back'), stopped, aSandbox('seen'), aSandbox('elsewhere')];
    const { show } = await startedBench(listed, { history });
    await show();
    expect(history.withdrawn.toSorted()).toEqual(['back/unseen', 'elsewhere/unseen']);
  });

  it('have not ended when the key is another one: they are dropped', async () => {
    const { app, clock, history, provider } = await startedBench([aSandbox('ours')], { realm: `${place} #1` });
    const other = new FakeProvider(clock, { realm: `${place} #2` });
    other.sandboxes.set('theirs', aSandbox('theirs'));
    app.setProviders([other]);
    await clock.advance(0);
    other.tell();
    await clock.advance(60 * minute);
    expect(app.view.sandboxes.map(({ sandbox }) => `${sandbox.id} ${sandbox.phase}`)).toEqual(['theirs running']);
    expect(history.incidentList).toEqual([]);
    expect([provider.openWatches, provider.disposed]).toEqual([0, 1]);
    const places = new Map(history.seen.map((each) => [each.sandbox.id, each.place]));
    expect([...places]).toEqual([
      ['ours', `${place} #1`],
      ['theirs', `${place} #2`],
    ]);
  });

  it('keep the warning that foretold them, and none of something else', async () => {
    const nowMs = (await open([])).clock.now();
    const history = new RecordingHistory();
    const seenMs = nowMs - 60 * minute;
    const warning = (sandboxId: string, signal: SignalName, part: Partial<Warning> = {}): Warning => ({
      id: `${sandboxId}/${signal}`,
      sandboxId,
      signal,
      level: 'warn',
      startedAtMs: seenMs - 2 * minute,
      warnedAtMs: seenMs - minute,
      criticalAtMs: null,
      forecast: aForecast({ signal }),
      endedAtMs: null,
      outcome: 'open',
      ...part,
    });
    const late = { expiresAtMs: nowMs - 30 * minute };
    history.remembered.push(alive('late', seenMs, late), alive('deleted', seenMs), alive('extended', seenMs, late));
    history.warningList.push(
      warning('late', 'memory'),
      warning('late', 'expiry', { startedAtMs: seenMs - 3 * minute }),
      warning('deleted', 'memory'),
      warning('extended', 'expiry', { id: 'new', outcome: 'recovered', endedAtMs: seenMs }),
      warning('extended', 'expiry', { id: 'left open by another window', startedAtMs: seenMs - 90 * minute }),
    );
    const bench = await startedBench([], { history });
    await bench.show();
    const told = history.incidentList.map(({ sandboxId, warning: one, leadMs }) => [
      sandboxId,
      one?.id ?? null,
      leadMs,
    ]);
    expect(told.toSorted()).toEqual([
      ['deleted', null, null],
      ['extended', null, null],
      ['late', 'late/expiry', 31 * minute],
    ]);
  });
});
