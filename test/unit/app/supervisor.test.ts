import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { createAppBench, nowhere, startedBench } from '../../helpers/app-bench.ts';
import { settle } from '../../helpers/fake-clock.ts';
import { aSample, aSandbox, FakeProvider } from '../../helpers/fake-provider.ts';

const many = (count: number): Sandbox[] =>
  Array.from({ length: count }, (_, index) => aSandbox(`s${index}`, { createdAtMs: 1_000_000 + index }));

const ids = (sandboxes: readonly { readonly sandbox: Sandbox }[]): string[] => sandboxes.map((one) => one.sandbox.id);

describe('the watched sandboxes', () => {
  it('are at most as many as set, with two hundred running; the others say why and still show their life', async () => {
    const { clock, provider, app, link } = await startedBench(many(200));
    expect(provider.openStreams).toHaveLength(8);
    for (let round = 0; round < 10; round += 1) {
      for (const stream of provider.openStreams.slice(0, 3)) stream.queue.fail(new Problem('reset', 'cut'));
      await clock.advance(5_000);
    }
    expect(provider.mostOpen).toBe(8);
    expect(app.view.sandboxes).toHaveLength(200);
    expect(link('s0')).toMatchObject({ state: 'idle', problem: null });
    expect(link('s0').text).toContain('8 sandboxes are measured at once');
    expect(link('s0').nextStep).toContain('Select it');
    await app.dispose();
  });

  it('always hold the current one, and the newest of the others', async () => {
    const { clock, provider, app } = await startedBench(many(20), { settings: { maximumWatched: 2 } });
    expect(provider.openStreams.map((one) => one.sandboxId).sort()).toEqual(['s18', 's19']);
    app.choose('s3');
    await clock.advance(1_000);
    expect(provider.openStreams.map((one) => one.sandboxId).sort()).toEqual(['s19', 's3']);
    app.setSettings({ maximumWatched: 0 });
    await clock.advance(1_000);
    expect(provider.openStreams.map((one) => one.sandboxId)).toEqual(['s3']);
    app.setSettings({ maximumWatched: 4 });
    await clock.advance(1_000);
    expect(provider.openStreams).toHaveLength(4);
  });

  it('do not change when a new sandbox appears', async () => {
    const { provider, show } = await startedBench(many(4), { settings: { maximumWatched: 2 } });
    const before = provider.streams.length;
    provider.put(aSandbox('s9', { createdAtMs: 2_000_000 }));
    await show();
    expect(provider.streams).toHaveLength(before);
  });

  it('are read for errors as long as they are watched, and a while after their end', async () => {
    const { clock, provider, show, view } = await startedBench([aSandbox('a')]);
    expect(provider.openErrors).toBe(1);
    provider.error({
      sandboxId: 'a',
      commandId: null,
      commandLine: 'npm test',
      source: 'fake',
      text: 'ENOSPC: no space left on device, write',
      exitCode: 1,
      atMs: clock.now(),
    });
    await show();
    expect(view('a').errors).toHaveLength(1);
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await clock.advance(5_000);
    provider.error({
      sandboxId: 'a',
      commandId: null,
      commandLine: null,
      source: 'diagnostics',
      text: 'npm ERR! code ENOTFOUND getaddrinfo ENOTFOUND registry.test',
      exitCode: 1,
      atMs: clock.now(),
    });
    await show();
    expect(view('a').errors).toHaveLength(2);
    await clock.advance(10_000);
    expect(provider.openErrors).toBe(0);
  });

  it('are read for errors without a break when they end and are there again', async () => {
    const { clock, provider, show } = await startedBench([aSandbox('a')]);
    provider.remove('a');
    await clock.advance(1_000);
    provider.put(aSandbox('a'));
    await clock.advance(60_000);
    expect(provider.openErrors).toBe(1);
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await show();
    expect(provider.openErrors).toBe(0);
  });
});

