import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/history/engine.ts';
import { type Entry, recordKinds } from '../../../src/history/entries.ts';
import { MemoryEngine } from '../../../src/history/memory-engine.ts';
import { openEngine } from '../../../src/history/open-engine.ts';
import type { HistoryQuery } from '../../../src/model/history.ts';
import { startMs } from '../../integration/history/makers.ts';

const folder = mkdtempSync(join(tmpdir(), 'history-property-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sandboxId = fc.constantFrom('sb-1', 'sb-2', '__proto__');
const atMs = fc.integer({ min: startMs, max: startMs + 120_000 });
const id = fc.constantFrom('a', 'b', 'c');
/** Of a workspace or a command; more than are told apart on one day. */
const name = fc.constantFrom(null, 'api', 'web', 'npm ci', 'ü');
const data = fc.constantFrom('{}', '{"text":"x"}', '{"text":"ü\\n"}', '{"commandKey":"a","peakBytes":1}');

const record = fc.record({ kind: fc.constantFrom(...recordKinds), sandboxId, id, atMs, data }).map(
  (each): Entry => ({
    ...{ k: 'record', ref: each.kind === 'fix' || each.kind === 'incident' ? 'deleted' : null },
    ...each,
    // Transitions, fixes and diagnostics have no id; and of transitions only different ones are kept.
    ...(['transition', 'fix', 'diagnostics'].includes(each.kind) && { id: null, data: `{"no":${each.atMs}}` }),
    // Ids of incidents are unique over all sandboxes.
    ...(each.kind === 'incident' && { id: `${each.sandboxId} ${each.id}` }),
  }),
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  record,
  fc.record({ sandboxId, atMs }).map(
    (each): Entry => ({
      k: 'sandbox',
      ...each,
      data: `{"phase":"running","createdAtMs":${each.atMs},"metadata":{"workspace":"Api"}}`,
    }),
  ),
  fc.record({ sandboxId, id }).map((each): Entry => ({ k: 'withdraw', id: `${each.sandboxId} ${each.id}` })),
  fc
    .record({ sandboxId, fingerprint: id, lastMs: atMs, count: fc.integer({ min: 1, max: 9 }) })
    .map((each): Entry => ({ k: 'error', ...each, firstMs: each.lastMs - 5, data: '{"title":"t"}' })),
  fc
    .record({
      sandboxId,
      fingerprint: id,
      workspace: name,
      command: name,
      days: fc.integer({ min: 0, max: 2 }),
      teller: name,
    })
    .map(
      ({ days, teller, ...each }): Entry => ({
        ...{ k: 'error', ...each, count: 1, data: '{"title":"t"}' },
        ...{ firstMs: startMs + days * 86_400_000, lastMs: startMs + days * 86_400_000 },
      }),
    ),
  fc.record({ sandboxId, id, fromMs: atMs, whole: fc.boolean() }).map(
    (each): Entry => ({
      // The black box goes to other files than all else, so its sandbox has nothing else whose order could matter.
      ...{ k: 'pack', sandboxId: each.whole ? each.sandboxId : 'sampled' },
      incidentId: each.whole ? `${each.sandboxId} ${each.id}` : null,
      ...{ fromMs: each.fromMs, toMs: each.fromMs + 10, stepMs: 0, data: `{"pack":${each.fromMs}}` },
    }),
  ),
  fc
    .record({ key: fc.constantFrom('a', 'b', '(life) memory x'), peakBytes: fc.integer({ min: 0, max: 1e9 }), atMs })
    .map((each): Entry => ({ k: 'peak', ...each })),
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.array(entry, { maxLength: 8 }).map((entries) => ({ write: entries })) },
  { weight: 1, arbitrary: sandboxId.map((forget) => ({ forget })) },
  { weight: 1, arbitrary: fc.constant({ reopen: true }) },
);

const text = (value: unknown): string => JSON.stringify(value);
/** Rows with the same time may come in any order. */
const sorted = (rows: readonly unknown[]): readonly string[] => rows.map(text).toSorted();

/** Everything, and what narrows it. */
const queries: readonly Omit<HistoryQuery, 'limit'>[] = [
  {},
  { sinceMs: startMs + 60_000 },
  { sandboxId: 'sb-1' },
  { fingerprint: 'a' },
  { workspace: 'api' },
];

const answersOf = (engine: Engine): unknown => queries.map((query) => answersTo(engine, query));

const answersTo = (engine: Engine, query: Omit<HistoryQuery, 'limit'>): unknown => {
  const all = { ...query, limit: 10_000 };
  return {
    sandboxes: sorted(
      engine.sandboxes(all).map((row) => ({ ...row, data: row.data === null ? null : JSON.parse(row.data) })),
    ),
    records: recordKinds.map((kind) =>
      sorted(engine.records(kind, all).map((row) => [row.sandboxId, row.id, row.atMs, JSON.parse(row.data)])),
    ),
    errors: sorted(
      engine.errors(all, startMs + 200_000).map((row) => ({ ...row, decayedCount: row.decayedCount.toFixed(6) })),
    ),
    errorDays: sorted(engine.errorDays(all).map((row) => Object.entries(row).toSorted())),
    packs: ['sb-1', 'sb-2', '__proto__', 'sampled'].map((each) =>
      sorted(engine.packs(each, startMs + 1_000, startMs + 60_000)),
    ),
    incidentPacks: sorted(engine.incidentPacks('sb-1', 'sb-1 a')),
    peaks: sorted(engine.peaks().map((row) => [row.key, JSON.parse(row.data).runs])),
  };
};

describe.each(['sqlite', 'json-lines'] as const)('the engine %s', (name) => {
  it('answers as the one in memory does, whatever was written, forgotten and opened again', () => {
    let no = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        no += 1;
        const own = join(folder, `${name}-${no}`);
        // Lines are put in order by the time they were written, so it has to go on.
        let nowMs = startMs;
        const now = (): number => {
          nowMs += 1;
          return nowMs;
        };
        const open = (): Engine => openEngine({ folder: own, engine: name }, now).engine;
        const memory = new MemoryEngine();
        let engine = open();
        for (const each of steps) {
          if ('write' in each) {
            engine.write(each.write);
            memory.write(each.write);
          } else if ('forget' in each) {
            engine.forgetSandbox(each.forget);
            memory.forgetSandbox(each.forget);
          } else {
            engine.close();
            engine = open();
          }
        }
        expect(answersOf(engine)).toEqual(answersOf(memory));
        engine.close();
        rmSync(own, { recursive: true, force: true });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
