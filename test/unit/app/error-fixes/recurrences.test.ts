import { describe, expect, it } from 'vitest';
import { commandBefore } from '../../../../src/app/error-fixes/first-after.ts';
import { dayOf } from '../../../../src/model/day.ts';
import type { ErrorEvent } from '../../../../src/model/error-event.ts';
import type { CommandStarted } from '../../../../src/model/events.ts';
import type { RememberedFix } from '../../../../src/model/fix.ts';
import type { ErrorCount, ErrorDay, HistoryQuery } from '../../../../src/model/history.ts';
import { type AppBench, startedBench } from '../../../helpers/app-bench.ts';
import { aSandbox } from '../../../helpers/fake-provider.ts';
import { FakeQueue } from '../../../helpers/fake-queue.ts';
import { RecordingHistory } from '../../../helpers/recording-history.ts';

class CountingHistory extends RecordingHistory {
  counted: readonly ErrorCount[] = [];
  days: readonly ErrorDay[] = [];
  asked = 0;

  override errors(query: HistoryQuery = { limit: 1 }): Promise<readonly ErrorCount[]> {
    this.asked += 1;
    return Promise.resolve(this.counted.map((one) => ({ ...one, fingerprint: query.fingerprint ?? one.fingerprint })));
  }

  override errorDays(): Promise<readonly ErrorDay[]> {
    return Promise.resolve(this.days);
  }
}

const hourMs = 3_600_000;

const aDay = (atMs: number, count: number, part: Partial<ErrorDay> = {}): ErrorDay => ({
  sandboxId: 'before',
  fingerprint: 'x',
  day: dayOf(atMs),
  workspace: null,
  commandKey: null,
  count,
  firstSeenAtMs: atMs,
  lastSeenAtMs: atMs,
  ...part,
});

const failure = (bench: AppBench, part: Partial<ErrorEvent> = {}): ErrorEvent => ({
  sandboxId: 'a',
  commandId: null,
  commandLine: 'npm start',
  source: 'execd',
  text: 'Error: listen EADDRINUSE: address already in use :::3000\n',
  exitCode: 1,
  atMs: bench.clock.now(),
  ...part,
});

describe('what ran before', () => {
  const commands = [
    { key: 'npm ci', startedAtMs: 100 },
    { key: 'npm test', startedAtMs: 200 },
    { key: 'npm test', startedAtMs: 300 },
    { key: 'git push', startedAtMs: 900 },
  ];

  it('is the command before the one that failed, and not an earlier run of it', () => {
    expect(commandBefore(commands, 350, true)).toBe('npm ci');
    expect(commandBefore(commands, 350, false)).toBe('npm test');
    expect(commandBefore(commands, 150, true)).toBeNull();
    expect(commandBefore(commands, 50, false)).toBeNull();
    expect(commandBefore(commands, 5 * 3_600_000, false)).toBeNull();
    // Something else began before it failed.
    expect(commandBefore(commands, 950, true, 'npm test')).toBe('git push');
    expect(commandBefore(commands, 350, true, 'npm ci')).toBe('npm test');
  });
});

