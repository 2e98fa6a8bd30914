import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import type { Expiry, Sandbox } from '../../../src/model/sandbox.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSample, aSandbox } from '../../helpers/fake-provider.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);

const until = (expiresAtMs: number): Expiry => ({
  clock: 'absolute',
  expiresAtMs,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
});

/** One whose time is over in eight minutes, and a server that renews it. */
const ending = async (): Promise<AppBench> => {
  const sandbox = aSandbox('a', { createdAtMs: noon - 60 * minute, expiry: until(noon + 8 * minute) });
  const bench = await startedBench([sandbox], {
    actions: {
      renew: (id, expiresAtMs) => {
        const expiry = until(expiresAtMs);
        bench.provider.sandboxes.set(id, { ...known(bench, id), expiry });
        return Promise.resolve(expiry);
      },
    },
  });
  await bench.clock.advance(4 * minute);
  expect(bench.notices).toHaveLength(1);
  return bench;
};

const known = ({ provider }: AppBench, id: string): Sandbox => {
  const sandbox = provider.sandboxes.get(id);
  if (sandbox === undefined) throw new Error(`the server does not know ${id}`);
  return sandbox;
};

const extend = async ({ app, clock }: AppBench): Promise<void> => {
  const plan = await app.planFix('a', 'extend');
  const outcome = await app.runFix(plan, { signal: new AbortController().signal, progress: () => undefined });
  expect(outcome.result).toBe('worked');
  await clock.advance(500);
};

const leftMinutes = ({ clock, view }: AppBench): number =>
  ((view('a').sandbox.expiry?.expiresAtMs ?? 0) - clock.now()) / minute;

describe('words of the server that come in another order than they were asked for', () => {
  it('do not bring an old deadline back by a list', async () => {
    const bench = await ending();
    const { clock, provider, view, notices } = bench;
    const old = known(bench, 'a');
    const askedAtMs = clock.now();
    await clock.advance(300);
    await extend(bench);
    provider.event({ kind: 'sandboxes', atMs: askedAtMs, sandboxes: [old] });
    await clock.advance(2_000);
    expect(leftMinutes(bench)).toBeGreaterThan(30);
    expect(view('a').level).toBe('calm');
    provider.tell();
    await clock.advance(2_000);
    expect(notices).toHaveLength(1);
  });

  it('do not bring an old deadline back by a slow answer to a question', async () => {
    const bench = await ending();
    const { clock, provider, view, notices } = bench;
    const { find } = provider;
    let isFirst = true;
    provider.find = async (id) => {
      const answer = await find.call(provider, id);
      if (isFirst) {
        isFirst = false;
        await new Promise<void>((resolve) => clock.after(3_000, resolve));
      }
      return answer;
    };
    // The link asks what became of the sandbox.
    provider.stream('a').queue.fail(new Problem('reset', 'it was cut'));
    await clock.advance(500);
    expect(isFirst).toBe(false);
    await extend(bench);
    await clock.advance(4_000);
    expect(leftMinutes(bench)).toBeGreaterThan(30);
    expect(view('a').level).toBe('calm');
    expect(notices).toHaveLength(1);
  });

  it('do not end by a slow “not known” what a newer list tells of', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, view, show, history } = bench;
    let answer = (): void => undefined;
    provider.find = () =>
      new Promise((resolve) => {
        answer = () => resolve(null);
      });
    // A list misses it, and it is asked for alone.
    provider.event({ kind: 'sandboxes', atMs: clock.now(), sandboxes: [] });
    await clock.advance(500);
    provider.tell();
    await show();
    answer();
    await show();
    expect(view('a')).toMatchObject({ sandbox: { phase: 'running' }, incidents: [] });
    expect(history.incidentList).toEqual([]);
  });

  it('make one interruption of one', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, view, history } = bench;
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    const old = known(bench, 'a');
    const askedAtMs = clock.now();
    await clock.advance(200);
    provider.sandboxes.set('a', aSandbox('a', { phase: 'creating', rawState: 'Pending' }));
    provider.stream('a').queue.fail(new Problem('clean-end', 'it ended'));
    await clock.advance(500);
    expect(view('a').sandbox.phase).toBe('interrupted');
    provider.event({ kind: 'sandboxes', atMs: askedAtMs, sandboxes: [old] });
    await clock.advance(500);
    expect(view('a').sandbox.phase).toBe('interrupted');
    provider.tell();
    await clock.advance(1_000);
    expect(new Set(history.incidentList.map(({ id }) => id)).size).toBe(1);
  });

  it('are told apart from words of a clock that was set back, which are heard at once', async () => {
    const { clock, provider, view, show } = await startedBench([aSandbox('a')]);
    for (const backMs of [30_000, 3_600_000]) {
      clock.jump(-backMs);
      provider.put(aSandbox('a', { phase: 'paused', rawState: `Paused ${backMs}` }));
      await show();
      expect(view('a').sandbox.rawState).toBe(`Paused ${backMs}`);
    }
  });

  it('are compared with the list in which the sandbox was seen first', async () => {
    const { clock, provider, view, show } = await startedBench([]);
    const askedAtMs = clock.now();
    await clock.advance(300);
    provider.put(aSandbox('a'));
    await show();
    const older = [aSandbox('a', { phase: 'creating', rawState: 'Pending' })];
    provider.event({ kind: 'sandboxes', atMs: askedAtMs, sandboxes: older });
    await show();
    expect(view('a').sandbox.phase).toBe('running');
  });
});

