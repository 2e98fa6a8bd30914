import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/history/engine.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { MemoryEngine } from '../../../src/history/memory-engine.ts';
import { openEngine } from '../../../src/history/open-engine.ts';
import { packsOf, unpackSamples } from '../../../src/history/sample-pack.ts';
import { aSample, dayMs, hourMs, minuteMs, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder } from './open.ts';

cleanUpAfterEach();

const bounds = { maximumAgeMs: 30 * dayMs, maximumBytes: 1e9 };
const always = [0, Number.MAX_SAFE_INTEGER] as const;

const prune = (engine: Engine, nowMs: number): void => {
  let steps = 0;
  while (engine.pruneStep(nowMs, bounds) && steps < 10_000) steps += 1;
};

const error = (sandboxId: string, atMs: number): Entry => ({
  ...{ k: 'error', sandboxId, fingerprint: 'f', workspace: 'api', command: 'npm ci', count: 1 },
  ...{ firstMs: atMs, lastMs: atMs, data: '{"pattern":null,"title":"t"}' },
});

/** What a window writes of a sandbox it watches at that time. */
const seen = (sandboxId: string, atMs: number): readonly Entry[] => {
  const samples = Array.from({ length: 60 }, (_, no) => aSample(sandboxId, no, { atMs: atMs - 60_000 + no * 1000 }));
  return [
    { k: 'sandbox', sandboxId, atMs, data: '{}' },
    { k: 'record', kind: 'command', sandboxId, id: `c-${atMs}`, ref: null, atMs, data: '{}' },
    error(sandboxId, atMs),
    ...[...packsOf(samples, (text) => text)].map(
      (pack): Entry => ({ k: 'pack', sandboxId, incidentId: null, stepMs: 0, ...pack }),
    ),
  ];
};

const known = (engine: Engine): readonly string[] =>
  engine
    .sandboxes({ limit: 99 })
    .map(({ sandboxId }) => sandboxId)
    .toSorted();

describe.each(['sqlite', 'json-lines', 'memory'] as const)('a clock that is set, with the history in %s', (name) => {
  const open = async (): Promise<Engine> =>
    name === 'memory'
      ? new MemoryEngine()
      : openEngine({ folder: await newFolder(), engine: name }, () => startMs).engine;

  /** A week in which something was written every few hours. */
  const usedForAWeek = async (): Promise<Engine> => {
    const engine = await open();
    for (let atMs = startMs - 7 * dayMs; atMs <= startMs; atMs += 6 * hourMs) engine.write(seen('mine', atMs));
    prune(engine, startMs);
    return engine;
  };

  it('removes nothing when it is set forward for some hours and then back', async () => {
    const engine = await usedForAWeek();
    const counts = () => [
      known(engine).includes('mine'),
      engine.records('command', { sandboxId: 'mine', limit: 999 }).length,
      engine.errors({ sandboxId: 'mine', limit: 9 }, startMs).length,
      engine.packs('mine', ...always).flatMap((data) => unpackSamples(data)).length,
    ];
    const before = counts();
    expect(before.slice(0, 3)).toEqual([true, 29, 1]);
    const wrongMs = startMs + 60 * dayMs;
    for (let minute = 0; minute < 20 * 60; minute += 60) {
      engine.write(seen('started-then', wrongMs + minute * minuteMs));
      prune(engine, wrongMs + minute * minuteMs);
    }
    engine.write(seen('started-later', startMs + 21 * hourMs));
    prune(engine, startMs + 21 * hourMs);
    const after = counts();
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    // Only the newest minute, which was still whole, is thinned to one in ten seconds.
    expect(after[3]).toBeGreaterThan(Number(before[3]) - 60);
    engine.close();
  });

  it('is believed when the date has held for a day', async () => {
    const engine = await usedForAWeek();
    const laterMs = startMs + 60 * dayMs;
    engine.write(seen('back', laterMs));
    prune(engine, laterMs + 23 * hourMs);
    expect(known(engine)).toEqual(['back', 'mine']);
    engine.write(seen('back', laterMs + 23 * hourMs));
    prune(engine, laterMs + 25 * hourMs);
    expect(known(engine)).toEqual(['back']);
    expect(engine.records('command', { limit: 999 })).toHaveLength(2);
    engine.close();
  });

  it('lets go day by day what is too old, while the history is in use', async () => {
    const engine = await open();
    for (let day = 0; day < 45; day += 1) {
      engine.write(seen(`of-day-${day}`, startMs + day * dayMs));
      prune(engine, startMs + day * dayMs + hourMs);
    }
    // Of segments the whole of one goes, when all in it is too old.
    const left = known(engine);
    expect(left).toEqual(expect.arrayContaining(['of-day-14', 'of-day-44']));
    expect(left).not.toContain('of-day-3');
    if (name !== 'json-lines') expect(left).toHaveLength(31);
    engine.close();
  });
});
