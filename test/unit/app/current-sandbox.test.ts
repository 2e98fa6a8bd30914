import { describe, expect, it } from 'vitest';
import { createAppBench, nowhere, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox, FakeProvider } from '../../helpers/fake-provider.ts';

const start = async (remembered: string | null, ...ids: readonly string[]) => {
  const bench = createAppBench();
  for (const id of ids) bench.provider.sandboxes.set(id, aSandbox(id));
  bench.app.setProviders([bench.provider]);
  bench.app.setPlace(nowhere, remembered);
  await bench.show();
  bench.provider.tell();
  await bench.show();
  return bench;
};

describe('the current sandbox', () => {
  it('is the only running one', async () => {
    const { app } = await start(null, 'a');
    expect(app.view).toMatchObject({ currentId: 'a', currentHow: 'the only one running', ambiguous: false });
  });

  it('is asked for when several run and nothing decides', async () => {
    const { app } = await start(null, 'a', 'b');
    expect(app.view).toMatchObject({ currentId: null, currentHow: null, ambiguous: true });
  });

  it('is not asked for before every server has been heard of', async () => {
    const { app, clock, provider, show } = createAppBench();
    const slow = new FakeProvider(clock, { id: 'slow' });
    app.setProviders([provider, slow]);
    await show();
    provider.put(aSandbox('a'), aSandbox('b'));
    await show();
    expect(app.view).toMatchObject({ currentId: null, ambiguous: false });
    slow.tell();
    await show();
    expect(app.view.ambiguous).toBe(true);
  });

  it('is the remembered one, and the one chosen now before that', async () => {
    const { app, show } = await start('b', 'a', 'b');
    expect(app.view).toMatchObject({ currentId: 'b', currentHow: 'chosen here before' });
    app.choose('a');
    await show();
    expect(app.view).toMatchObject({ currentId: 'a', currentHow: 'chosen by you' });
    app.choose(null);
    await show();
    expect(app.view).toMatchObject({ currentId: null, ambiguous: true });
  });

  it('stays the present one when another is chosen that has ended by now, or is not there', async () => {
    const { app, provider, show } = await start(null, 'mine', 'b', 'old');
    app.choose('mine');
    provider.put(aSandbox('old', { phase: 'terminated', rawState: 'Terminated' }));
    await show();
    for (const id of ['old', 'gone']) {
      app.choose(id);
      await show();
      expect(app.view).toMatchObject({ currentId: 'mine', currentHow: 'chosen by you', ambiguous: false });
    }
  });

  it('says so when the remembered one is gone', async () => {
    const one = await start('lost', 'a');
    expect(one.app.view).toMatchObject({
      currentId: 'a',
      currentHow: 'the only one running; the one chosen before is gone',
    });
    const several = await start('lost', 'a', 'b');
    expect(several.app.view).toMatchObject({
      currentId: null,
      currentHow: 'the one chosen before is gone',
      ambiguous: true,
    });
  });

  it('is the one a provider recognises, also when several run, and whether the editor is inside', async () => {
    const bench = createAppBench();
    bench.provider.recognised = { sandboxId: 'b', how: 'named by OPENSANDBOX_ID', inside: true };
    for (const id of ['a', 'b', 'c']) bench.provider.sandboxes.set(id, aSandbox(id));
    bench.app.setProviders([bench.provider]);
    bench.app.setPlace(nowhere, null);
    await bench.show();
    bench.provider.tell();
    await bench.show();
    expect(bench.app.view).toMatchObject({
      currentId: 'b',
      currentHow: 'named by OPENSANDBOX_ID',
      currentInside: true,
    });
    bench.app.choose('a');
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: 'a', currentInside: false });
    bench.app.choose('b');
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: 'b', currentHow: 'chosen by you', currentInside: true });
    const asked = bench.provider.currents;
    for (let turn = 0; turn < 10; turn += 1) {
      bench.provider.tell();
      await bench.clock.advance(1_000);
    }
    expect(bench.provider.currents).toBe(asked);
  });

  it('is found to be the one the editor runs in after it was chosen', async () => {
    const { app, provider, show } = createAppBench();
    let answer = (): void => undefined;
    provider.current = () =>
      new Promise((resolve) => {
        answer = () => resolve({ sandboxId: 'a', how: 'found inside', inside: true });
      });
    app.setProviders([provider]);
    app.setPlace(nowhere, 'a');
    await show();
    provider.put(aSandbox('a'));
    await show();
    expect(app.view).toMatchObject({ currentId: 'a', currentHow: 'chosen here before', currentInside: false });
    answer();
    await show();
    expect(app.view).toMatchObject({ currentId: 'a', currentHow: 'chosen here before', currentInside: true });
  });

  it('stays when others start, when it is paused, and when a provider cannot tell', async () => {
    const { app, provider, show } = await start(null, 'a');
    provider.current = () => Promise.reject(new Error('cannot tell'));
    provider.put(aSandbox('b'));
    await show();
    expect(app.view).toMatchObject({ currentId: 'a', currentHow: 'the only one running' });
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await show();
    expect(app.view.currentId).toBe('a');
  });

  it('stays after its end so that the end is seen, until a new one takes its place', async () => {
    const { app, provider, show } = await start(null, 'a');
    provider.put(aSandbox('other'));
    await show();
    provider.remove('a');
    await show();
    expect(app.view).toMatchObject({ currentId: 'a', ambiguous: false });
    provider.remove('other');
    await show();
    provider.put(aSandbox('next'));
    await show();
    expect(app.view).toMatchObject({ currentId: 'next', currentHow: 'the only one running since a ended' });
  });

  it('is decided without a server that cannot be reached, and corrected when that comes back', async () => {
    const { app, clock, provider, show } = createAppBench();
    const away = new FakeProvider(clock, { id: 'away' });
    app.setProviders([provider, away]);
    app.setPlace(nowhere, 'mine');
    await show();
    provider.put(aSandbox('a'));
    away.breakWatches(new Error('down'));
    await show();
    expect(app.view.currentId).toBe('a');
    await clock.advance(60_000);
    away.put(aSandbox('mine', { provider: 'away' }));
    await show();
    expect(app.view).toMatchObject({ currentId: 'mine', currentHow: 'chosen here before' });
  });

  it('does not flap on refresh', async () => {
    const { app, provider, show, views } = await startedBench([aSandbox('a')]);
    views.length = 0;
    app.refresh();
    await show();
    provider.tell();
    await show();
    expect(views.every((view) => view.currentId === 'a')).toBe(true);
  });
});
