import { describe, expect, it } from 'vitest';
import type { Memento } from 'vscode';
import { IncidentKeeper } from '../../../src/editor/incident-keeper.ts';
import { digestOf, missingFrom, readDigest } from '../../../src/history/digest.ts';
import type { ForgetOutcome } from '../../../src/model/history.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { anIncident } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const digest = {
  of: (incidents: Parameters<typeof digestOf>[0]) => digestOf(incidents, (text) => text),
  read: readDigest,
  missingFrom,
};

/** The state of an editor that was closed with two incidents in it. */
const stateOf = (...ids: readonly string[]) => {
  const kept = new Map<string, unknown>([['incidentDigest', digest.of(ids.map((id) => anIncident(id, 1_000)))]]);
  const state: Pick<Memento, 'get' | 'update'> = {
    get: (key: string) => kept.get(key) as never,
    update: async (key, value) => void kept.set(key, value),
  };
  return {
    state: state as Memento,
    ids: () => readDigest(kept.get('incidentDigest')).map(({ sandboxId }) => sandboxId),
  };
};

class History extends RecordingHistory {
  override async forgetEverything(): Promise<ForgetOutcome> {
    const outcome = await super.forgetEverything();
    this.incidentList.length = 0;
    return outcome;
  }
}

const start = async (state: Memento) => {
  const history = new History();
  const parts: { keeper?: IncidentKeeper } = {};
  const bench = await startedBench([aSandbox('a')], { history, forgotten: async (id) => parts.keeper?.forget(id) });
  const { app, clock, log } = bench;
  const keeper = new IncidentKeeper({ supervisor: app, history, state, digest, clock, log });
  parts.keeper = keeper;
  keeper.start();
  await clock.advance(5_000);
  return { ...bench, keeper };
};

const remembered = (history: RecordingHistory): string[] => history.incidentList.map(({ sandboxId }) => sandboxId);

describe('incidents of an earlier machine', () => {
  it('come back with the next start', async () => {
    const { state } = stateOf('one', 'two');
    const { history } = await start(state);
    expect(remembered(history).toSorted()).toEqual(['one', 'two']);
  });

  it('do not come back once everything was forgotten, although the view never showed them', async () => {
    const { state, ids } = stateOf('one', 'two');
    const first = await start(state);
    await first.app.forgetEverything();
    expect(ids()).toEqual([]);
    await first.keeper.close();
    expect(remembered((await start(state)).history)).toEqual([]);
  });

  it('come back without those of a sandbox that was forgotten', async () => {
    const { state, ids } = stateOf('one', 'two');
    const { app } = await start(state);
    await app.forgetSandbox('one');
    expect(ids()).toEqual(['two']);
  });
});

describe('a store that does not answer', () => {
  it('keeps neither forgetting nor the end waiting, and what is forgotten does not come back', async () => {
    const { state, ids } = stateOf('one', 'two');
    const { app, keeper, history, provider, clock } = await start(state);
    history.gate = new Promise(() => undefined);
    // A write that waits for the store already.
    provider.remove('a');
    await clock.advance(4_000);
    await app.forgetSandbox('one');
    expect(ids()).toEqual(['two']);
    const closed = keeper.close();
    await clock.advance(10_000);
    await closed;
    expect(ids()).toEqual(['two']);
  });

  it('that forgets only later brings nothing back meanwhile', async () => {
    const { state, ids } = stateOf('one', 'two');
    const { app, history, provider, clock } = await start(state);
    history.forgetSandbox = async () => 'later';
    expect(await app.forgetSandbox('one')).toBe('later');
    expect(ids()).toEqual(['two']);
    provider.remove('a');
    await clock.advance(10_000);
    expect(ids().toSorted()).toEqual(['a', 'two']);
  });

  it('and then tells what it has brings nothing back that was forgotten meanwhile', async () => {
    const { state } = stateOf('one', 'two');
    const history = new History();
    const gate = Promise.withResolvers<void>();
    const { app, clock, log } = await startedBench([aSandbox('a')], { history });
    history.gate = gate.promise;
    const keeper = new IncidentKeeper({ supervisor: app, history, state, digest, clock, log });
    keeper.start();
    await keeper.forget('one');
    gate.resolve();
    await clock.advance(5_000);
    expect(remembered(history)).toEqual(['two']);
  });
});

describe('an incident right before the editor is closed', () => {
  it('is written all the same', async () => {
    const { state, ids } = stateOf();
    const { keeper, provider, clock } = await start(state);
    provider.remove('a');
    await clock.advance(1_000);
    expect(ids()).toEqual([]);
    await keeper.close();
    expect(ids()).toEqual(['a']);
  });
});
