import { describe, expect, it } from 'vitest';
import type { FixPlan } from '../../../../src/app/contracts.ts';
import type { FixId, FixOutcome, ProcessTarget } from '../../../../src/model/fix.ts';
import type { ExecResult, ProviderActions, RecreateRequest, Snapshot } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { ProcessReading, Sample } from '../../../../src/model/sample.ts';
import type { Expiry, Sandbox } from '../../../../src/model/sandbox.ts';
import { type AppBench, startedBench } from '../../../helpers/app-bench.ts';
import { aSample, aSandbox, MiB, using } from '../../../helpers/fake-provider.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const until = (expiresAtMs: number): Expiry => ({
  clock: 'absolute',
  expiresAtMs,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
});
const aSnapshot = (parts: Partial<Snapshot> = {}): Snapshot => ({
  id: 'snap-1',
  sandboxId: 'a',
  name: null,
  state: 'ready',
  rawState: 'Ready',
  message: null,
  createdAtMs: null,
  ...parts,
});
const result = (exitCode: number | null, stdout = ''): ExecResult => ({
  exitCode,
  stdout,
  stderr: '',
  truncated: false,
});
const never = new AbortController().signal;

const withActions = async (actions: (bench: () => AppBench) => ProviderActions, sandbox: Sandbox = aSandbox('a')) => {
  const holder: { bench?: AppBench } = {};
  const bench = await startedBench([sandbox], {
    actions: actions(() => {
      if (holder.bench === undefined) throw new Error('too early');
      return holder.bench;
    }),
  });
  holder.bench = bench;
  return bench;
};

const planOf = (bench: AppBench, fixId: FixId, target: ProcessTarget | null = null): Promise<FixPlan> =>
  bench.app.planFix('a', fixId, target);