describe('the servers', () => {
  it('show their health, and their trouble with the next step', async () => {
    const { app, clock, provider, show } = createAppBench();
    app.setProviders([provider]);
    await show();
    expect(app.view.servers[0]).toMatchObject({ state: 'connecting', label: 'Fake on 127.0.0.1' });
    provider.event({ kind: 'health', atMs: 0, healthy: true, text: 'version 1' });
    await show();
    expect(app.view.servers[0]).toMatchObject({ state: 'healthy', text: 'version 1', problem: null });
    const problem = new Problem('unreachable', 'connect ECONNREFUSED');
    provider.event({ kind: 'health', atMs: 0, healthy: false, problem, retryAtMs: clock.now() + 9 });
    await show();
    expect(app.view.servers[0]).toMatchObject({
      state: 'down',
      problem: 'unreachable',
      text: 'The server cannot be reached.',
    });
    expect(app.view.servers[0]?.nextStep).toContain('address');
    const failing = new Problem('server-error', 'It said 500.', { nextStep: 'Look there.' });
    provider.event({ kind: 'health', atMs: 0, healthy: false, problem: failing, retryAtMs: null });
    await show();
    expect(app.view.servers[0]).toMatchObject({ state: 'degraded', text: 'It said 500.', nextStep: 'Look there.' });
    provider.tell();
    provider.event({ kind: 'health', atMs: 0, healthy: true, text: null });
    await show();
    expect(app.view.servers[0]).toMatchObject({ state: 'healthy', problem: null, retryAtMs: null });
  });

  it('are watched again when watching breaks off, without a storm', async () => {
    const { app, clock, provider, show } = createAppBench();
    app.setProviders([provider]);
    await show();
    provider.breakWatches(new Error('a mistake inside'));
    await clock.advance(300);
    expect(app.view.servers[0]).toMatchObject({ state: 'degraded', text: 'a mistake inside' });
    for (let second = 0; second < 60; second += 1) {
      provider.breakWatches(new Error('again'));
      await clock.advance(1_000);
    }
    expect(provider.watches).toBeLessThan(12);
    await clock.advance(30_000);
    provider.tell();
    await show();
    expect(app.view.servers[0]).toMatchObject({ state: 'healthy', problem: null });
  });

  it('are asked at once on refresh, one watch at a time', async () => {
    const { app, clock, provider, show } = await startedBench([aSandbox('a')]);
    app.refresh();
    app.refresh();
    await show();
    expect(provider.openWatches).toBe(1);
    expect(provider.watches).toBe(3);
    await clock.advance(60_000);
    expect(provider.watches).toBe(3);
  });
});

