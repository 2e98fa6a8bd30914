import { describe, expect, it } from 'vitest';
import type { FixPlan, TerminalEnvironment } from '../../../../src/app/contracts.ts';
import type { FixId, FixOutcome } from '../../../../src/model/fix.ts';
import type { HeapLimit, ProcessReading, Sample } from '../../../../src/model/sample.ts';
import type { TerminalVariable } from '../../../../src/model/terminal-limits.ts';
import { startedBench } from '../../../helpers/app-bench.ts';
import { aSandbox, MiB, using } from '../../../helpers/fake-provider.ts';

class FakeTerminals implements TerminalEnvironment {
  readonly values = new Map<string, string>();
  opened = 0;
  /** What is set does not stay. */
  deaf = false;
  set(variables: readonly TerminalVariable[]): void {
    if (!this.deaf) for (const { name, value } of variables) this.values.set(name, value);
  }
  get(name: string): string | null {
    return this.values.get(name) ?? null;
  }
  open(): void {
    this.opened += 1;
  }
}

const process = (pid: number, name: string, limitMiB: number | null): ProcessReading => {
  const heapLimit: HeapLimit | null =
    limitMiB === null ? null : { limitBytes: limitMiB * MiB, source: '--max-old-space-size (NODE_OPTIONS)' };
  return { pid, parentPid: 1, name, rssBytes: 200 * MiB, ageMs: null, heapLimit };
};

/** A sandbox the editor works in. */
const scene = async (part: Partial<Sample> = {}) => {
  const bench = await startedBench([aSandbox('a')]);
  bench.provider.recognised = { sandboxId: 'a', how: 'the editor works in it', inside: true };
  bench.app.refresh();
  await bench.clock.advance(2_000);
  bench.provider.tell();
  await bench.show();
  const terminals = new FakeTerminals();
  const push = (more: Partial<Sample> = {}): void =>
    bench.provider.stream('a').queue.push(using('a', bench.clock.now(), 364, { ...part, ...more }));
  push();
  await bench.show();
  const run = async (plan: FixPlan, later: Partial<Sample> = {}, withTerminals = true): Promise<FixOutcome> => {
    let outcome: FixOutcome | null = null;
    const hands = {
      ask: () => Promise.resolve(false),
      runHere: () => Promise.resolve(null),
      ...(withTerminals ? { terminals } : {}),
    };
    const running = bench.app
      .runFix(plan, { signal: new AbortController().signal, progress: () => undefined, hands })
      .then((one) => {
        outcome = one;
        return one;
      });
    for (let turn = 0; outcome === null && turn < 100; turn += 1) {
      await bench.clock.advance(1_000);
      push(later);
    }
    return running;
  };
  const plan = (id: FixId, choices = {}): Promise<FixPlan> => bench.app.planFix('a', id, null, choices);
  return { bench, terminals, run, plan };
};

