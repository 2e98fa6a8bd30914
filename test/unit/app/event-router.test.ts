import { describe, expect, it } from 'vitest';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import type { CommandStarted } from '../../../src/model/events.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { aStart } from '../../helpers/past.ts';

const anError = (sandboxId: string, atMs: number): ErrorEvent => ({
  sandboxId,
  commandId: null,
  commandLine: 'npm test',
  source: 'terminal',
  text: 'ENOSPC: no space left on device, write',
  exitCode: 1,
  atMs,
});

/** Lets a terminal tell of these. */
const tell = async ({ app, show }: AppBench, ...items: readonly (ErrorEvent | CommandStarted)[]): Promise<void> => {
  const stop = app.addErrorSource({
    name: 'a terminal',
    async *events() {
      yield* items;
    },
  });
  await show();
  stop();
};

describe('what happens in a sandbox', () => {
  it('goes to its monitor, to the history, and to what is known of how often it came', async () => {
    const bench = await startedBench([aSandbox('a'), aSandbox('b')]);
    const nowMs = bench.clock.now();
    await tell(bench, aStart('a', 'c', nowMs), anError('a', nowMs + 1));
    expect(bench.history.errorList).toMatchObject([{ sandboxId: 'a' }]);
    expect(bench.view('a').errors).toMatchObject([{ recurrence: { count: 1, firstAfter: 'npm ci' } }]);
    expect(bench.view('b').errors).toEqual([]);
  });

  it('waits for its sandbox while that is not known', async () => {
    const bench = await startedBench([aSandbox('a')]);
    await tell(bench, anError('later', bench.clock.now()));
    bench.provider.put(aSandbox('later'));
    await bench.show();
    expect(bench.view('later').errors).toHaveLength(1);
  });
});

describe('time', () => {
  const nearTheEnd = (): Promise<AppBench> => {
    const expiry = { clock: 'absolute', action: 'delete', extendedBy: 'call', certainty: 'known' } as const;
    const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
    const expiresAtMs = Date.UTC(2026, 0, 1, 12, 1, 40);
    return startedBench(
      names.map((name) => aSandbox(name, { expiry: { ...expiry, expiresAtMs } })),
      { settings: { maximumWatched: 0 } },
    );
  };

  it('passes for those that are not measured every fifth second, in turns', async () => {
    const { app, clock } = await nearTheEnd();
    const changed: string[][] = [];
    for (let second = 0; second < 5; second += 1) {
      const before = new Set(app.view.sandboxes);
      await clock.advance(1_000);
      changed.push(app.view.sandboxes.filter((view) => !before.has(view)).map(({ sandbox }) => sandbox.id));
    }
    expect(changed.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
    expect(new Set(changed.flat()).size).toBe(10);
  });

  it('passes for the measured one every second', async () => {
    const { app, clock, view } = await nearTheEnd();
    app.choose('s3');
    await clock.advance(2_000);
    for (let second = 0; second < 5; second += 1) {
      const before = view('s3');
      await clock.advance(1_000);
      expect(view('s3')).not.toBe(before);
    }
  });
});
