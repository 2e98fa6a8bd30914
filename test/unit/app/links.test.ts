import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { consentCommandTitle } from '../../../src/app/link-words.ts';
import { Problem, type ProblemKind } from '../../../src/model/problem.ts';
import type { MemoryReading, Sample } from '../../../src/model/sample.ts';
import { createAppBench, nowhere, startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox, using } from '../../helpers/fake-provider.ts';

describe('the link to one sandbox', () => {
  it('connects, becomes live with the first sample, and stays live', async () => {
    const { clock, provider, link, show, view } = await startedBench([aSandbox('a')]);
    expect(link('a')).toMatchObject({ state: 'connecting', problem: null });
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await show();
    expect(link('a')).toMatchObject({ state: 'live', problem: null, text: null });
    expect(view('a').lastSampleAtMs).not.toBeNull();
  });

  it('is stale when no sample comes for three cadences, and live again with the next', async () => {
    const { clock, provider, link, show } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(2_900);
    expect(link('a').state).toBe('live');
    await clock.advance(600);
    expect(link('a')).toMatchObject({ state: 'stale', problem: 'silent', text: 'No sample for 3 s.' });
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await show();
    expect(link('a').state).toBe('live');
  });

  it('is stale when it connects and nothing ever comes', async () => {
    const { clock, link } = await startedBench([aSandbox('a')]);
    await clock.advance(31_000);
    expect(link('a')).toMatchObject({ state: 'stale', text: 'Connected, but no sample has come yet.' });
  });

  it.each([-86_400_000, 86_400_000])('does not flap when the clock jumps by %d ms', async (jumpMs) => {
    const { clock, provider, views } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    views.length = 0;
    for (let second = 0; second < 20; second += 1) {
      if (second === 10) clock.jump(jumpMs);
      provider.stream('a').queue.push(aSample('a', clock.now()));
      await clock.advance(1_000);
    }
    const states = new Set(views.map((view) => view.sandboxes[0]?.link.state));
    expect([...states]).toEqual(['live']);
    expect(provider.opened('a')).toBe(1);
  });

  it('gives a stream its time once more when the computer slept', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(2_000);
    clock.jump(3_600_000);
    await clock.advance(1_500);
    expect(link('a').state).toBe('live');
    await clock.advance(3_500);
    expect(link('a').state).toBe('stale');
  });

  const recoverable: readonly ProblemKind[] = [
    'reset',
    'clean-end',
    'silent',
    'timeout',
    'unreachable',
    'server-error',
    'agent-down',
    'rate-limited',
    'unexpected-answer',
    'too-large',
    'conflict',
    'paused',
    'not-found',
  ];

  it.each(recoverable)('waits and tries again after "%s", with words and a next step', async (kind) => {
    const { clock, provider, link, show } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.fail(new Problem(kind, 'as the server said it'));
    await clock.advance(280);
    const lost = link('a');
    expect(lost).toMatchObject({ state: 'waiting', problem: kind });
    expect(lost.text).toMatch(/\.$|said it$/);
    expect(lost.nextStep).toMatch(/\.$/);
    expect(lost.retryAtMs).toBeGreaterThan(clock.now() - 1000);
    await clock.advance(1_000);
    expect(provider.opened('a')).toBe(2);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await show();
    expect(link('a').state).toBe('live');
  });

  const final: readonly ProblemKind[] = [
    'unauthorized',
    'forbidden',
    'not-supported',
    'invalid-request',
    'unavailable-here',
  ];

  it.each(final)('does not try again after "%s" until refresh', async (kind) => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.fail(new Problem(kind, 'No.', { nextStep: 'Do that.' }));
    await clock.advance(600_000);
    expect(link('a')).toMatchObject({ state: 'unavailable', problem: kind, nextStep: 'Do that.', retryAtMs: null });
    expect(provider.opened('a')).toBe(1);
    app.refresh();
    await clock.advance(1_000);
    expect(provider.opened('a')).toBe(2);
  });

  it('tries again after changed settings', async () => {
    const { app, clock, provider } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.fail(new Problem('unauthorized', 'No.'));
    await clock.advance(60_000);
    app.setSettings({ sensitivity: 'eager' });
    await clock.advance(1_000);
    expect(provider.opened('a')).toBe(2);
  });

  it('waits longer and longer, up to half a minute, and starts short again once it worked', async () => {
    const { clock, provider } = await startedBench([aSandbox('a')]);
    const openedAt: number[] = [];
    provider.samplesProblem = new Problem('unreachable', 'no');
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    for (let second = 0; second < 240; second += 1) {
      const before = provider.opened('a');
      await clock.advance(250);
      if (provider.opened('a') > before) openedAt.push(clock.now());
    }
    const waits = openedAt.slice(1).map((at, index) => at - (openedAt[index] ?? 0));
    expect(waits.length).toBeLessThan(10);
    for (let index = 1; index < waits.length; index += 1) {
      expect(waits[index]).toBeGreaterThan((waits[index - 1] ?? 0) * 0.9);
    }
    await clock.advance(120_000);
    const inTwoMinutes = provider.opened('a');
    await clock.advance(120_000);
    // Drawn from the middle of half a minute: one in fifteen seconds.
    expect(provider.opened('a') - inTwoMinutes).toBeLessThanOrEqual(8);

    provider.samplesProblem = null;
    await clock.advance(31_000);
    for (let count = 0; count < 6; count += 1) {
      provider.stream('a').queue.push(aSample('a', clock.now()));
      await clock.advance(1_000);
    }
    const works = provider.opened('a');
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    await clock.advance(1_000);
    expect(provider.opened('a')).toBe(works + 1);
  });

  it('does not count one lucky sample as working again', async () => {
    const { clock, provider } = await startedBench([aSandbox('a')]);
    for (let turn = 0; turn < 120; turn += 1) {
      const stream = provider.stream('a');
      if (stream.open) {
        stream.queue.push(aSample('a', clock.now()));
        stream.queue.fail(new Problem('reset', 'cut'));
      }
      await clock.advance(1_000);
    }
    expect(provider.opened('a')).toBeLessThan(14);
  });

  it('says what is wrong until something else is true: trying again is no news, unless a person asks for it', async () => {
    const { app, clock, provider, link, views } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    provider.stream('a').queue.fail(new Problem('agent-down', 'no one listens'));
    await clock.advance(250);
    const lost = link('a').text;
    views.length = 0;
    for (let tries = 2; tries < 6; tries += 1) {
      while (provider.opened('a') < tries) await clock.advance(500);
      // It takes a while until the answer comes that there is none.
      await clock.advance(1_500);
      provider.stream('a').queue.fail(new Problem('agent-down', 'no one listens'));
      await clock.advance(250);
    }
    expect([...new Set(views.map((view) => view.sandboxes[0]?.link.text))]).toEqual([lost]);
    app.refresh();
    await clock.advance(500);
    expect(link('a').state).toBe('connecting');
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
  });

  it('tells a dead agent from a lost way by asking it', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.pingAnswer = 'refused';
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    await clock.advance(280);
    expect(link('a')).toMatchObject({ state: 'waiting', problem: 'agent-down' });
    provider.pingAnswer = 'no-answer';
    await clock.advance(1_000);
    provider.stream('a').queue.fail(new Problem('clean-end', 'over'));
    await clock.advance(280);
    expect(link('a')).toMatchObject({ state: 'waiting', problem: 'unreachable' });
    expect(provider.pings).toBe(2);
  });

  it('asks nothing again after a dead agent: the provider has asked already, and its word counts', async () => {
    const { clock, provider, link, view } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    provider.samplesProblem = new Problem('agent-down', 'It refuses connections.');
    provider.stream('a').queue.fail(provider.samplesProblem);
    for (let second = 0; second < 5; second += 1) {
      await clock.advance(1_000);
      provider.tell();
    }
    await clock.advance(250);
    expect(link('a')).toMatchObject({ problem: 'agent-down' });
    expect(provider.opened('a')).toBeGreaterThan(1);
    expect([provider.finds, provider.pings]).toEqual([0, 0]);
    expect(view('a').incidents).toMatchObject([{ cause: 'agent-down' }]);
  });

  it('asks the server once, and not the agent, after a pause or when the sandbox is not found', async () => {
    const { clock, provider } = await startedBench([aSandbox('a'), aSandbox('b')]);
    provider.stream('a').queue.fail(new Problem('paused', 'frozen'));
    provider.stream('b').queue.fail(new Problem('not-found', 'gone'));
    await clock.advance(200);
    expect([provider.finds, provider.pings]).toEqual([2, 0]);
  });

  it('treats a quiet end as an end without a reason', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.end();
    await clock.advance(280);
    expect(link('a')).toMatchObject({ state: 'waiting', problem: 'clean-end' });
  });

  it('asks for the sandbox at once when it is not found, and lets the end be classified', async () => {
    const { clock, provider, link, view, app } = await startedBench([
      aSandbox('a', {
        expiry: {
          clock: 'absolute',
          expiresAtMs: Date.UTC(2026, 0, 1, 12, 0, 5),
          action: 'delete',
          extendedBy: 'call',
          certainty: 'known',
        },
      }),
    ]);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(6_000);
    provider.sandboxes.delete('a');
    provider.stream('a').queue.fail(new Problem('not-found', 'gone'));
    await clock.advance(280);
    expect(link('a').state).toBe('ended');
    expect(view('a').incidents[0]).toMatchObject({ cause: 'expired' });
    await clock.advance(60_000);
    expect(provider.opened('a')).toBe(1);
    expect(app.view.currentId).toBe('a');
  });

  it('keeps its problem while the server does not answer either', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.findProblem = new Problem('unreachable', 'no');
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    await clock.advance(280);
    expect(link('a')).toMatchObject({ state: 'waiting', problem: 'reset' });
    expect(provider.pings).toBe(0);
  });

  it('rests while the sandbox is paused and goes on when it runs', async () => {
    const { clock, provider, link, show } = await startedBench([aSandbox('a')]);
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await show();
    expect(link('a')).toMatchObject({ state: 'idle', problem: 'paused', nextStep: 'Resume it to go on.' });
    expect(provider.openStreams).toHaveLength(0);
    await clock.advance(120_000);
    expect(provider.opened('a')).toBe(1);
    provider.put(aSandbox('a'));
    await show();
    expect(provider.opened('a')).toBe(2);
    expect(link('a').state).toBe('connecting');
  });

  it('waits until the old connection has cleaned up before it opens a new one, but not for ever', async () => {
    const { clock, provider } = await startedBench([aSandbox('a')]);
    const old = provider.stream('a');
    let clean = (): void => undefined;
    const cleaned = new Promise<void>((resolve) => {
      clean = resolve;
    });
    const inner = provider.samples.bind(provider);
    provider.samples = (id, options) => {
      const iterable = inner(id, options);
      return {
        async *[Symbol.asyncIterator]() {
          try {
            yield* iterable;
          } finally {
            await cleaned;
          }
        },
      };
    };
    const rest = async (): Promise<void> => {
      provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
      await clock.advance(500);
      provider.put(aSandbox('a'));
      await clock.advance(500);
    };
    await rest();
    expect(old.open).toBe(false);
    expect(provider.opened('a')).toBe(2);
    await rest();
    expect(provider.opened('a')).toBe(2);
    await clock.advance(3_000);
    expect(provider.opened('a')).toBe(3);
    clean();
    await rest();
    expect(provider.opened('a')).toBe(4);
  });

  it('does not say that a stream is silent which it has ended itself, however long that one cleans up', async () => {
    const { clock, provider, link } = await startedBench([]);
    const inner = provider.samples.bind(provider);
    provider.samples = async function* (id, options) {
      try {
        yield* inner(id, options);
      } finally {
        await new Promise<void>((resolve) => clock.after(1_500, resolve));
      }
    };
    provider.put(aSandbox('a'));
    await clock.advance(100);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(2_000);
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await clock.advance(10_000);
    expect(link('a')).toMatchObject({ state: 'idle', problem: 'paused' });
  });

  it('finds out about a pause before the next list when the stream says so', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.sandboxes.set('a', aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    provider.stream('a').queue.fail(new Problem('paused', 'frozen'));
    await clock.advance(280);
    expect(link('a')).toMatchObject({ state: 'idle', problem: 'paused' });
  });

  it('asks before it takes a way that keeps the sandbox alive, and takes it only when allowed', async () => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    expect(provider.stream('a').mayRenew).toBe(false);
    provider.stream('a').queue.fail(new Problem('needs-consent', 'only through the proxy'));
    provider.samplesProblem = new Problem('needs-consent', 'only through the proxy');
    await clock.advance(300_000);
    expect(link('a')).toMatchObject({ state: 'needs-consent', retryAtMs: null });
    expect(provider.streams.map(({ mayRenew }) => mayRenew)).not.toContain(true);
    provider.samplesProblem = null;
    app.consent('a', true);
    await clock.advance(1_000);
    expect(provider.stream('a').mayRenew).toBe(true);
  });

  it('takes the question back by itself when the own address works after all, and does not flicker until then', async () => {
    const { clock, provider, link, views } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    provider.samplesProblem = new Problem('needs-consent', 'only through the proxy');
    provider.stream('a').queue.fail(new Problem('needs-consent', 'only through the proxy'));
    await clock.advance(1_000);
    expect(link('a').state).toBe('needs-consent');
    views.length = 0;
    await clock.advance(300_000);
    expect(new Set(views.map((view) => view.sandboxes[0]?.link.state))).not.toContain('connecting');
    // Slowly after the first minute: every attempt costs the server some questions.
    expect(provider.opened('a')).toBeLessThanOrEqual(10);
    provider.samplesProblem = null;
    await clock.advance(61_000);
    expect(provider.stream('a').mayRenew).toBe(false);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
  });

  it('looks soon at first whether the question is still needed', async () => {
    const { clock, provider, link } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    provider.samplesProblem = new Problem('needs-consent', 'only through the proxy');
    provider.stream('a').queue.fail(provider.samplesProblem);
    await clock.advance(1_000);
    expect(link('a').state).toBe('needs-consent');
    provider.samplesProblem = null;
    await clock.advance(3_000);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
  });

  it('says of what passes by itself in a moment only that, and tries again at once, without a warning', async () => {
    const { clock, log, provider, link, views, view } = await startedBench([aSandbox('a')]);
    views.length = 0;
    provider.pingAnswer = 'refused';
    provider.samplesProblem = new Problem('unreachable', 'The agent in the sandbox is starting.', {
      nextStep: 'Nothing needs to be done.',
      passesSoon: true,
    });
    provider.stream('a').queue.fail(provider.samplesProblem);
    await clock.advance(7_500);
    expect(link('a')).toEqual({
      state: 'connecting',
      problem: null,
      text: 'The agent in the sandbox is starting.',
      nextStep: 'Nothing needs to be done.',
      retryAtMs: null,
    });
    expect(new Set(views.map((each) => each.sandboxes[0]?.link.text)).size).toBe(1);
    expect(provider.opened('a')).toBeGreaterThanOrEqual(10);
    expect([provider.finds, provider.pings]).toEqual([0, 0]);
    expect(log.lines.filter((line) => !line.startsWith('debug') && line.includes('starting'))).toEqual([]);
    provider.samplesProblem = null;
    await clock.advance(1_000);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
    expect(view('a').incidents).toEqual([]);
  });

  const fullOfProcesses = { pids: { used: 256, limit: 256 } };
  const canRecreate = {
    snapshot: () => Promise.reject(new Error('not asked for')),
    recreate: () => Promise.reject(new Error('not asked for')),
  };

  it.each(['silent', 'clean-end', 'timeout', 'server-error'] as const)(
    'says that the limit of processes was reached when nothing comes after that (%s)',
    async (kind) => {
      const { clock, provider, link } = await startedBench([aSandbox('a')], { actions: canRecreate });
      provider.stream('a').queue.push(aSample('a', clock.now(), fullOfProcesses));
      await clock.advance(3_500);
      const why = 'the limit of processes was reached (256 of 256), so nothing can be started in it.';
      const nextStep = expect.stringMatching(/kill.*Recreate larger/);
      expect(link('a')).toMatchObject({ state: 'stale', text: `No sample for 3 s: ${why}`, nextStep });
      provider.samplesProblem = new Problem(kind, 'Whatever it is called.');
      provider.stream('a').queue.fail(provider.samplesProblem);
      // Also when it can not be started anew.
      for (const waitMs of [500, 30_000]) {
        await clock.advance(waitMs);
        expect(link('a')).toMatchObject({
          state: 'waiting',
          problem: kind,
          text: `No measurement comes any more: ${why}`,
          nextStep,
        });
      }
    },
  );

  it('says the same of memory, and nothing of it where the last reading had room, is of a machine, or of an earlier run', async () => {
    const bytes = (usedMiB: number) => using('a', 0, usedMiB).memory;
    const cases: readonly [string, Partial<Sample>, RegExp][] = [
      ['full', { memory: bytes(500) as MemoryReading }, /its memory was full \(98 % of 512 MiB\)/],
      ['nearly full of processes', { pids: { used: 250, limit: 256 } }, /nearly reached \(250 of 256\)/],
      ['room', { memory: bytes(490) as MemoryReading, pids: { used: 240, limit: 256 } }, /without a reason given/],
      ['no limit', { pids: { used: 9_000, limit: null } }, /without a reason given/],
      ['a machine', { source: 'machine', memory: bytes(511) as MemoryReading }, /without a reason given/],
    ];
    for (const [name, parts, text] of cases) {
      const { clock, provider, link } = await startedBench([aSandbox('a')]);
      provider.stream('a').queue.push(aSample('a', clock.now(), parts));
      await clock.advance(500);
      provider.stream('a').queue.end();
      await clock.advance(280);
      expect(link('a').text, name).toMatch(text);
      expect(link('a').nextStep).not.toContain('Recreate');
    }
    const { clock, provider, link } = await startedBench([aSandbox('a')]);
    provider.stream('a').queue.push(aSample('a', clock.now(), fullOfProcesses));
    await clock.advance(500);
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    await clock.advance(280);
    expect(link('a').text).toBe('The connection was cut.');
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await clock.advance(500);
    provider.put(aSandbox('a'));
    await clock.advance(500);
    provider.stream('a').queue.end();
    await clock.advance(280);
    expect(link('a').text).toMatch(/without a reason given/);
  });

  it('looks again whether the question is right as soon as the sandbox changes its phase', async () => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a', { phase: 'unknown', rawState: 'Odd' })]);
    app.choose('a');
    await clock.advance(500);
    provider.samplesProblem = new Problem('needs-consent', 'only through the proxy');
    provider.stream('a').queue.fail(provider.samplesProblem);
    await clock.advance(2_000);
    expect(link('a').state).toBe('needs-consent');
    provider.samplesProblem = null;
    provider.put(aSandbox('a'));
    await clock.advance(500);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
  });

  it('takes no for an answer, also after a refresh, until it is a yes', async () => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    provider.stream('a').queue.fail(new Problem('needs-consent', 'only through the proxy'));
    await clock.advance(1_000);
    app.consent('a', false);
    await clock.advance(1_000);
    expect(link('a')).toMatchObject({ state: 'unavailable', problem: 'needs-consent' });
    expect(link('a').nextStep).toContain(consentCommandTitle);
    expect(provider.opened('a')).toBe(1);
    app.refresh();
    await clock.advance(1_000);
    expect(provider.stream('a').mayRenew).toBe(false);
    provider.stream('a').queue.fail(new Problem('needs-consent', 'only through the proxy'));
    await clock.advance(1_000);
    expect(link('a').state).toBe('unavailable');
    app.consent('a', true);
    await clock.advance(1_000);
    expect(provider.stream('a').mayRenew).toBe(true);
  });

  it('ends the connection when the answer is taken back, and takes no such way again', async () => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    provider.stream('a').queue.fail(new Problem('needs-consent', 'only through the proxy'));
    await clock.advance(1_000);
    app.consent('a', true);
    await clock.advance(1_000);
    const renewing = provider.stream('a');
    renewing.queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
    provider.samplesProblem = new Problem('needs-consent', 'only through the proxy');
    app.consent('a', false);
    await clock.advance(1_000);
    expect(renewing.open).toBe(false);
    expect(link('a')).toMatchObject({ state: 'unavailable', problem: 'needs-consent' });
    await clock.advance(600_000);
    expect(provider.openStreams).toEqual([]);
    expect(provider.streams.map((stream) => stream.mayRenew)).toEqual([false, true, false]);
    expect(provider.mostOpen).toBe(1);
  });

  it('goes on by its own address when the answer is taken back and that works', async () => {
    const { app, clock, provider, link } = await startedBench([aSandbox('a', { renewsOnAccess: true })]);
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    app.consent('a', true);
    await clock.advance(1_000);
    app.consent('a', false);
    await clock.advance(100);
    expect(provider.stream('a').mayRenew).toBe(false);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(500);
    expect(link('a').state).toBe('live');
  });

  it('names the command that asks by the title it has in the editor', () => {
    const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    expect(manifest).toContain(`"title": "${consentCommandTitle}"`);
  });

  it('reads what the system says of a sandbox that fails while it starts, and again of its next end', async () => {
    const asked: string[] = [];
    const { clock, provider } = await startedBench([aSandbox('a', { phase: 'starting', rawState: 'Pending' })], {
      actions: {
        diagnostics: (id) => {
          asked.push(id);
          return Promise.resolve('Failed to pull image');
        },
      },
    });
    const failed = aSandbox('a', { phase: 'failed', rawState: 'Failed', reason: 'IMAGE_PULL' });
    provider.put(failed);
    provider.put(failed);
    await clock.advance(1_000);
    expect(asked).toEqual(['a']);
    provider.put(aSandbox('a', { phase: 'starting', rawState: 'Pending' }));
    provider.put(failed);
    await clock.advance(1_000);
    expect(asked).toEqual(['a', 'a']);
  });

  it('asks for the diagnostics of many that fail at once a few at a time', async () => {
    let open = 0;
    let mostOpen = 0;
    let asked = 0;
    const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const { clock, provider } = await startedBench(
      ids.map((id) => aSandbox(id)),
      {
        actions: {
          diagnostics: async () => {
            open += 1;
            asked += 1;
            mostOpen = Math.max(mostOpen, open);
            await new Promise<void>((resolve) => clock.after(100, resolve));
            open -= 1;
            return 'Exit Code: 1';
          },
        },
      },
    );
    provider.put(...ids.map((id) => aSandbox(id, { phase: 'failed', rawState: 'Failed' })));
    await clock.advance(5_000);
    expect([asked, mostOpen]).toEqual([40, 4]);
  });

  it('reads what the system says of an end, once, and only of one that it saw', async () => {
    const asked: string[] = [];
    const bench = createAppBench({
      actions: {
        diagnostics: (id) => {
          asked.push(id);
          return Promise.resolve('OOMKilled:      True\nExit Code:      137');
        },
      },
    });
    const { app, clock, provider, show, view } = bench;
    provider.sandboxes.set('a', aSandbox('a'));
    provider.sandboxes.set('old', aSandbox('old', { phase: 'failed', rawState: 'Failed' }));
    app.setProviders([provider]);
    app.setPlace(nowhere, null);
    await clock.advance(0);
    provider.tell();
    await show();
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await show();
    const failed = aSandbox('a', { phase: 'failed', rawState: 'Failed', reason: 'EXITED', message: 'exit code 137' });
    provider.put(failed);
    provider.put(failed);
    await show();
    expect(asked).toEqual(['a']);
    expect(view('a').incidents[0]).toMatchObject({ cause: 'out-of-memory', certainty: 'certain' });
  });

  it('is not disturbed by diagnostics that never come', async () => {
    const { clock, provider, link, view } = await startedBench([aSandbox('a')], {
      actions: { diagnostics: () => new Promise<string>(() => undefined) },
    });
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed' }));
    await clock.advance(10_000);
    expect(link('a').state).toBe('ended');
    expect(view('a').incidents).toHaveLength(1);
  });
});
