import { describe, expect, it } from 'vitest';
import { statusText } from '../../../src/editor/text/status-text.ts';
import { treeModel } from '../../../src/editor/text/tree-model.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox, MiB, using } from '../../helpers/fake-provider.ts';

const pending = (parts: Partial<Sandbox> = {}): Sandbox =>
  aSandbox('a', { phase: 'creating', rawState: 'Pending', reason: 'CREATING', ...parts });

/** One that has run and was measured for some seconds. */
const ran = async (options: Parameters<typeof startedBench>[1] = {}): Promise<AppBench> => {
  const bench = await startedBench([aSandbox('a')], options);
  for (let second = 0; second < 5; second += 1) {
    bench.provider.stream('a').queue.push(aSample('a', bench.clock.now()));
    await bench.clock.advance(1_000);
  }
  return bench;
};

/** Its container ends, and with it the stream of its measurements. */
const endStream = ({ provider }: AppBench): void =>
  provider.stream('a').queue.fail(new Problem('clean-end', 'its container ended'));

describe('a sandbox that ran and is said to be created', () => {
  it('is one that stopped or is restarted, with an incident, for as long as that is said', async () => {
    const bench = await ran();
    const { app, clock, provider, view, history } = bench;
    provider.put(pending());
    endStream(bench);
    for (let minute = 0; minute < 60; minute += 1) await clock.advance(60_000);
    expect(view('a')).toMatchObject({
      sandbox: { phase: 'interrupted', rawState: 'Pending' },
      link: { state: 'idle' },
    });
    expect(statusText(app.view, clock.now()).text).toBe('$(debug-restart) a stopped or restarting');
    expect(JSON.stringify(treeModel(app.view, '', clock.now()))).not.toContain('creating');
    expect(view('a').incidents).toMatchObject([{ cause: 'crashed', certainty: 'probable', endsSandbox: false }]);
    expect(view('a').incidents[0]?.text).toBe(
      'a stopped or was restarted: it ran, nobody here paused it, and the server calls it Pending (CREATING). It may run again by itself, or stay like that.',
    );
    expect(history.incidentList).toHaveLength(1);
    expect(provider.opened('a')).toBe(1);
    // It may live on; nothing is offered that would end it for good.
    expect(view('a').fixes.map(({ id }) => id)).not.toContain('delete');
  });

  it('is measured again when it runs again, and its incident says so', async () => {
    const { clock, provider, view, history } = await ran();
    provider.put(pending());
    await clock.advance(2_000);
    provider.put(aSandbox('a'));
    await clock.advance(2_000);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    expect(view('a')).toMatchObject({ sandbox: { phase: 'running' }, link: { state: 'live' } });
    expect(view('a').incidents).toHaveLength(1);
    expect(view('a').incidents[0]?.text).toContain('It runs again; its processes are new');
    expect(history.incidentList.at(-1)?.text).toContain('It runs again');
  });

  it('is known to keep restarting after the third time', async () => {
    const bench = await ran();
    const { clock, provider, view } = bench;
    for (let time = 0; time < 3; time += 1) {
      provider.put(pending());
      endStream(bench);
      await clock.advance(5_000);
      provider.put(aSandbox('a'));
      await clock.advance(5_000);
    }
    expect(view('a').incidents).toHaveLength(3);
    // No process was seen that lived through the last one.
    await clock.advance(15_000);
    expect(view('a').forecasts.find(({ signal }) => signal === 'restarts')).toMatchObject({ used: 3 });
  });

  it('ran out of memory for certain when the diagnostics say so, and they are read once for each time', async () => {
    let asked = 0;
    const diagnostics = (): Promise<string> => {
      asked += 1;
      return Promise.resolve(asked === 1 ? 'State:   Terminated (exit=137, reason=OOMKilled)' : 'Status: Running');
    };
    const { clock, provider, view } = await ran({ actions: { diagnostics } });
    provider.put(pending());
    await clock.advance(2_000);
    provider.put(pending());
    await clock.advance(2_000);
    expect(asked).toBe(1);
    expect(view('a').incidents).toMatchObject([
      { cause: 'out-of-memory', certainty: 'certain', exitCode: 137, endsSandbox: false },
    ]);
    provider.put(aSandbox('a'));
    await clock.advance(2_000);
    provider.put(pending());
    await clock.advance(2_000);
    expect(asked).toBe(2);
    expect(view('a').incidents.map(({ cause }) => cause)).toEqual(['crashed', 'out-of-memory']);
  });

  it('ran out of memory also when the diagnostics come only after it runs again', async () => {
    const read = Promise.withResolvers<string>();
    let asked = 0;
    const diagnostics = (): Promise<string> => {
      asked += 1;
      return asked === 1 ? read.promise : Promise.resolve('Status: exited');
    };
    const { clock, provider, view } = await ran({ actions: { diagnostics } });
    provider.put(pending());
    await clock.advance(1_000);
    provider.put(aSandbox('a'));
    await clock.advance(1_000);
    read.resolve('Last State:  Terminated (exit=137, reason=OOMKilled)');
    await clock.advance(1_000);
    expect(view('a').incidents).toMatchObject([{ cause: 'out-of-memory', certainty: 'certain', exitCode: 137 }]);
    expect(view('a').incidents[0]?.text).toContain('It runs again');
    // It was about the run before: an end later on is not explained by it.
    provider.put(aSandbox('a', { phase: 'failed', rawState: 'Failed', message: 'exited with code 137' }));
    await clock.advance(1_000);
    expect(view('a').incidents[0]).toMatchObject({ cause: 'crashed', certainty: 'probable', endsSandbox: true });
  });

  it('never stopped when a process is older than that, and its incident is taken back', async () => {
    const { clock, provider, view, history } = await ran();
    const process = { pid: 7, parentPid: 1, name: 'node', rssBytes: 1, heapLimit: null };
    provider.put(pending({ phase: 'starting', rawState: 'Allocated', reason: 'IP_ASSIGNED' }));
    await clock.advance(2_000);
    expect(view('a').incidents).toHaveLength(1);
    provider.put(aSandbox('a'));
    await clock.advance(1_000);
    provider.stream('a').queue.push(
      aSample('a', clock.now(), {
        processes: [
          { ...process, ageMs: null },
          { ...process, ageMs: 600_000 },
        ],
      }),
    );
    await clock.advance(1_000);
    expect(view('a').incidents).toEqual([]);
    expect(history.withdrawn).toHaveLength(1);
  });

  it('is not cut off when it is only not ready: it is measured on, told to run, and warned of', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, view, link, notices, history } = bench;
    const notReady = aSandbox('a', { phase: 'starting', rawState: 'Allocated', reason: 'IP_ASSIGNED' });
    const startMs = clock.now() - 3_600_000;
    let used = 100;
    for (let second = 0; used < 510; second += 1) {
      if (second > 30) used += 2;
      const node = { pid: 412, parentPid: 1, name: 'node', rssBytes: used * MiB, heapLimit: null };
      const processes = [{ ...node, ageMs: clock.now() - startMs }];
      provider.stream('a').queue.push(using('a', clock.now(), used, { processes }));
      await clock.advance(1_000);
      if (used === 380) provider.put(notReady);
      if (used > 380) provider.tell();
      if (used === 384) expect(view('a').sandbox.phase).toBe('interrupted');
    }
    expect(provider.opened('a')).toBe(1);
    expect(link('a').state).toBe('live');
    expect(view('a')).toMatchObject({ sandbox: { phase: 'running', rawState: 'Allocated' }, level: 'critical' });
    expect(notices.map(({ kind }) => kind)).toEqual(['warn', 'critical']);
    expect(history.warningList.map(({ outcome }) => outcome)).toEqual(['open']);
    expect([view('a').incidents, history.incidentList]).toEqual([[], []]);
    // Its container ends after all.
    endStream(bench);
    await clock.advance(1_000);
    expect(view('a')).toMatchObject({ sandbox: { phase: 'interrupted' }, incidents: [{ cause: 'out-of-memory' }] });
    expect(link('a').state).toBe('idle');
  });

  it('is over when it runs again, also when another state was told between', async () => {
    let asked = 0;
    const diagnostics = (): Promise<string> => {
      asked += 1;
      return Promise.resolve(`State: Terminated (exit=${asked}, reason=Error)`);
    };
    const { clock, provider, view } = await ran({ actions: { diagnostics } });
    for (let time = 0; time < 2; time += 1) {
      for (const sandbox of [
        pending(),
        pending(),
        aSandbox('a', { phase: 'unknown', rawState: 'Binding' }),
        pending(),
      ]) {
        provider.put(sandbox);
        await clock.advance(2_000);
      }
      provider.put(aSandbox('a', { phase: 'unknown', rawState: 'Binding' }));
      await clock.advance(2_000);
      provider.put(aSandbox('a'));
      await clock.advance(20_000);
    }
    expect(asked).toBe(2);
    expect(view('a').incidents.map(({ exitCode }) => exitCode)).toEqual([2, 1]);
    for (const { text } of view('a').incidents) expect(text).toContain('It runs again');
  });

  it('did stop when all processes are new', async () => {
    const { clock, provider, view } = await ran();
    provider.put(pending());
    await clock.advance(2_000);
    provider.put(aSandbox('a'));
    await clock.advance(1_000);
    const young = { pid: 7, parentPid: 1, name: 'node', rssBytes: 1, heapLimit: null, ageMs: 900 };
    provider.stream('a').queue.push(aSample('a', clock.now(), { processes: [young] }));
    // Processes grow old; only the first list says something.
    await clock.advance(60_000);
    provider.stream('a').queue.push(aSample('a', clock.now(), { processes: [{ ...young, ageMs: 600_000 }] }));
    await clock.advance(1_000);
    expect(view('a').incidents).toHaveLength(1);
  });

  it('probably ran out of memory when memory stood at its limit', async () => {
    const { clock, provider, view } = await ran();
    provider.stream('a').queue.push(using('a', clock.now(), 508));
    await clock.advance(500);
    provider.put(pending());
    await clock.advance(1_000);
    expect(view('a').incidents[0]).toMatchObject({ cause: 'out-of-memory', certainty: 'probable', endsSandbox: false });
  });

  it('is one story with the kill that was counted just before', async () => {
    const { clock, provider, view } = await ran();
    const killed = aSample('a', clock.now());
    if (killed.memory === undefined) throw new Error('no memory');
    provider.stream('a').queue.push({ ...killed, memory: { ...killed.memory, oomKillCount: 1 } });
    await clock.advance(500);
    expect(view('a').incidents).toMatchObject([{ cause: 'out-of-memory-child' }]);
    provider.put(pending());
    await clock.advance(1_000);
    expect(view('a').incidents).toMatchObject([{ cause: 'out-of-memory', certainty: 'probable', endsSandbox: false }]);
  });

  it('keeps its clock, and an end is told beside it', async () => {
    const { clock, provider, view } = await ran();
    const expiry = { clock: 'absolute', action: 'delete', extendedBy: 'call', certainty: 'known' } as const;
    const expiresAtMs = clock.now() + 60_000;
    provider.put(pending({ expiry: { ...expiry, expiresAtMs } }));
    await clock.advance(30_000);
    expect(view('a').forecasts.map(({ signal }) => signal)).toContain('expiry');
    for (let second = 0; second < 31; second += 1) {
      provider.tell();
      await clock.advance(1_000);
    }
    provider.remove('a');
    await clock.advance(1_000);
    expect(view('a').incidents.map(({ cause, endsSandbox }) => [cause, endsSandbox])).toEqual([
      ['expired', true],
      ['crashed', false],
    ]);
  });

  it('is taken for what it is after a pause, also when only our own was seen of it', async () => {
    const { clock, provider, view } = await ran();
    provider.put(aSandbox('a', { phase: 'paused', rawState: 'Paused' }));
    await clock.advance(1_000);
    provider.put(pending());
    await clock.advance(1_000);
    expect(view('a')).toMatchObject({ sandbox: { phase: 'creating' }, incidents: [] });
  });
});

