import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeConformance } from '../integration/providers/conformance.ts';
import { makeRealBed, type RealServer } from './opensandbox-bed.ts';

const server = (): RealServer => {
  const { FORESIGHT_SERVER_URL: url, FORESIGHT_SERVER_KEY: key = '', FORESIGHT_SERVER_IMAGE: image } = process.env;
  if (url === undefined || image === undefined)
    throw new Error('Run it by `npm run test:server`, which says what it needs.');
  return { url: new URL(url), key, image };
};

describeConformance('a real OpenSandbox server', () => makeRealBed(server()), ['inbox']);

describe('a container whose pid 1 does not reap', () => {
  it('has no zombie of ours after it was watched, and after commands that ended, were too slow or were stopped', async () => {
    const bed = await makeRealBed(server());
    const id = await bed.createSandbox();
    try {
      const never = new AbortController().signal;
      for (let round = 0; round < 3; round += 1) {
        for await (const sample of bed.provider.samples(id, { signal: never, mayRenew: false })) {
          expect(sample.sandboxId).toBe(id);
          break;
        }
      }
      const { exec } = bed.provider.actions;
      await exec?.(id, ['echo', 'done'], 5000, never);
      await expect(exec?.(id, ['sleep', '30'], 500, never)).rejects.toMatchObject({ kind: 'timeout' });
      const stop = new AbortController();
      const stopped = expect(exec?.(id, ['sleep', '31'], 60_000, stop.signal)).rejects.toMatchObject({
        kind: 'aborted',
      });
      await delay(1000);
      stop.abort();
      await stopped;
      expect(await bed.zombies(id)).toEqual([]);
    } finally {
      await bed.deleteSandbox(id);
      await bed.dispose();
    }
  });
});
