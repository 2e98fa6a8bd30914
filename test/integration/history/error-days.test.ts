import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/history/engine.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { openEngine } from '../../../src/history/open-engine.ts';
import { dayMs, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder } from './open.ts';

cleanUpAfterEach();

const everything = { limit: 1_000_000 };

const anError = (sandboxId: string, fingerprint: string, atMs: number): Entry => ({
  ...{ k: 'error', sandboxId, fingerprint, workspace: 'api', command: 'npm ci', count: 1 },
  ...{ firstMs: atMs, lastMs: atMs, data: '{"pattern":null,"title":"t"}' },
});

const prune = (engine: Engine, nowMs: number, bounds: { maximumAgeMs: number; maximumBytes: number }): void => {
  let steps = 0;
  while (engine.pruneStep(nowMs, bounds) && steps < 10_000) steps += 1;
};

const counted = (engine: Engine): number => engine.errorDays(everything).reduce((total, { count }) => total + count, 0);

describe.each(['sqlite', 'json-lines'] as const)('the days of errors in %s', (name) => {
  const open = async (): Promise<Engine> =>
    openEngine({ folder: await newFolder(), engine: name }, () => startMs).engine;

  it('go with what they belong to, though its number is given again', async () => {
    const engine = await open();
    engine.write([anError('sb-1', 'old', startMs), anError('sb-2', 'old', startMs)]);
    engine.write([{ k: 'sandbox', sandboxId: 'sb-3', atMs: startMs + 2 * dayMs, data: '{}' }]);
    prune(engine, startMs + 3 * dayMs, { maximumAgeMs: 2 * dayMs, maximumBytes: 1e9 });
    engine.forgetSandbox('sb-2');
    engine.write([anError('sb-1', 'new', startMs + 3 * dayMs)]);
    const days = engine.errorDays(everything);
    expect(days.map(({ sandboxId, fingerprint }) => [sandboxId, fingerprint])).toEqual([['sb-1', 'new']]);
    engine.close();
  });

  it('of a sandbox that is forgotten are gone', async () => {
    const engine = await open();
    engine.write([anError('sb-1', 'f', startMs), anError('sb-2', 'f', startMs)]);
    engine.forgetSandbox('sb-1');
    expect(engine.errorDays(everything)).toMatchObject([{ sandboxId: 'sb-2' }]);
    engine.forgetEverything();
    expect(engine.errorDays(everything)).toEqual([]);
    engine.close();
  });
});

describe('the days of errors in a database that is too large', () => {
  it('go oldest first, and what is newer stays', async () => {
    const { engine } = openEngine({ folder: await newFolder(), engine: 'sqlite' }, () => startMs);
    for (let day = 0; day < 60; day += 1) {
      const entries = Array.from({ length: 200 }, (_, no) =>
        anError(`sb-${no % 10}`, `f-${no}`, startMs + day * dayMs),
      );
      engine.write(entries);
    }
    const nowMs = startMs + 60 * dayMs;
    const all = counted(engine);
    expect(all).toBe(12_000);
    prune(engine, nowMs, { maximumAgeMs: 365 * dayMs, maximumBytes: 700_000 });
    const days = engine.errorDays(everything);
    expect(days.length).toBeGreaterThan(0);
    expect(days.length).toBeLessThan(all);
    expect(Math.max(...days.map(({ lastMs }) => lastMs))).toBe(startMs + 59 * dayMs);
    expect(Math.min(...days.map(({ lastMs }) => lastMs))).toBeGreaterThan(startMs);
    // How often they came in all is still known.
    expect(engine.errors({ limit: 1_000 }, nowMs).reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
    engine.close();
  });
});