describe('a sandbox that is called running all the time', () => {
  it('was restarted when its first process is another one, and its timeline and history say so', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, view, history } = bench;
    const first = { pid: 1, parentPid: 0, name: 'sh', rssBytes: MiB, heapLimit: null };
    const list = (startTicks: number, ageMs: number): void =>
      provider.stream('a').queue.push(aSample('a', clock.now(), { processes: [{ ...first, startTicks, ageMs }] }));
    for (let second = 0; second < 5; second += 1) {
      list(1_505_044, 600_000 + second * 1_000);
      await clock.advance(1_000);
    }
    provider.stream('a').queue.fail(new Problem('reset', 'The connection was cut.'));
    await clock.advance(3_000);
    list(1_505_596, 1_400);
    await clock.advance(1_000);
    expect(view('a')).toMatchObject({ sandbox: { phase: 'running' }, link: { state: 'live' } });
    expect(view('a').incidents).toMatchObject([{ cause: 'crashed', certainty: 'probable', endsSandbox: false }]);
    expect(view('a').incidents[0]?.text).toContain('a was restarted, as its processes show');
    expect(view('a').timeline.at(-1)).toMatchObject({ phase: 'running', reason: 'restarted, as its processes show' });
    expect(history.incidentList).toHaveLength(1);
  });
});
