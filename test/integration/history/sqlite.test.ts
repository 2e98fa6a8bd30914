import { describe, expect, it } from 'vitest';
import { openEngine } from '../../../src/history/open-engine.ts';
import { historyConformance } from './conformance.ts';
import { dayMs, startMs } from './makers.ts';
import { newFolder } from './open.ts';

describe('history in SQLite', () => historyConformance('sqlite'));

describe('a sandbox that was pruned', () => {
  it('is known again when it comes back to the window that pruned it', async () => {
    const { engine } = openEngine({ folder: await newFolder(), engine: 'sqlite' }, () => startMs);
    const bounds = { maximumAgeMs: 30 * dayMs, maximumBytes: 200 * 1024 * 1024 };
    const tellOf = (sandboxId: string, atMs: number): void =>
      engine.write([
        { k: 'sandbox', sandboxId, atMs, data: '{}' },
        { k: 'record', kind: 'incident', sandboxId, id: `${sandboxId} ${atMs}`, ref: 'crashed', atMs, data: '{}' },
      ]);
    const ids = (): readonly string[] => engine.sandboxes({ limit: 9 }).map(({ sandboxId }) => sandboxId);
    tellOf('ci-runner', startMs);
    for (const day of [31, 32, 33]) tellOf('other', startMs + day * dayMs);
    while (engine.pruneStep(startMs + 33 * dayMs, bounds));
    expect(ids()).toEqual(['other']);
    tellOf('ci-runner', startMs + 33 * dayMs);
    expect(ids().toSorted()).toEqual(['ci-runner', 'other']);
    expect(engine.records('incident', { sandboxId: 'ci-runner', limit: 9 })).toHaveLength(1);
    engine.close();
  });
});