describe('how often an error came', () => {
  it('is what the history counts, over all sandboxes', async () => {
    const history = new CountingHistory();
    const bench = await startedBench([aSandbox('a')], { history });
    history.counted = [
      {
        fingerprint: 'x',
        pattern: 'port-in-use',
        title: 't',
        count: 7,
        decayedCount: 5.5,
        sandboxes: 3,
        firstSeenAtMs: bench.clock.now() - 40 * 3_600_000,
        lastSeenAtMs: bench.clock.now(),
      },
    ];
    bench.provider.error(failure(bench));
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({
      count: 7,
      decayedCount: 5.5,
      today: 1,
      sandboxes: 3,
    });
  });

  it('is counted today over all sessions and windows, and in this workspace', async () => {
    const history = new CountingHistory();
    const own = aSandbox('a', { metadata: { workspace: 'Api' } });
    const bench = await startedBench([own, aSandbox('b')], { history });
    const nowMs = bench.clock.now();
    history.counted = [
      {
        ...{ fingerprint: 'x', pattern: 'port-in-use', title: 't', count: 9, decayedCount: 8.5, sandboxes: 3 },
        ...{ firstSeenAtMs: nowMs - 48 * hourMs, lastSeenAtMs: nowMs },
      },
    ];
    history.days = [
      aDay(nowMs, 3, { workspace: 'api' }),
      aDay(nowMs, 1, { workspace: 'web' }),
      aDay(nowMs - 48 * hourMs, 2, { workspace: 'api' }),
    ];
    bench.provider.error(failure(bench));
    bench.provider.error(failure(bench, { sandboxId: 'b' }));
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({ count: 9, today: 4, here: 5, sandboxes: 3 });
    // Of this one no workspace is known.
    expect(bench.view('b').errors[0]?.recurrence).toMatchObject({ count: 9, today: 4 });
    expect(bench.view('b').errors[0]?.recurrence?.here).toBeUndefined();
  });

  it('tells what ran in the sandbox it came first in, by the command it came from', async () => {
    const history = new CountingHistory();
    const bench = await startedBench([aSandbox('a')], { history });
    const firstMs = bench.clock.now() - 48 * hourMs;
    const run = (commandId: string, commandKey: string, startedAtMs: number): void =>
      history.recordCommand({
        ...{ commandId, commandKey, startedAtMs, sandboxId: 'before' },
        ...{ endedAtMs: null, exitCode: null, attempt: 1, peakBytes: null },
      });
    run('1', 'npm start', firstMs - 3_000);
    run('2', 'npm ci', firstMs - 2_000);
    history.counted = [
      {
        ...{ fingerprint: 'x', pattern: 'port-in-use', title: 't', count: 2, decayedCount: 2, sandboxes: 2 },
        ...{ firstSeenAtMs: firstMs, lastSeenAtMs: bench.clock.now() },
      },
    ];
    history.days = [aDay(bench.clock.now(), 1, { sandboxId: 'a' }), aDay(firstMs, 1, { commandKey: 'npm start' })];
    bench.provider.error(failure(bench));
    await bench.show();
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence?.firstAfter).toBe('npm ci');
  });

  it('is asked of the history seldom, however often it comes', async () => {
    const history = new CountingHistory();
    const bench = await startedBench([aSandbox('a')], { history });
    for (let index = 0; index < 50; index += 1) bench.provider.error(failure(bench));
    await bench.clock.advance(1_500);
    expect(history.asked).toBeLessThanOrEqual(2);
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({ today: 50, count: 50 });
  });

  it('is counted in the session where nothing is kept, and the views stay the same objects', async () => {
    const history = new CountingHistory();
    const bench = await startedBench([aSandbox('a'), aSandbox('b')], { history, unkept: ['fake'] });
    bench.provider.error(failure(bench));
    bench.provider.error(failure(bench, { sandboxId: 'b' }));
    await bench.show();
    expect(history.asked).toBe(0);
    const before = bench.view('a');
    expect(before.errors[0]?.recurrence).toMatchObject({ count: 2, today: 2, sandboxes: 2, firstAfter: null });
    bench.provider.put(aSandbox('c'));
    await bench.show();
    expect(bench.view('a')).toBe(before);
    // What is learned of another error changes nothing here.
    bench.provider.error(failure(bench, { sandboxId: 'b', text: 'frobnicate: error: too round\n' }));
    await bench.show();
    expect(bench.view('a')).toBe(before);
  });

  it('tells what ran before it came first', async () => {
    const bench = await startedBench([aSandbox('a')]);
    const start = (commandId: string, commandLine: string) => ({
      kind: 'command-started' as const,
      sandboxId: 'a',
      commandId,
      atMs: bench.clock.now(),
      commandLine,
      cwd: null,
    });
    const abort = new AbortController();
    const queue = new FakeQueue<ErrorEvent | ReturnType<typeof start>>(abort.signal, () => undefined);
    bench.app.addErrorSource({ name: 'test', events: () => queue });
    queue.push(start('1', 'npm ci --silent'));
    await bench.clock.advance(100);
    queue.push(start('2', 'npm start'));
    await bench.clock.advance(100);
    queue.push(failure(bench, { commandId: '2' }));
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence?.firstAfter).toBe('npm ci');
  });

  it('is asked again when another sandbox is forgotten, and goes on being told', async () => {
    const history = new CountingHistory();
    const bench = await startedBench([aSandbox('a'), aSandbox('b')], { history });
    const nowMs = bench.clock.now();
    const counted = {
      ...{ fingerprint: 'x', pattern: 'port-in-use', title: 't', decayedCount: 7, firstSeenAtMs: nowMs - 48 * hourMs },
      lastSeenAtMs: nowMs,
    };
    history.counted = [{ ...counted, count: 7, sandboxes: 3 }];
    bench.provider.error(failure(bench));
    bench.provider.error(failure(bench, { sandboxId: 'b' }));
    await bench.clock.advance(3_000);
    bench.provider.remove('b');
    await bench.show();
    history.counted = [{ ...counted, count: 5, sandboxes: 2 }];
    await bench.app.forgetSandbox('b');
    await bench.show();
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({ count: 5, sandboxes: 2, today: 1 });
  });

  it('is without what a forgotten sandbox added, and without the command that ran there', async () => {
    const bench = await startedBench([aSandbox('a'), aSandbox('b')], { unkept: ['fake'] });
    const queue = new FakeQueue<CommandStarted>(new AbortController().signal, () => undefined);
    bench.app.addErrorSource({ name: 'test', events: () => queue });
    const atMs = bench.clock.now();
    const begun = { sandboxId: 'b', commandId: '1', atMs, commandLine: 'npm ci', cwd: null };
    queue.push({ kind: 'command-started', ...begun });
    await bench.clock.advance(100);
    const listen = 'Error: listen EADDRINUSE: address already in use :::3000';
    bench.provider.error(failure(bench, { sandboxId: 'b', exitCode: null, text: listen }));
    await bench.clock.advance(100);
    bench.provider.error(failure(bench, { exitCode: null, text: listen }));
    bench.provider.error(failure(bench, { sandboxId: 'b', exitCode: null, text: 'frobnicate: error: too round' }));
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({ count: 2, sandboxes: 2, firstAfter: 'npm ci' });
    bench.provider.remove('b');
    await bench.show();
    await bench.app.forgetSandbox('b');
    await bench.show();
    expect(bench.view('a').errors[0]?.recurrence).toMatchObject({
      ...{ count: 1, sandboxes: 1, firstAfter: null },
      firstSeenAtMs: bench.view('a').errors[0]?.firstSeenAtMs,
    });
  });

  it('shows the name a person gave', async () => {
    const remembered: RememberedFix[] = [];
    const bench = await startedBench([aSandbox('a')], { rememberedFixes: remembered });
    bench.provider.error(failure(bench));
    await bench.show();
    const fingerprint = bench.view('a').errors[0]?.fingerprint ?? '';
    remembered.push({ fingerprint, name: 'Old server', does: 'command', text: 'true', savedAtMs: 0 });
    bench.app.rememberedFixesChanged();
    await bench.show();
    expect(bench.view('a').errors[0]?.title).toBe('Old server');
  });
});

