import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/history/engine.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { JsonLinesEngine } from '../../../src/history/json-lines/engine.ts';
import type { SegmentFiles } from '../../../src/history/json-lines/files.ts';
import { packsOf } from '../../../src/history/sample-pack.ts';
import { aSample, startMs } from '../../integration/history/makers.ts';

/** A disk in memory with a size, on which a write may stop half way. */
class SmallDisk implements SegmentFiles {
  readonly files = new Map<string, Buffer>();
  space = Number.POSITIVE_INFINITY;
  #identity = 0;
  readonly #identities = new Map<string, string>();

  list = (): readonly string[] => [...this.files.keys()];
  state: SegmentFiles['state'] = (file) => {
    const content = this.files.get(file);
    const identity = this.#identities.get(file) ?? '';
    return content === undefined ? null : { identity, sizeBytes: content.length, modifiedMs: 0 };
  };
  append: SegmentFiles['append'] = (file, text) => {
    const bytes = Buffer.from(text);
    const used = [...this.files.values()].reduce((sum, each) => sum + each.length, 0);
    const fitting = bytes.subarray(0, Math.max(0, this.space - used));
    if (!this.files.has(file)) this.#rename(file);
    this.files.set(file, Buffer.concat([this.files.get(file) ?? Buffer.alloc(0), fitting]));
    if (fitting.length < bytes.length) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };
  read: SegmentFiles['read'] = (file, offset, length) =>
    (this.files.get(file) ?? Buffer.alloc(0)).subarray(offset, offset + length);
  replace: SegmentFiles['replace'] = (file, text) => {
    this.files.set(file, Buffer.from(text));
    this.#rename(file);
  };
  truncate: SegmentFiles['truncate'] = (file, length) =>
    void this.files.set(file, (this.files.get(file) ?? Buffer.alloc(0)).subarray(0, length));
  remove: SegmentFiles['remove'] = (file) => void this.files.delete(file);

  #rename(file: string): void {
    this.#identity += 1;
    this.#identities.set(file, String(this.#identity));
  }
}

const warning = (no: number, size = 100): Entry => ({
  ...{ k: 'record', kind: 'warning', sandboxId: 'sb-1', id: `w-${no}`, ref: null, atMs: startMs + no },
  data: JSON.stringify({ text: 'x'.repeat(size) }),
});
const error = (no: number): Entry => ({
  ...{ k: 'error', sandboxId: 'sb-1', fingerprint: 'f-1', count: 1, firstMs: startMs + no, lastMs: startMs + no },
  data: '{"pattern":null,"title":"t"}',
});

const open = (disk = new SmallDisk(), now = { ms: startMs }) => ({
  disk,
  now,
  engine: new JsonLinesEngine(disk, () => now.ms),
});

/** Without it the date would not be believed. */
const seenADayBefore = (ms: number): Entry => ({ k: 'sandbox', sandboxId: 'sb-2', atMs: ms - 86_400_000, data: '{}' });