describe('planning', () => {
  it('refuses what is unknown, unsupported, done by the editor, or does not fit the phase', async () => {
    const bench = await withActions(() => ({ resume: () => Promise.resolve() }));
    await expect(bench.app.planFix('nobody', 'extend')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(planOf(bench, 'extend')).rejects.toMatchObject({ kind: 'not-supported' });
    await expect(planOf(bench, 'showDetails')).rejects.toMatchObject({ kind: 'not-supported' });
    await expect(planOf(bench, 'resume')).rejects.toMatchObject({
      kind: 'conflict',
      message: '“Resume” is not possible while a is running.',
    });
  });

  it('does not run the same fix twice at once, and fails in words for a sandbox that is not known', async () => {
    const bench = await withActions(() => ({ snapshot: () => new Promise<Snapshot>(() => undefined) }));
    const plan = await planOf(bench, 'snapshot');
    const stop = new AbortController();
    const first = bench.app.runFix(plan, { signal: stop.signal, progress: () => undefined });
    expect(await bench.app.runFix(plan, { signal: never, progress: () => undefined })).toMatchObject({
      result: 'failed',
    });
    stop.abort();
    expect(await first).toMatchObject({ result: 'cancelled' });
    const lost = await bench.fix({ ...plan, sandboxId: 'nobody' });
    expect(lost).toMatchObject({ result: 'failed' });
    expect(lost.text).toContain('not known');
  });

  it('does nothing when it was cancelled before', async () => {
    const bench = await withActions(() => ({ snapshot: () => Promise.resolve(aSnapshot()) }));
    const plan = await planOf(bench, 'snapshot');
    expect(await bench.fix(plan, AbortSignal.abort())).toMatchObject({
      result: 'cancelled',
      text: 'It was cancelled. Nothing was changed.',
    });
  });

  it('does not carry out a plan that was made by another fix', async () => {
    const bench = await withActions(() => ({ snapshot: () => Promise.resolve(aSnapshot()) }));
    const plan = await planOf(bench, 'snapshot');
    expect(await bench.fix({ ...plan, parameters: { kind: 'delete' } })).toMatchObject({ result: 'failed' });
  });

  it('ends with the provider it ran on', async () => {
    const bench = await withActions(() => ({ snapshot: () => new Promise<Snapshot>(() => undefined) }));
    const plan = await planOf(bench, 'snapshot');
    const running = bench.fix(plan);
    await bench.clock.advance(0);
    bench.app.setProviders([]);
    expect(await running).toMatchObject({ result: 'cancelled' });
  });
});

describe('extend', () => {
  const sandbox = aSandbox('a', { expiry: until(noon + 600_000) });

  it('works when the server reports the later deadline afterwards', async () => {
    const bench = await withActions(
      (get) => ({
        renew: (_id, expiresAtMs) => {
          get().provider.sandboxes.set('a', aSandbox('a', { expiry: until(expiresAtMs) }));
          return Promise.resolve(until(expiresAtMs));
        },
      }),
      sandbox,
    );
    const plan = await planOf(bench, 'extend');
    expect(plan).toMatchObject({ title: 'Extend by 30 min', risk: 'safe', losses: [] });
    expect(plan.steps.join()).toContain('12:40');
    const said: string[] = [];
    const outcome = await bench.fix(plan, never, (text) => said.push(text));
    expect(outcome).toMatchObject({ result: 'worked', text: 'It now ends at 12:40, 30 min later.' });
    expect(said).toEqual(['Moving the deadline to 12:40', 'Checking the deadline']);
    await bench.show();
    expect(bench.view('a').sandbox.expiry?.expiresAtMs).toBe(noon + 2_400_000);
    expect(bench.view('a').outcomes).toEqual([outcome]);
    expect(bench.history.fixList.map((one) => one.outcome)).toEqual([outcome]);
  });

  it('did not work when the old deadline still stands, and cannot tell when the server is silent', async () => {
    const bench = await withActions(() => ({ renew: (_id, ms) => Promise.resolve(until(ms)) }), sandbox);
    const plan = await bench.app.planFix('a', 'extend', null, { extendByMs: 3_600_000 });
    expect(await bench.fix(plan)).toMatchObject({
      result: 'did-not-work',
      text: 'The server still reports 12:10 as the deadline.',
    });
    bench.provider.findProblem = new Problem('unreachable', 'no');
    expect(await bench.fix(plan)).toMatchObject({ result: 'cannot-tell' });
    bench.provider.findProblem = null;
    bench.provider.sandboxes.delete('a');
    expect(await bench.fix(plan)).toMatchObject({ result: 'did-not-work' });
  });

  it('fails with the next step, and never shortens', async () => {
    const bench = await withActions(
      () => ({
        renew: () => Promise.reject(new Problem('conflict', 'no expiration', { nextStep: 'Delete it by hand' })),
      }),
      sandbox,
    );
    const plan = await planOf(bench, 'extend');
    expect(await bench.fix(plan)).toMatchObject({ result: 'failed', text: 'no expiration. Delete it by hand.' });
    bench.provider.put(aSandbox('a', { expiry: until(noon + 90_000_000) }));
    await bench.show();
    expect((await bench.fix(plan)).text).toContain('already ends later');
    await expect(bench.app.planFix('a', 'extend', null, { extendByMs: -1 })).rejects.toMatchObject({
      kind: 'invalid-request',
    });
  });

  it('says what may still happen when it is cancelled on the way', async () => {
    const bench = await withActions(() => ({ renew: () => new Promise<Expiry>(() => undefined) }), sandbox);
    const stop = new AbortController();
    const running = bench.fix(await planOf(bench, 'extend'), stop.signal);
    await bench.clock.advance(0);
    stop.abort();
    expect(await running).toMatchObject({
      result: 'cancelled',
      text: 'It was cancelled. The server may still carry out: Moving the deadline to 12:40.',
    });
  });
});

describe('snapshot', () => {
  it.each([
    [aSnapshot(), 'worked', 'is ready after 0 s'],
    [aSnapshot({ state: 'failed', rawState: 'Failed', message: 'disk full' }), 'did-not-work', 'disk full'],
    [
      aSnapshot({ state: 'creating', rawState: 'Creating' }),
      'cannot-tell',
      'calls the snapshot snap-1 Creating, not ready',
    ],
  ] as const)('%# tells what became of it', async (snapshot, expected, text) => {
    const names: string[] = [];
    const bench = await withActions(
      () => ({
        snapshot: (_id, name) => {
          names.push(name);
          return Promise.resolve(snapshot);
        },
      }),
      aSandbox('a', { name: 'API Tests (old)!' }),
    );
    const outcome = await bench.fix(await planOf(bench, 'snapshot'));
    expect(outcome.result).toBe(expected);
    expect(outcome.text).toContain(text);
    expect(names).toEqual(['api-tests-old-20260101-1200']);
  });
});

describe('ending a process', () => {
  const target = { pid: 412, name: 'node' };

  /** A sandbox in which the process answers as told; samples go on by themselves. */
  const inside = async (
    answer: (signal: string, call: number) => ExecResult,
    usedAfterMiB: number | null,
    process: Partial<ProcessReading> = {},
    against: Partial<ProcessTarget> = {},
    read: { readonly before?: Partial<Sample>; readonly after?: (second: number) => Partial<Sample> } = {},
  ) => {
    const calls: (readonly string[])[] = [];
    const bench = await withActions(() => ({
      exec: (_id, argv) => {
        calls.push(argv);
        return Promise.resolve(answer(argv[5] ?? '', calls.length));
      },
    }));
    const known = { parentPid: 1, rssBytes: 200 * MiB, ageMs: null, heapLimit: null, ...target, ...process };
    bench.provider.stream('a').queue.push(using('a', bench.clock.now(), 364, { processes: [known], ...read.before }));
    await bench.show();
    const plan = await planOf(bench, 'endProcess', { ...target, ...against });
    const stop = new AbortController();
    const feed = async (): Promise<void> => {
      for (let second = 1; !stop.signal.aborted; second += 1) {
        await new Promise<void>((resolve) => bench.clock.after(1_000, resolve));
        const part = read.after?.(second) ?? {};
        if (usedAfterMiB !== null)
          bench.provider.stream('a').queue.push(using('a', bench.clock.now(), usedAfterMiB, part));
      }
    };
    const feeding = feed();
    const outcome = await bench.fix(plan);
    stop.abort();
    await bench.clock.advance(1_000);
    await feeding;
    return { outcome, plan, signals: calls.map((argv) => argv[5]), calls };
  };

  it('works when memory falls', async () => {
    const { outcome, plan, signals } = await inside((signal) => result(signal === 'TERM' ? 0 : 3), 120);
    expect(outcome).toMatchObject({
      result: 'worked',
      text: 'node (pid 412) has ended: memory fell from 364 MiB (71 %) to 120 MiB (23 %) of 512 MiB.',
    });
    expect(signals).toEqual(['TERM', '0']);
    expect(plan.title).toBe('End node (pid 412)');
    expect(plan.losses.join()).toContain('not saved');
    expect(plan.steps.join()).toContain('200 MiB');
  });

  it('ends it by force after five seconds', async () => {
    const { outcome, signals } = await inside((signal, call) => result(signal === '0' && call > 7 ? 3 : 0), 120);
    expect(outcome.result).toBe('worked');
    expect(signals).toEqual(['TERM', '0', '0', '0', '0', '0', 'KILL', '0']);
  });

  it('did not work when the process survives even that', async () => {
    const { outcome } = await inside(() => result(0), 120);
    expect(outcome).toMatchObject({ result: 'did-not-work' });
    expect(outcome.text).toContain('still runs');
  });

  it('did not work when memory does not fall, with the numbers', async () => {
    const { outcome } = await inside((signal) => result(signal === 'TERM' ? 0 : 3), 360);
    expect(outcome).toMatchObject({ result: 'did-not-work' });
    expect(outcome.text).toContain('360 MiB (70 %) of 512 MiB; it was 364 MiB (71 %)');
  });

  it('cannot tell without new samples', async () => {
    const { outcome } = await inside((signal) => result(signal === 'TERM' ? 0 : 3), null);
    expect(outcome).toMatchObject({ result: 'cannot-tell' });
  });

  const ends = (signal: string): ExecResult => result(signal === 'TERM' ? 0 : 3);
  const small = { rssBytes: 6 * MiB };

  it('cannot tell by memory when the process held hardly any of it, or nobody knows how much', async () => {
    const { outcome } = await inside(ends, 362, small);
    expect(outcome.result).toBe('cannot-tell');
    expect(outcome.text).toContain('it held 6 MiB, too little to be seen in that');
    const grown = await inside(ends, 362, small, { against: 'memory' });
    expect(grown.outcome.result).toBe('cannot-tell');
    const unknown = await inside(ends, 362, { pid: 7 });
    expect(unknown.outcome.result).toBe('cannot-tell');
    expect(unknown.outcome.text).toContain('how much of it this process held is not known');
    const meant = await inside(ends, 362, { pid: 7 }, { against: 'memory' });
    expect(meant.outcome.result).toBe('did-not-work');
  });

  it('that most are children of works when their number falls, whatever memory does', async () => {
    const before = { pids: { used: 490, limit: 512, spawner: { ...target, count: 470 } } };
    const left = (used: number) =>
      inside(ends, 364, small, { against: 'pids' }, { before, after: () => ({ pids: { used, limit: 512 } }) });
    const { outcome, plan } = await left(18);
    expect(plan.check).toContain('The number of processes is compared');
    expect(outcome).toMatchObject({
      result: 'worked',
      text: 'node (pid 412) has ended: the number of processes fell from 490 of 512 (96 %) to 18 of 512 (4 %).',
    });
    // Its children live on.
    expect((await left(460)).outcome).toMatchObject({
      result: 'did-not-work',
      text: expect.stringContaining('460 of 512 (90 %); it was 490 of 512 (96 %)'),
    });
  });

  it('that has most files open works when the fullest is another one then, as soon as that is read', async () => {
    const before = { fds: { used: 1_000, limit: 1_024, pid: 412, name: 'node' } };
    const fds = { used: 90, limit: 1_024, pid: 9, name: 'bash' };
    const each = (after: (second: number) => Partial<Sample>) =>
      inside(ends, 364, small, { against: 'fds' }, { before, after });
    const { outcome, plan } = await each((second) => (second % 10 === 0 ? { fds } : {}));
    expect(plan.check).toContain('open files');
    expect(outcome).toMatchObject({
      result: 'worked',
      text: 'node (pid 412) has ended: the most open files of a process fell from 1000 of 1024 (98 %) to 90 of 1024 (9 %).',
    });
    expect((await each(() => ({}))).outcome.result).toBe('cannot-tell');
    expect((await each(() => ({ fds: { ...before.fds } }))).outcome.result).toBe('did-not-work');
  });

  it('ends nothing when the pid is another process now, or none', async () => {
    const other = await inside(() => result(4, 'bash'), 364);
    expect(other.outcome).toMatchObject({
      result: 'did-not-work',
      text: 'Pid 412 is now bash, not node; nothing was ended.',
    });
    expect(other.signals).toEqual(['TERM']);
    const gone = await inside(() => result(3), 364);
    expect(gone.outcome.text).toContain('had already ended');
  });

  it('names the start of the one that is meant, and ends none that started later', async () => {
    const later = await inside(() => result(4, 'node-MainThread'), 364, { startTicks: 90_210 });
    expect(later.calls.map((argv) => argv.slice(4, 7))).toEqual([['412', 'TERM', '90210']]);
    expect(later.outcome).toMatchObject({
      result: 'did-not-work',
      text: 'Pid 412 is now another node, which started later; nothing was ended.',
    });
    const respawned = await inside((signal) => (signal === '0' ? result(4, 'node') : result(0)), 120, {
      startTicks: 90_210,
    });
    expect(respawned.outcome.result).toBe('worked');
  });

  it('fails in words when it may not, or when there is no shell', async () => {
    expect((await inside(() => result(5), 364)).outcome).toMatchObject({ result: 'failed' });
    expect((await inside(() => result(127), 364)).outcome.text).toContain('exit code 127');
  });

  it('refuses the main process and nonsense', async () => {
    const bench = await withActions(() => ({ exec: () => Promise.resolve(result(0)) }));
    for (const one of [null, { pid: 1, name: 'init' }, { pid: -1, name: 'all' }, { pid: 1.5, name: 'x' }]) {
      await expect(planOf(bench, 'endProcess', one)).rejects.toMatchObject({ kind: 'invalid-request' });
    }
  });

  it('can be cancelled while it waits, and says what was done', async () => {
    const bench = await withActions(() => ({ exec: () => Promise.resolve(result(0)) }));
    const stop = new AbortController();
    const running = bench.fix(await planOf(bench, 'endProcess', target), stop.signal, (text) => {
      if (text.startsWith('Waiting')) stop.abort();
    });
    expect(await running).toMatchObject({
      result: 'cancelled',
      text: 'It was cancelled. Done until then: node (pid 412) was asked to end.',
    });
  });
});

describe('recreate larger', () => {
  const sandbox = aSandbox('a', {
    createdAtMs: noon - 3_600_000,
    expiry: until(noon + 3_600_000),
    metadata: { owner: 'me' },
  });

  const recreating = async (parts: {
    snapshot?: Snapshot;
    limitBytes?: number | null;
    newLimitBytes?: number | null;
    phase?: Sandbox['phase'];
    /** The old one ends while the new one is made. */
    ends?: boolean;
  }) => {
    const requests: RecreateRequest[] = [];
    const bench = await withActions(
      (get) => ({
        snapshot: () => Promise.resolve(parts.snapshot ?? aSnapshot()),
        recreate: (request) => {
          requests.push(request);
          const made = aSandbox('b', { phase: 'creating', rawState: 'Pending' });
          get().provider.sandboxes.set('b', { ...made, phase: parts.phase ?? 'running' });
          if (parts.ends) get().provider.put(aSandbox('a', { phase: 'terminated', rawState: 'Terminated' }));
          return Promise.resolve(made);
        },
        limits: (id) =>
          Promise.resolve({
            memoryBytes: id === 'a' ? (parts.limitBytes ?? null) : (parts.newLimitBytes ?? null),
            cpuCores: 1,
            pids: null,
          }),
      }),
      sandbox,
    );
    return { bench, requests };
  };

  /** A second sandbox, which the person chooses. */
  const addMine = async (bench: AppBench): Promise<void> => {
    bench.provider.put(aSandbox('mine'));
    await bench.show();
    bench.app.choose('mine');
    await bench.show();
  };

  /** Runs it while time passes. @returns what came of it, and what the editor was told to remember. */
  const runToEnd = async (bench: AppBench, plan: FixPlan) => {
    const adopted: string[] = [];
    let outcome: FixOutcome | null = null;
    const { signal } = new AbortController();
    const options = { signal, progress: () => undefined, adopted: (id: string) => void adopted.push(id) };
    const running = bench.app.runFix(plan, options).then((one) => {
      outcome = one;
      return one;
    });
    for (let turn = 0; outcome === null && turn < 400; turn += 1) await bench.clock.advance(1_000);
    await bench.show();
    return { outcome: await running, adopted };
  };

  it('makes a new one with twice the memory, takes it for the current one and keeps the old', async () => {
    const { bench, requests } = await recreating({ limitBytes: 256 * MiB, newLimitBytes: 512 * MiB });
    const plan = await planOf(bench, 'recreateLarger');
    expect(plan.title).toBe('Recreate with 512 MiB');
    expect(plan.losses.join()).toContain('files are kept');
    expect(plan.losses.join()).toContain('new id');
    const outcome = await bench.fix(plan);
    expect(outcome).toMatchObject({
      result: 'worked',
      text: 'The new sandbox b runs with 512 MiB of memory instead of 256 MiB; the old one is kept.',
    });
    expect(requests).toEqual([
      { snapshotId: 'snap-1', memoryBytes: 512 * MiB, cpuCores: 1, lifetimeMs: 7_200_000, metadata: { owner: 'me' } },
    ]);
    await bench.show();
    expect(bench.app.view).toMatchObject({ currentId: 'b', currentHow: 'chosen by you' });
    expect(bench.view('a').sandbox.phase).toBe('running');
  });

  it('leaves the choice alone when it was made from another than the current one, and says so before', async () => {
    const { bench } = await recreating({ limitBytes: 256 * MiB, newLimitBytes: 512 * MiB });
    await addMine(bench);
    const plan = await planOf(bench, 'recreateLarger');
    expect(plan.steps.at(-1)).toBe('Wait until it runs. The old one is kept and goes on.');
    const { outcome, adopted } = await runToEnd(bench, plan);
    expect(outcome).toMatchObject({ result: 'worked' });
    expect(adopted).toEqual([]);
    expect(bench.app.view.currentId).toBe('mine');
    expect(bench.view('b').sandbox.phase).toBe('running');
  });

  it('leaves the choice alone when the new one ends at once or never runs', async () => {
    for (const phase of ['failed', 'creating'] as const) {
      const { bench } = await recreating({ limitBytes: 256 * MiB, phase });
      bench.app.choose('a');
      await bench.show();
      const plan = await planOf(bench, 'recreateLarger');
      expect(plan.steps.at(-1)).toContain('make it the current sandbox');
      expect((await runToEnd(bench, plan)).adopted).toEqual([]);
      expect(bench.app.view.currentId).toBe('a');
    }
  });

  it('leaves the choice alone when the person chose another meanwhile', async () => {
    const { bench } = await recreating({ limitBytes: 256 * MiB, newLimitBytes: 512 * MiB });
    const plan = await planOf(bench, 'recreateLarger');
    await addMine(bench);
    const { outcome, adopted } = await runToEnd(bench, plan);
    expect([outcome?.result, adopted, bench.app.view.currentId]).toEqual(['worked', [], 'mine']);
  });

  it('takes the place of the current one once it runs, also when that one ended meanwhile', async () => {
    const { bench } = await recreating({ limitBytes: 256 * MiB, newLimitBytes: 512 * MiB, ends: true });
    const { adopted } = await runToEnd(bench, await planOf(bench, 'recreateLarger'));
    expect(adopted).toEqual(['b']);
    expect(bench.app.view).toMatchObject({ currentId: 'b', currentHow: 'chosen by you' });
    expect(bench.view('a').sandbox.phase).toBe('terminated');
  });

  it('takes the limit from the samples where the system does not tell it', async () => {
    const { bench } = await recreating({});
    await expect(planOf(bench, 'recreateLarger')).rejects.toMatchObject({ kind: 'unavailable-here' });
    bench.provider.stream('a').queue.push(using('a', bench.clock.now(), 300));
    await bench.show();
    const plan = await planOf(bench, 'recreateLarger');
    expect(plan.parameters).toMatchObject({ memoryBytes: 1024 * MiB, previousMemoryBytes: 512 * MiB });
    const fourfold = await bench.app.planFix('a', 'recreateLarger', null, { memoryFactor: 4 });
    expect(fourfold.parameters).toMatchObject({ memoryBytes: 2048 * MiB });
    expect(await bench.fix(plan)).toMatchObject({ result: 'cannot-tell' });
    await expect(bench.app.planFix('a', 'recreateLarger', null, { memoryBytes: 5 })).rejects.toMatchObject({
      kind: 'invalid-request',
    });
  });

  it('says that there is no limit to raise where there is none, and does not promise numbers that are there', async () => {
    const { bench } = await recreating({});
    const memory = using('a', 0, 300).memory;
    if (memory === undefined) throw new Error('no memory');
    const unlimited = aSample('a', bench.clock.now(), { memory: { ...memory, limitBytes: null } });
    await expect(planOf(bench, 'recreateLarger')).rejects.toMatchObject({ nextStep: expect.stringContaining('Wait') });
    bench.provider.stream('a').queue.push(unlimited);
    await bench.show();
    await expect(planOf(bench, 'recreateLarger')).rejects.toMatchObject({
      kind: 'unavailable-here',
      message: 'a has no memory limit that could be raised.',
      nextStep: expect.not.stringContaining('Wait'),
    });
  });

  it('did not work when the new limit is not the wanted one, and is not forgotten by a list made before it', async () => {
    const { bench } = await recreating({ limitBytes: 256 * MiB, newLimitBytes: 256 * MiB });
    const outcome = await bench.fix(await planOf(bench, 'recreateLarger'));
    expect(outcome).toMatchObject({ result: 'did-not-work' });
    const made = bench.provider.sandboxes.get('b');
    bench.provider.event({ kind: 'sandboxes', atMs: bench.clock.now(), sandboxes: [sandbox] });
    await bench.show();
    expect(made).toBeDefined();
    expect(bench.view('b').sandbox.phase).toBe('running');
  });

  it('fails when the snapshot does, and makes nothing', async () => {
    const { bench, requests } = await recreating({
      limitBytes: 256 * MiB,
      snapshot: aSnapshot({ state: 'failed', rawState: 'Failed' }),
    });
    expect(await bench.fix(await planOf(bench, 'recreateLarger'))).toMatchObject({ result: 'failed' });
    expect(requests).toHaveLength(0);
  });

  it('fails when the new one ends at once, and cannot tell when it never runs', async () => {
    const ended = await recreating({ limitBytes: 256 * MiB, phase: 'failed' });
    expect(await ended.bench.fix(await planOf(ended.bench, 'recreateLarger'))).toMatchObject({ result: 'failed' });
    const slow = await recreating({ limitBytes: 256 * MiB, phase: 'creating' });
    const outcome = await slow.bench.fix(await planOf(slow.bench, 'recreateLarger'));
    expect(outcome).toMatchObject({ result: 'cannot-tell' });
    expect(outcome.text).toContain('180 s');
  });

  it('can be cancelled between snapshot and sandbox, and says that the snapshot stays', async () => {
    const { bench, requests } = await recreating({ limitBytes: 256 * MiB });
    const stop = new AbortController();
    const running = bench.fix(await planOf(bench, 'recreateLarger'), stop.signal, (text) => {
      if (text.startsWith('Taking')) stop.abort();
    });
    const outcome = await running;
    expect(outcome).toMatchObject({ result: 'cancelled' });
    expect(requests).toHaveLength(0);
  });
});

describe('pause, resume and delete', () => {
  it('work when the server reports it', async () => {
    const bench = await withActions((get) => ({
      pause: () => {
        get().provider.sandboxes.set('a', aSandbox('a', { phase: 'pausing', rawState: 'Pausing' }));
        get().clock.after(3_000, () =>
          get().provider.sandboxes.set('a', aSandbox('a', { phase: 'paused', rawState: 'Paused' })),
        );
        return Promise.resolve();
      },
      resume: () => {
        get().provider.sandboxes.set('a', aSandbox('a'));
        return Promise.resolve();
      },
      delete: () => {
        get().provider.sandboxes.delete('a');
        return Promise.resolve();
      },
    }));
    expect(await bench.fix(await planOf(bench, 'pause'))).toMatchObject({ result: 'worked', text: 'a is paused.' });
    await bench.show();
    expect(await bench.fix(await planOf(bench, 'resume'))).toMatchObject({ result: 'worked', text: 'a runs again.' });
    await bench.show();
    const plan = await planOf(bench, 'delete');
    expect(plan.risk).toBe('destructive');
    expect(await bench.fix(plan)).toMatchObject({ result: 'worked', text: 'a is deleted.' });
    await bench.show();
    expect(bench.view('a').incidents[0]).toMatchObject({ cause: 'deleted' });
  });

  it('say what is lost and that the clock runs on', async () => {
    const bench = await startedBench([aSandbox('a', { expiry: until(noon + 1_200_000) })], {
      actions: { pause: () => Promise.resolve() },
      capabilities: { pauseKeepsMemory: false },
    });
    const plan = await planOf(bench, 'pause');
    expect(plan.losses.join()).toContain('memory are lost');
    expect(plan.steps.join()).toContain('it still ends at 12:20');
  });

  it('did not work when nothing changes within a minute, and cannot tell when the server falls silent', async () => {
    const bench = await withActions(() => ({ pause: () => Promise.resolve() }));
    expect(await bench.fix(await planOf(bench, 'pause'))).toMatchObject({
      result: 'did-not-work',
      text: 'After 60 s a is running.',
    });
    bench.provider.findProblem = new Problem('unreachable', 'no');
    expect(await bench.fix(await planOf(bench, 'pause'))).toMatchObject({ result: 'cannot-tell' });
  });

  it('fail in words when the sandbox vanished between two calls', async () => {
    const bench = await withActions(() => ({
      delete: () => Promise.reject(new Problem('not-found', 'Sandbox a is not there', { nextStep: 'Refresh.' })),
    }));
    const outcome = await bench.fix(await planOf(bench, 'delete'));
    expect(outcome).toMatchObject({ result: 'failed', text: 'Sandbox a is not there. Refresh.' });
  });

  it('can be cancelled while waiting', async () => {
    const bench = await withActions(() => ({ pause: () => Promise.resolve() }));
    const stop = new AbortController();
    const running = bench.fix(await planOf(bench, 'pause'), stop.signal, (text) => {
      if (text.startsWith('Waiting')) bench.clock.after(5_000, () => stop.abort());
    });
    expect(await running).toMatchObject({
      result: 'cancelled',
      text: 'It was cancelled. Done until then: The server accepted the request.',
    });
  });
});