describe('one error that comes more and more often', () => {
  it('marks the health and is said once', async () => {
    const bench = await startedBench([aSandbox('a'), aSandbox('b')]);
    bench.app.choose('a');
    for (let turn = 0; turn < 6; turn += 1) {
      bench.provider.error(failure(bench));
      bench.provider.error(failure(bench, { sandboxId: 'b' }));
      await bench.clock.advance(20_000);
    }
    expect(bench.notices.map(({ kind, signal }) => [kind, signal])).toEqual([['errors', null]]);
    expect(bench.notices[0]?.text).toMatch(
      /^[ab]: “The port is taken by another process” came 3 times in ten minutes \(last at \d\d:\d\d\)\.$/,
    );
    expect(bench.view('b').health.rising).toBe('“The port is taken by another process” came 6 times in ten minutes');
  });

  it('is not said of what the person sees fail by hand, unless it is known', async () => {
    const bench = await startedBench([aSandbox('a')]);
    for (let turn = 0; turn < 4; turn += 1) {
      bench.provider.error(failure(bench, { source: 'terminal', text: 'frobnicate: error: too round\n' }));
      await bench.clock.advance(20_000);
    }
    expect(bench.notices).toEqual([]);
    expect(bench.view('a').health.rising).toContain('frobnicate');
  });
});