describe('a heap limit', () => {
  const heap = { runtime: 'node', limitBytes: 384 * MiB } as const;

  it('is offered where the terminals of the editor run in the sandbox, and nowhere else', async () => {
    const { bench } = await scene();
    expect(bench.view('a').actions).toEqual(expect.arrayContaining(['setHeapLimit', 'lowerParallelism']));
    const other = await startedBench([aSandbox('a')]);
    expect(other.view('a').actions).not.toContain('setHeapLimit');
    await expect(other.app.planFix('a', 'setHeapLimit')).rejects.toMatchObject({ kind: 'not-supported' });
  });

  it('works when a program then runs with it', async () => {
    const { run, plan, terminals } = await scene({ processes: [process(412, 'node', null)] });
    const made = await plan('setHeapLimit', { heap });
    expect(made).toMatchObject({ title: 'Limit Node.js to 384 MiB', risk: 'confirm', losses: [] });
    expect(made.steps[0]).toBe('Set NODE_OPTIONS=--max-old-space-size=384 for every new terminal of this editor.');
    expect(made.steps[2]).toBe('Limits now: node (pid 412): none.');
    const started = [process(412, 'node', null), process(500, 'node', 384)];
    expect(await run(made, { processes: started })).toMatchObject({
      result: 'worked',
      text: 'node (pid 500) runs with at most 384 MiB, as set for new terminals.',
    });
    expect(terminals.get('NODE_OPTIONS')).toBe(' --max-old-space-size=384');
    expect(terminals.opened).toBe(1);
  });

  it('cannot tell while the old program goes on, or none is seen', async () => {
    const { run, plan } = await scene({ processes: [process(412, 'node', 2048)] });
    expect(await run(await plan('setHeapLimit', { heap }))).toMatchObject({
      result: 'cannot-tell',
      text: 'Node.js gets at most 384 MiB in every new terminal; node (pid 412) still runs with 2 GiB until it is started again.',
    });
    const none = await scene();
    expect((await none.run(await none.plan('setHeapLimit', { heap }))).text).toContain('no program with it was seen');
  });

  it('did not work when it is not there when it is read back', async () => {
    const { run, plan, terminals } = await scene();
    terminals.deaf = true;
    expect(await run(await plan('setHeapLimit', { heap }))).toMatchObject({
      result: 'did-not-work',
      text: 'NODE_OPTIONS was set for new terminals, but is not set when it is read back.',
    });
    expect(terminals.opened).toBe(0);
  });

  it('is three quarters of the memory for the program that is there, unless something else is chosen', async () => {
    const { plan } = await scene({ processes: [process(412, 'java', null)] });
    expect(await plan('setHeapLimit')).toMatchObject({
      parameters: { runtime: 'java', limitBytes: 384 * MiB, variable: { value: ' -Xmx384m' } },
    });
    const none = await scene({ processes: [process(9, 'postgres', null)] });
    await expect(none.plan('setHeapLimit')).rejects.toMatchObject({ kind: 'invalid-request' });
  });

  it('fails in words where nobody lends terminals', async () => {
    const { run, plan } = await scene();
    expect(await run(await plan('setHeapLimit', { heap }), {}, false)).toMatchObject({
      result: 'failed',
      text: expect.stringContaining('Only the editor'),
    });
  });
});

describe('fewer jobs', () => {
  const busy = { cpu: { usedCores: 2, limitCores: 4, throttledRatio: 0.6 } };

  it('work when the work goes on without being slowed', async () => {
    const { run, plan, terminals } = await scene(busy);
    const made = await plan('lowerParallelism');
    expect(made).toMatchObject({ title: 'Run 2 jobs at a time', risk: 'confirm' });
    const later = { cpu: { usedCores: 1.9, limitCores: 4, throttledRatio: 0.01 } };
    expect(await run(made, later)).toMatchObject({
      result: 'worked',
      text: 'Tools run 2 jobs at a time in every new terminal: it was slowed in 60 % of its periods and is in 1 % now, while it uses 1.9 of 4 cores.',
    });
    expect([terminals.get('MAKEFLAGS'), terminals.get('CARGO_BUILD_JOBS')]).toEqual(['-j2', '2']);
  });

  it('are not half of the processors of the machine below it', async () => {
    const { plan } = await scene({ ...busy, source: 'machine' });
    expect(await plan('lowerParallelism')).toMatchObject({ title: 'Run one job at a time' });
  });

  it('cannot be told to help when the work has only ended, goes on slowed, or never was', async () => {
    const ended = await scene(busy);
    const idle = { cpu: { usedCores: 0, limitCores: 4, throttledRatio: 0 } };
    expect(await ended.run(await ended.plan('lowerParallelism'), idle)).toMatchObject({ result: 'cannot-tell' });
    const slow = await scene(busy);
    expect((await slow.run(await slow.plan('lowerParallelism', { jobs: 1 }))).text).toBe(
      'Tools run one job at a time in every new terminal; it was slowed in 60 % of its periods, and what runs already goes on as it does until it is started again.',
    );
    const calm = await scene();
    expect((await calm.run(await calm.plan('lowerParallelism'))).text).toContain('what it uses is not known now');
  });
});