describe('ended sandboxes', () => {
  it('stay in the view, the newest fifty, also when many end at once', async () => {
    const { app, clock, provider, show } = await startedBench(many(60));
    for (let index = 0; index < 60; index += 1) provider.sandboxes.delete(`s${index}`);
    provider.tell();
    await show();
    provider.put(aSandbox('later'));
    await show();
    await clock.advance(2_000);
    const ended = app.view.sandboxes.filter((one) => one.link.state === 'ended');
    expect(ended.length).toBeLessThanOrEqual(51);
    expect(ended.length).toBeGreaterThanOrEqual(50);
    expect(provider.openStreams.map((one) => one.sandboxId)).toEqual(['later']);
  });

  it('that a server still lists by the hundred do not push each other out again and again', async () => {
    const failed = many(120).map((one): Sandbox => ({ ...one, phase: 'failed', rawState: 'Failed' }));
    const { app, provider, show, views } = await startedBench(failed);
    expect(app.view.sandboxes).toHaveLength(50);
    expect(ids(app.view.sandboxes)[0]).toBe('s119');
    views.length = 0;
    provider.tell();
    await show();
    expect(views).toHaveLength(0);
  });

  it('are not brought back by a list that was on its way', async () => {
    const { app, clock, provider, show, link } = await startedBench([aSandbox('a')]);
    const staleAtMs = clock.now();
    await clock.advance(1_000);
    provider.remove('a');
    await show();
    provider.sandboxes.set('a', aSandbox('a'));
    provider.tell(staleAtMs);
    await show();
    expect(link('a').state).toBe('ended');
    provider.tell();
    await show();
    expect(link('a').state).toBe('connecting');
    expect(app.view.sandboxes).toHaveLength(1);
  });

  it('are not brought back by a list that was asked for before they were found gone and came after it', async () => {
    const { clock, provider, show, view } = await startedBench([aSandbox('a')]);
    const askedAtMs = clock.now();
    const onItsWay = [...provider.sandboxes.values()];
    await clock.advance(1_000);
    provider.sandboxes.delete('a');
    provider.stream('a').queue.fail(new Problem('clean-end', 'it ended'));
    await show();
    expect(view('a').sandbox.phase).toBe('terminated');
    provider.event({ kind: 'sandboxes', atMs: askedAtMs, sandboxes: onItsWay });
    await show();
    expect(view('a').sandbox.phase).toBe('terminated');
    expect(view('a').incidents).toHaveLength(1);
  });

  it('have not ended because a list misses them: the server is asked for each', async () => {
    const { clock, provider, show, view, history } = await startedBench([aSandbox('a'), aSandbox('b')]);
    const { finds } = provider;
    provider.event({ kind: 'sandboxes', atMs: clock.now(), sandboxes: [aSandbox('a')] });
    await show();
    expect(provider.finds).toBe(finds + 1);
    expect(view('b').sandbox.phase).toBe('running');
    expect(view('b').incidents).toEqual([]);
    expect(history.incidentList).toEqual([]);
  });

  it('have ended when three lists in a row miss them and the server answers no question about them', async () => {
    const { provider, show, view } = await startedBench([aSandbox('a'), aSandbox('b')]);
    provider.findProblem = new Problem('server-error', 'it fails');
    for (let list = 0; list < 2; list += 1) {
      provider.remove('b');
      await show();
      expect(view('b').sandbox.phase).toBe('running');
    }
    provider.tell();
    await show();
    expect(view('b').sandbox.phase).toBe('terminated');
  });

  it('that come back are taken up again also when the clock was set back meanwhile', async () => {
    const { clock, provider, show, link } = await startedBench([aSandbox('a')]);
    provider.remove('a');
    await show();
    clock.jump(-3_600_000);
    provider.put(aSandbox('a'));
    await show();
    expect(link('a').state).toBe('connecting');
  });

  it('are written to the history with their life', async () => {
    const { app, clock, provider, history, show } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await show();
    provider.remove('a');
    await app.dispose();
    expect(history.transitionList.map((one) => one.transition.phase)).toEqual(['running']);
    const again = await startedBench([aSandbox('a')]);
    again.provider.remove('a');
    await again.show();
    expect(again.history.transitionList.map((one) => one.transition.phase)).toEqual(['running', 'terminated']);
    expect(again.history.incidentList).toMatchObject([{ sandboxId: 'a', cause: 'deleted' }]);
  });
});