describe('history in lines', () => {
  it('writes all of a batch or nothing when the disk is full, and never a thing twice', () => {
    const { disk, engine } = open();
    engine.write([warning(1), error(1)]);
    disk.space = 700;
    for (let tries = 0; tries < 3; tries += 1) {
      let thrown: unknown = null;
      try {
        engine.write([error(2), warning(2, 400), error(3)]);
      } catch (problem) {
        thrown = problem;
      }
      expect(thrown).toBeInstanceOf(EngineError);
      expect(thrown).toMatchObject({ trouble: 'full' });
    }
    expect(engine.errors({ limit: 9 }, startMs)).toMatchObject([{ count: 1 }]);
    disk.space = 10_000;
    engine.write([error(2), warning(2, 400), error(3)]);
    expect(engine.errors({ limit: 9 }, startMs)).toMatchObject([{ count: 3 }]);
    const next = open(disk).engine;
    expect(next.errors({ limit: 9 }, startMs)).toMatchObject([{ count: 3 }]);
    expect(next.records('warning', { limit: 9 })).toHaveLength(2);
  });

  it('reads on behind a line that was torn by a kill', () => {
    const { disk, engine } = open();
    engine.write([warning(1), warning(2)]);
    const [file = ''] = disk.list();
    disk.truncate(file, (disk.state(file)?.sizeBytes ?? 0) - 20);
    const { engine: next } = open(disk);
    next.write([warning(3)]);
    expect(next.records('warning', { limit: 9 }).map((each) => each.id)).toEqual(['w-3', 'w-1']);
    expect(open(disk).engine.records('warning', { limit: 9 })).toHaveLength(2);
  });

  it('reads a line only once it is written to its end', () => {
    const disk = new SmallDisk();
    const writer = open(disk).engine;
    const reader = open(disk).engine;
    writer.write([warning(1)]);
    expect(reader.records('warning', { limit: 9 })).toHaveLength(1);
    const [file = ''] = disk.list();
    const before = disk.files.get(file) ?? Buffer.alloc(0);
    const half = before.subarray(0, 50);
    disk.files.set(file, Buffer.concat([before, half]));
    expect(reader.records('warning', { limit: 9 })).toHaveLength(1);
    disk.files.set(file, Buffer.concat([before, half, Buffer.from(before.toString().slice(50).replace('w-1', 'w-2'))]));
    expect(reader.records('warning', { limit: 9 })).toHaveLength(2);
  });

  it('joins what windows wrote by the time they wrote it', () => {
    const disk = new SmallDisk();
    const one = open(disk, { ms: startMs });
    const other = open(disk, { ms: startMs + 500 });
    other.engine.write([{ ...warning(1), data: '{"text":"later"}' } as Entry]);
    one.engine.write([{ ...warning(1), data: '{"text":"earlier"}' } as Entry]);
    const { engine: third } = open(disk);
    expect(third.records('warning', { limit: 9 })).toMatchObject([{ data: '{"text":"later"}' }]);
  });

  it('drops whole segments when they are old, and thins samples of windows that are gone', () => {
    const { disk, engine, now } = open();
    const samples = Array.from({ length: 600 }, (_, no) => aSample('sb-1', no));
    const packs = [...packsOf(samples, (text) => text)];
    engine.write(packs.map((pack) => ({ k: 'pack', sandboxId: 'sb-1', incidentId: null, stepMs: 0, ...pack })));
    engine.write([warning(1)]);
    const bounds = { maximumAgeMs: 10 * 86_400_000, maximumBytes: 1e8 };
    const later = open(disk, { ms: now.ms + 30 * 60_000 });
    while (later.engine.pruneStep(later.now.ms, bounds));
    expect(disk.list().filter((file) => file.startsWith('packs0-'))).toEqual([]);
    expect(later.engine.packs('sb-1', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(1);
    later.now.ms += 20 * 86_400_000;
    later.engine.write([seenADayBefore(later.now.ms)]);
    while (later.engine.pruneStep(later.now.ms, bounds));
    expect(later.engine.records('warning', { limit: 9 })).toEqual([]);
    expect(later.engine.packs('sb-1', 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(disk.list()).toHaveLength(1);
  });

  it('does not give samples up for what goes anyway because of its age', () => {
    const { disk, engine, now } = open();
    const day = 86_400_000;
    for (let no = 0; no < 60; no += 1) engine.write([warning(no, 1_000)]);
    const later = open(disk, { ms: now.ms + 20 * day });
    later.engine.write([seenADayBefore(later.now.ms)]);
    const samples = Array.from({ length: 600 }, (_, no) =>
      aSample('sb-1', no, { atMs: later.now.ms - 600_000 + no * 1000 }),
    );
    const packs = [...packsOf(samples, (text) => text)];
    later.engine.write(packs.map((pack) => ({ k: 'pack', sandboxId: 'sb-1', incidentId: null, stepMs: 0, ...pack })));
    const bytes = disk.list().map((file) => [file.startsWith('packs0-'), disk.files.get(file)?.length ?? 0] as const);
    const samplesBytes = bytes.reduce((sum, [isSamples, size]) => (isSamples ? sum + size : sum), 0);
    const bounds = { maximumAgeMs: 10 * day, maximumBytes: Math.round(samplesBytes * 1.2) };
    while (later.engine.pruneStep(later.now.ms, bounds));
    expect(later.engine.records('warning', { limit: 99 })).toEqual([]);
    expect(later.engine.packs('sb-1', 0, Number.MAX_SAFE_INTEGER)).toHaveLength(10);
  });
});