describe('the time of an end', () => {
  const failed = (endedAtMs?: number, parts: Partial<Sandbox> = {}): Sandbox =>
    aSandbox('a', {
      phase: 'failed',
      rawState: 'Failed',
      message: 'Sandbox container exited with code 1.',
      ...(endedAtMs === undefined ? {} : { endedAtMs }),
      ...parts,
    });
  const endOf = ({ view }: AppBench): number | undefined => view('a').incidents[0]?.atMs;

  it('is what the server says of one that ended before it was seen', async () => {
    const bench = await startedBench([failed(noon - 57_000)]);
    expect(endOf(bench)).toBe(noon - 57_000);
    expect(bench.view('a').timeline).toMatchObject([{ phase: 'failed', atMs: noon - 57_000 }]);
    expect(bench.history.transitionList.map(({ transition }) => transition.atMs)).toEqual([noon - 57_000]);
  });

  it('is what the server says of one that ended while the server could not be asked', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, show, view } = bench;
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(5_000);
    provider.stream('a').queue.fail(new Problem('reset', 'cut'));
    const endedAtMs = clock.now() - 3_000;
    provider.findProblem = new Problem('unreachable', 'nobody there');
    await clock.advance(20_000);
    provider.put(failed(endedAtMs));
    await show();
    expect(endOf(bench)).toBe(endedAtMs);
    expect(view('a').timeline.at(-1)).toMatchObject({ phase: 'failed', atMs: endedAtMs });
    // Later lists change nothing.
    provider.tell();
    await show();
    expect(view('a').incidents).toHaveLength(1);
    expect(endOf(bench)).toBe(endedAtMs);
  });

  it.each([
    ['in the future', (nowMs: number) => nowMs + 60_000],
    ['before its last reading', (nowMs: number) => nowMs - 2_000],
  ])('is when it was asked for where that of the server is %s', async (_what, at) => {
    const bench = await startedBench([aSandbox('a')]);
    const { clock, provider, show } = bench;
    await clock.advance(5_000);
    provider.stream('a').queue.push(aSample('a', clock.now()));
    await clock.advance(1_000);
    const askedAtMs = clock.now();
    provider.put(failed(at(askedAtMs)));
    await show();
    expect(endOf(bench)).toBe(askedAtMs);
  });

  it('is not before the last word that it lived, nor is that of an earlier run', async () => {
    const bench = await startedBench([failed(noon - 60_000)]);
    const { clock, provider, show, view } = bench;
    await clock.advance(5_000);
    // Started again; the server goes on telling of its last end.
    provider.put(aSandbox('a', { endedAtMs: noon - 60_000 }));
    await show();
    expect(view('a').sandbox.phase).toBe('running');
    expect(view('a').timeline.at(-1)).toMatchObject({ phase: 'running', atMs: noon + 5_500 });
    await clock.advance(5_000);
    const askedAtMs = clock.now();
    provider.put(failed(noon - 60_000));
    await show();
    expect(endOf(bench)).toBe(askedAtMs);
  });

  it('does not make a deletion of ours that of somebody else, where the clock of the server is behind', async () => {
    const bench = await startedBench([aSandbox('a')], {
      actions: {
        delete: () => {
          bench.provider.sandboxes.set('a', killed(bench.clock.now() - 10_000));
          return Promise.resolve();
        },
      },
    });
    const killed = (endedAtMs: number): Sandbox =>
      failed(endedAtMs, { message: 'Sandbox container exited with code 137.' });
    const { app, clock, provider, show, view } = bench;
    await clock.advance(20_000);
    const plan = await app.planFix('a', 'delete');
    const fixing = bench.fix(plan);
    await clock.advance(500);
    provider.tell();
    await show();
    await fixing;
    await show();
    expect(view('a').incidents[0]).toMatchObject({ cause: 'deleted', certainty: 'certain' });
  });
});