describe('replacing and ending', () => {
  it('ends the work of providers that are replaced, frees them once, and takes up the new ones', async () => {
    const { app, clock, provider, show } = await startedBench([aSandbox('a'), aSandbox('b')]);
    provider.remove('b');
    await show();
    const next = new FakeProvider(clock, { label: 'Another' });
    next.sandboxes.set('c', aSandbox('c'));
    app.setProviders([next]);
    await clock.advance(0);
    next.tell();
    await show();
    expect(provider.openStreams).toHaveLength(0);
    expect(provider.openWatches).toBe(0);
    expect(provider.disposed).toBe(1);
    expect(ids(app.view.sandboxes)).toEqual(['c', 'b']);
    expect(app.view.servers.map((one) => one.label)).toEqual(['Another']);
    app.setProviders([next]);
    await show();
    expect(next.watches).toBe(1);
    expect(next.disposed).toBe(0);
  });

  it('does not wait for ever for a provider that does not let go', async () => {
    const { app, clock, provider, log, show } = createAppBench();
    let hang = true;
    provider.watch = async function* () {
      while (hang) await new Promise((resolve) => setImmediate(resolve));
    };
    app.setProviders([provider]);
    await show();
    let over = false;
    const ended = app.dispose().then(() => {
      over = true;
    });
    await clock.advance(4_000);
    expect(over).toBe(false);
    await clock.advance(6_000);
    await ended;
    expect(log.lines.join()).toContain('did not let go');
    expect(clock.pending).toBe(0);
    hang = false;
    await settle();
  });

  it('leaves neither timers nor streams behind, in whatever state the links are', async () => {
    const { app, clock, provider } = await startedBench(many(6));
    provider.stream('s0').queue.push(aSample('s0', clock.now()));
    provider.stream('s1').queue.fail(new Problem('reset', 'cut'));
    provider.stream('s2').queue.fail(new Problem('needs-consent', 'ask'));
    provider.stream('s3').queue.fail(new Problem('unauthorized', 'no'));
    provider.put(aSandbox('s4', { phase: 'paused', rawState: 'Paused' }));
    provider.put(aSandbox('s5', { phase: 'failed', rawState: 'Failed' }));
    app.addErrorSource({
      name: 'broken',
      events: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }),
      }),
    });
    await clock.advance(1_100);
    await app.dispose();
    await app.dispose();
    await settle();
    expect(clock.pending).toBe(0);
    expect(provider.openStreams).toHaveLength(0);
    expect(provider.openWatches).toBe(0);
    expect(provider.openErrors).toBe(0);
    expect(provider.disposed).toBe(1);
    app.refresh();
    app.setProviders([new FakeProvider(clock)]);
    app.choose('s0');
    await clock.advance(10_000);
    expect(provider.watches).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing of ended sandboxes behind that were dropped from the view', async () => {
    const { app, clock, provider, show } = await startedBench(many(60), { settings: { maximumWatched: 60 } });
    provider.remove(...many(60).map((one) => one.id));
    await show();
    expect(app.view.sandboxes.length).toBeLessThan(60);
    await app.dispose();
    await settle();
    expect(clock.pending).toBe(0);
    expect(provider.openErrors).toBe(0);
  });

  it('leaves a sandbox seen by two systems with the first that told of it', async () => {
    const { app, clock, provider, show } = createAppBench();
    const other = new FakeProvider(clock, { id: 'other' });
    app.setProviders([provider, other]);
    await show();
    provider.put(aSandbox('a'));
    other.put(aSandbox('a', { provider: 'other' }));
    await show();
    expect(app.view.sandboxes.map((one) => one.sandbox.provider)).toEqual(['fake']);
    expect(other.streams).toHaveLength(0);
  });

  it('opens terminals and reads diagnostics only where the system can', async () => {
    const { app, clock } = await startedBench([aSandbox('a')], {
      actions: { diagnostics: (id) => Promise.resolve(`about ${id}`) },
    });
    const { signal } = new AbortController();
    await expect(app.diagnostics('a', signal)).resolves.toBe('about a');
    await expect(app.diagnostics('nobody', signal)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(app.openTerminal('a', { columns: 80, rows: 24 }, signal)).rejects.toMatchObject({
      kind: 'not-supported',
    });
    await app.dispose();
    expect(clock.pending).toBe(0);
    await expect(app.diagnostics('a', signal)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('does nothing harmful before it has a provider', async () => {
    const { app, clock, show } = createAppBench();
    app.setPlace(nowhere, 'x');
    app.choose('x');
    app.consent('x', true);
    app.snooze('x', 5);
    await app.mute('x', 'memory');
    app.answered('x');
    app.refresh();
    await show();
    expect(app.view).toMatchObject({ sandboxes: [], currentId: null, ambiguous: false });
    await app.dispose();
    expect(clock.pending).toBe(0);
  });
});
