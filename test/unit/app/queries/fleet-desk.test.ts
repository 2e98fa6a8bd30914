import { describe, expect, it, vi } from 'vitest';
import { FleetDesk } from '../../../../src/app/queries/fleet-desk.ts';
import type { Clock } from '../../../../src/model/ports.ts';
import { startedBench } from '../../../helpers/app-bench.ts';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import { aCommand, dayMs, hourMs, startMs } from '../../../integration/history/makers.ts';

disposeHistories();

const scene = () => {
  let nowMs = startMs;
  const clock: Clock = {
    now: () => nowMs,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const history = memoryHistory();
  const edits = [startMs - 30_000];
  const desk = new FleetDesk({
    clock,
    history,
    patterns: () => null,
    editsMs: () => edits,
  });
  return {
    desk,
    history,
    asked: vi.spyOn(history, 'commands'),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
};

describe('the numbers of the fleet', () => {
  it('are asked for once in five seconds, however many ask', async () => {
    const { desk, history, asked, pass } = scene();
    const [one, other] = await Promise.all([desk.tell(), desk.tell()]);
    expect(one).toBe(other);
    history.recordCommand(aCommand('c-1', { startedAtMs: startMs - 20_000, endedAtMs: startMs - 10_000 }));
    pass(4_900);
    expect((await desk.tell()).commands).toEqual([]);
    expect(asked).toHaveBeenCalledTimes(1);
    pass(100);
    const fresh = await desk.tell();
    expect(fresh.commands).toHaveLength(1);
    expect(fresh.editToResult).toEqual({ count: 1, p50Ms: 20_000, p95Ms: 20_000 });
    expect(fresh.untilMs - fresh.sinceMs).toBe(dayMs);
  });

  it('are made anew for another span, after something was forgotten, and after a failure', async () => {
    const { desk, asked } = scene();
    await desk.tell();
    expect((await desk.tell(hourMs)).sinceMs).toBe(startMs - hourMs);
    expect(asked).toHaveBeenCalledTimes(2);
    desk.forget();
    await desk.tell(hourMs);
    expect(asked).toHaveBeenCalledTimes(3);
    desk.forget();
    asked.mockRejectedValueOnce(new Error('broken'));
    await expect(desk.tell()).rejects.toThrow('broken');
    expect((await desk.tell()).commands).toEqual([]);
  });

  it('can be had of the running application', async () => {
    const bench = await startedBench([]);
    const asked = bench.app.fleetStats();
    await bench.clock.advance(1000);
    expect(await asked).toMatchObject({ spinUp: null, commands: [] });
    await bench.app.forgetEverything();
    const again = bench.app.fleetStats();
    await bench.clock.advance(1000);
    expect(await again).not.toBe(await asked);
    await bench.app.dispose();
  });
});
