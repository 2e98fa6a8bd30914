import { describe, expect, it } from 'vitest';
import { commandKey } from '../../../src/model/command-key.ts';
import type { ErrorSource } from '../../../src/model/ports.ts';
import { startedBench } from '../../helpers/app-bench.ts';
import { aSandbox, using } from '../../helpers/fake-provider.ts';
import { aStart } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const mebibyte = 2 ** 20;

/** The chance of a break within a minute, seconds after `npm run build` began in a sandbox of 512 MiB. */
async function chanceAfterStart(usualBytes: number | null): Promise<{ chance: number; evidence: string }> {
  const history = new RecordingHistory();
  if (usualBytes !== null) {
    const known = {
      peakBytes: usualBytes,
      runs: 8,
      lastRunAtMs: 0,
      peaks: [{ peakBytes: usualBytes, weight: 8 }],
      tookMs: null,
    };
    history.peaks.known.set(commandKey('npm run build', '/w/api'), known);
  }
  const { app, provider, clock, show, view } = await startedBench([aSandbox('a')], { history });
  const tell = async (): Promise<void> => {
    provider.stream('a').queue.push(using('a', clock.now(), 100));
    await clock.advance(1_000);
  };
  for (let second = 0; second < 20; second += 1) await tell();
  const start = aStart('a', 'run', clock.now(), 'npm run build', '/w/api');
  const source: ErrorSource = {
    name: 'test',
    events: async function* () {
      yield start;
    },
  };
  app.addErrorSource(source);
  await show();
  for (let second = 0; second < 5; second += 1) await tell();
  const memory = view('a').forecasts.find(({ signal }) => signal === 'memory');
  return { chance: memory?.pBreak60 ?? Number.NaN, evidence: memory?.evidence ?? '' };
}

describe('what a command took in other sessions', () => {
  it('is known the moment it starts again, before memory has moved', async () => {
    const unknown = await chanceAfterStart(null);
    const small = await chanceAfterStart(100 * mebibyte);
    const large = await chanceAfterStart(900 * mebibyte);
    expect(unknown.chance).toBeLessThan(0.1);
    expect(small.chance).toBeLessThan(0.1);
    expect(large.chance).toBeGreaterThan(0.5);
    expect(large.evidence).toContain('npm run build');
  });
});
