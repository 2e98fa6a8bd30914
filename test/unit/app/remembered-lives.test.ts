import { describe, expect, it } from 'vitest';
import { SharedPeaks } from '../../../src/history/peaks.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import { type AppBench, startedBench } from '../../helpers/app-bench.ts';
import { aSandbox, using } from '../../helpers/fake-provider.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const origin = 'api:1 #0123456789ab';

/** Fills the sandbox by 4 MiB a second, from 100 MiB on and up to `topMiB`. */
async function fill({ provider, clock }: AppBench, id: string, seconds: number, topMiB: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    provider.stream(id).queue.push(using(id, clock.now(), Math.min(topMiB, 100 + Math.max(0, second - 20) * 4)));
    await clock.advance(1_000);
  }
}

/** The forecast of the second sandbox of a kind, at the same moment of the same climb, after the first one lived as told. */
async function secondLife(first: (bench: AppBench) => Promise<void>): Promise<Forecast> {
  const history = new RecordingHistory();
  const bench = await startedBench([aSandbox('one', { origin, createdAtMs: 1 })], { history });
  await first(bench);
  const learned = new SharedPeaks(
    (key) => key,
    () => undefined,
  );
  for (const { commandKey, peakBytes, atMs } of history.peaks.recorded) {
    learned.record(commandKey, peakBytes, atMs);
    const known = learned.peakOf(commandKey, atMs);
    if (known !== null) history.peaks.known.set(commandKey, known);
  }
  bench.provider.put(aSandbox('two', { origin, createdAtMs: 2 }));
  await bench.clock.advance(5_000);
  await fill(bench, 'two', 70, 512);
  await bench.show();
  const memory = bench.view('two').forecasts.find(({ signal }) => signal === 'memory');
  if (memory === undefined) throw new Error('no forecast');
  return memory;
}

describe('what the sandbox before did', () => {
  it('makes the same climb more of a danger, or less, and is said', async () => {
    const unknown = await secondLife(async ({ provider }) => {
      provider.remove('one');
      await Promise.resolve();
    });
    const broke = await secondLife(async (bench) => {
      await fill(bench, 'one', 130, 505);
      bench.provider.put(
        aSandbox('one', { origin, createdAtMs: 1, phase: 'failed', reason: 'OOMKilled', message: 'OOM killed' }),
      );
      await bench.clock.advance(30_000);
    });
    const stopped = await secondLife(async (bench) => {
      await fill(bench, 'one', 180, 380);
      bench.provider.remove('one');
      await bench.clock.advance(60_000);
    });
    expect(unknown.evidence).not.toContain('earlier');
    expect(broke.evidence).toContain('1 earlier sandbox of this kind reached the limit');
    expect(stopped.evidence).toMatch(/1 earlier sandbox of this kind stopped at about 3[6-9]\d MiB/);
    expect(broke.pBreak120).toBeGreaterThan(unknown.pBreak120);
    expect(stopped.pBreak120).toBeLessThan(0.8 * unknown.pBreak120);
  });
});
