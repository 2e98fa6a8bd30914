import { describe, expect, it } from 'vitest';
import { CommandRuns } from '../../../src/app/command-runs.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import { otherCommand } from '../../../src/model/command-key.ts';
import type { CommandRun } from '../../../src/model/history.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';
import { MiB, using } from '../../helpers/fake-provider.ts';
import { anEnd, aStart } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const t0 = 1_000_000;

const bench = (history = new RecordingHistory()) => {
  const clock = new FakeClock(t0);
  const log = new KeptLog();
  const runs = new CommandRuns({ clock, log, tasks: new Tasks(), history, peaks: history.peaks });
  const one = (): CommandRun => {
    const found = history.commandList.at(-1);
    if (found === undefined) throw new Error('no run was recorded');
    return found;
  };
  return { clock, log, runs, history, one };
};

describe('the runs of commands', () => {
  it('are written down when they begin and again when they end', async () => {
    const { runs, history, one } = bench();
    runs.started(aStart('a', '1', t0, 'npm ci --silent', '/w/api'));
    await settle();
    expect(one()).toMatchObject({
      sandboxId: 'a',
      commandKey: 'npm ci @api',
      startedAtMs: t0,
      endedAtMs: null,
      exitCode: null,
      attempt: 1,
      peakBytes: null,
    });
    runs.ended(anEnd('a', '1', t0 + 5_000, 1));
    expect(history.commandList).toHaveLength(1);
    expect(one()).toMatchObject({ endedAtMs: t0 + 5_000, exitCode: 1, attempt: 1 });
  });

  it('are numbered for each command and sandbox', async () => {
    const { runs, history } = bench();
    for (const [no, [sandboxId, line]] of [
      ['a', 'npm ci'],
      ['a', 'npm ci'],
      ['a', 'make'],
      ['b', 'npm ci'],
      ['a', 'npm ci'],
    ].entries()) {
      runs.started(aStart(sandboxId ?? '', `${no}`, t0 + no, line));
      await settle();
      runs.ended(anEnd(sandboxId ?? '', `${no}`, t0 + no + 1));
    }
    expect(history.commandList.map((run) => run.attempt)).toEqual([1, 2, 1, 1, 3]);
  });

  it('go on counting where an earlier session stopped, and keep their ids apart from its own', async () => {
    const first = bench();
    for (const no of ['terminal-1', 'terminal-2']) {
      first.runs.started(aStart('a', no, t0));
      first.runs.ended(anEnd('a', no, t0 + 1));
    }
    await settle();
    const { runs, history } = bench(first.history);
    runs.started(aStart('a', 'terminal-1', t0 + 60_000));
    await settle();
    expect(history.commandList.map((run) => run.attempt)).toEqual([1, 2, 3]);
  });

  it('wait for their number, and are complete when it comes', async () => {
    const history = new RecordingHistory();
    let open = (): void => undefined;
    history.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { runs } = bench(history);
    runs.sample(using('a', t0, 100));
    runs.started(aStart('a', '1', t0));
    runs.sample(using('a', t0 + 1_000, 150));
    runs.ended(anEnd('a', '1', t0 + 2_000));
    await settle();
    expect(history.commandList).toEqual([]);
    open();
    await settle();
    expect(history.commandList).toMatchObject([{ endedAtMs: t0 + 2_000, attempt: 1, peakBytes: 50 * MiB }]);
  });

  it('do not wait for ever for a store that does not answer', async () => {
    const history = new RecordingHistory();
    history.gate = new Promise(() => undefined);
    const { runs, clock, log } = bench(history);
    runs.started(aStart('a', '1', t0));
    await clock.advance(6_000);
    expect(history.commandList).toMatchObject([{ attempt: 1 }]);
    expect(log.lines.join()).toContain('No answer');
    runs.started(aStart('b', '2', t0));
    runs.stopAsking();
    await settle();
    expect(history.commandList).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('do not count page cache, which is given back', async () => {
    const { runs, history } = bench();
    const reading = (atMs: number, workingSetMiB: number, heldMiB: number): Sample => {
      const sample = using('a', atMs, workingSetMiB);
      if (sample.memory === undefined) throw new Error('no memory');
      return { ...sample, memory: { ...sample.memory, unreclaimableBytes: heldMiB * MiB } };
    };
    runs.sample(reading(t0 - 1_000, 100, 60));
    runs.started(aStart('a', '1', t0, 'make'));
    await settle();
    runs.sample(reading(t0 + 1_000, 400, 90));
    runs.ended(anEnd('a', '1', t0 + 2_000));
    expect(history.peaks.recorded).toEqual([
      { commandKey: 'make', peakBytes: 30 * MiB, atMs: t0 + 2_000, tookMs: 1_000 },
    ]);
  });

  it('tell what they took above the use at their start', async () => {
    const { runs, history, one } = bench();
    runs.sample(using('a', t0 - 1_000, 100));
    runs.started(aStart('a', '1', t0));
    await settle();
    // One that was taken before the command and came late.
    runs.sample(using('a', t0 - 500, 400));
    for (const [second, used] of [120, 300, 180].entries()) runs.sample(using('a', t0 + second * 1_000, used));
    runs.ended(anEnd('a', '1', t0 + 3_000));
    runs.sample(using('a', t0 + 4_000, 500));
    expect(one().peakBytes).toBe(200 * MiB);
    expect(history.peaks.recorded).toEqual([
      { commandKey: 'npm ci', peakBytes: 200 * MiB, atMs: t0 + 3_000, tookMs: 1_000 },
    ]);
  });

  it('took nothing when the use fell', async () => {
    const { runs, one } = bench();
    runs.sample(using('a', t0, 100));
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.sample(using('a', t0 + 1_000, 60));
    runs.ended(anEnd('a', '1', t0 + 2_000));
    expect(one().peakBytes).toBe(0);
  });

  it.each([
    ['nothing was measured before', null, 500],
    ['the last reading before was old', -60_000, 500],
    ['nothing was measured in between', -1_000, null],
  ])('do not tell what they took when %s', async (_, before, during) => {
    const { runs, history, one } = bench();
    if (before !== null) runs.sample(using('a', t0 + before, 100));
    runs.started(aStart('a', '1', t0));
    await settle();
    if (during !== null) runs.sample(using('a', t0 + during, 200));
    runs.ended(anEnd('a', '1', t0 + 1_000));
    expect(one().peakBytes).toBeNull();
    expect(history.peaks.recorded).toEqual([]);
  });

  it('do not take the numbers of the machine for those of the sandbox', async () => {
    const { runs, one } = bench();
    runs.sample(using('a', t0, 100, { source: 'machine' }));
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.sample(using('a', t0 + 500, 200, { source: 'machine' }));
    runs.ended(anEnd('a', '1', t0 + 1_000));
    expect(one().peakBytes).toBeNull();
  });

  it('teach nothing of a command without a name', async () => {
    const { runs, history, one } = bench();
    runs.sample(using('a', t0, 100));
    runs.started(aStart('a', '1', t0, '"$RUN"'));
    await settle();
    runs.sample(using('a', t0 + 500, 200));
    runs.ended(anEnd('a', '1', t0 + 1_000));
    expect(one()).toMatchObject({ commandKey: otherCommand, peakBytes: 100 * MiB });
    expect(history.peaks.recorded).toEqual([]);
  });

  it('that the end of the sandbox cuts off have no end, but what they took until then', async () => {
    const { runs, history, one } = bench();
    runs.sample(using('a', t0, 100));
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.sample(using('a', t0 + 1_000, 510));
    runs.sandboxEnded('a');
    runs.ended(anEnd('a', '1', t0 + 2_000));
    expect(one()).toMatchObject({ endedAtMs: null, exitCode: null, peakBytes: 410 * MiB });
    expect(history.peaks.recorded).toEqual([]);
  });

  it('whose end is not seen tell until when they ran: now and then while they do, and when their window or sandbox goes', async () => {
    const { runs, history, clock, one } = bench();
    const minuteMs = 60_000;
    runs.started(aStart('a', '1', t0, 'npm run dev'));
    await settle();
    const begun = one();
    expect(begun).toMatchObject({ endedAtMs: null, lastSeenAtMs: t0 });
    for (let minute = 0; minute < 4; minute += 1) {
      await clock.advance(minuteMs);
      runs.passTime('a');
    }
    expect(one()).toBe(begun);
    await clock.advance(minuteMs);
    runs.passTime('a');
    expect(one()).toMatchObject({ endedAtMs: null, lastSeenAtMs: t0 + 5 * minuteMs });
    await clock.advance(minuteMs);
    runs.close();
    expect(one()).toMatchObject({ endedAtMs: null, lastSeenAtMs: t0 + 6 * minuteMs });
    expect(history.commandList).toHaveLength(1);
    runs.started(aStart('b', '2', t0 + 6 * minuteMs));
    await settle();
    await clock.advance(minuteMs);
    runs.sandboxEnded('b');
    expect(one()).toMatchObject({ endedAtMs: null, lastSeenAtMs: t0 + 7 * minuteMs });
    await clock.advance(30 * minuteMs);
    runs.passTime('b');
    expect(one()).toMatchObject({ lastSeenAtMs: t0 + 7 * minuteMs });
  });

  it('whose end is seen tell that alone', async () => {
    const { runs, one } = bench();
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.ended(anEnd('a', '1', t0 + 1_000));
    expect(one()).not.toHaveProperty('lastSeenAtMs');
  });

  it('would have needed more when they were killed', async () => {
    const { runs, history, one } = bench();
    const run = async (exitCode: number | null, kills: number): Promise<number | undefined> => {
      runs.sample(using('a', t0, 100));
      runs.started(aStart('a', `${exitCode}-${kills}`, t0, 'make'));
      await settle();
      const sample = using('a', t0 + 1_000, 300);
      if (sample.memory === undefined) throw new Error('no memory');
      runs.sample({ ...sample, memory: { ...sample.memory, oomKillCount: kills } });
      runs.ended(anEnd('a', `${exitCode}-${kills}`, t0 + 2_000, exitCode));
      expect(one().peakBytes).toBe(200 * MiB);
      return history.peaks.recorded.at(-1)?.peakBytes;
    };
    expect(await run(2, 0)).toBe(200 * MiB);
    expect(await run(137, 0)).toBe(260 * MiB);
    // A child of it was killed: make itself ends with 2.
    expect(await run(2, 1)).toBe(260 * MiB);
    expect(await run(0, 2)).toBe(200 * MiB);
  });

  it('that end with their sandbox teach something only when memory ended it', async () => {
    const { runs, history } = bench();
    const cut = async (id: string): Promise<void> => {
      runs.sample(using(id, t0, 100));
      runs.started(aStart(id, '1', t0, `build ${id}`));
      await settle();
      runs.sample(using(id, t0 + 1_000, 300));
    };
    await cut('a');
    runs.sandboxEnded('a', true);
    await cut('b');
    runs.sandboxEnded('b');
    const expected = [{ commandKey: 'build a', peakBytes: 260 * MiB, atMs: t0, tookMs: 1_000 }];
    expect(history.peaks.recorded).toEqual(expected);
    // The cause is often told a little later.
    runs.sandboxEnded('b', true);
    runs.sandboxEnded('b', true);
    expect(history.peaks.recorded).toEqual([
      ...expected,
      { commandKey: 'build b', peakBytes: 260 * MiB, atMs: t0, tookMs: 1_000 },
    ]);
  });

  it('never end before they began, and no end makes a run', async () => {
    const { runs, history, one } = bench();
    runs.ended(anEnd('a', '9', t0));
    expect(history.commandList).toEqual([]);
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.ended(anEnd('a', '1', t0 - 60_000));
    expect(one().endedAtMs).toBe(t0);
  });

  it('count from one again when their past is forgotten', async () => {
    const { runs, history, one } = bench();
    runs.sample(using('a', t0, 100));
    runs.started(aStart('a', '1', t0));
    await settle();
    runs.ended(anEnd('a', '1', t0 + 1));
    await history.forgetSandbox('a');
    runs.forget('a');
    runs.started(aStart('a', '2', t0 + 1_000));
    await settle();
    runs.sample(using('a', t0 + 1_500, 110));
    runs.ended(anEnd('a', '2', t0 + 2_000));
    expect(history.commandList).toHaveLength(1);
    expect(one()).toMatchObject({ attempt: 1, peakBytes: 10 * MiB });
  });

  it('are written down at the close, and are bounded however many do not end', async () => {
    const { runs, history } = bench();
    for (let no = 0; no < 1_000; no += 1) runs.started(aStart('a', `${no}`, t0 + no, `tool run${'x'.repeat(no % 9)}`));
    runs.close();
    await settle();
    expect(history.commandList).toHaveLength(100);
    expect(history.commandList.every((run) => run.endedAtMs === null)).toBe(true);
  });
});
