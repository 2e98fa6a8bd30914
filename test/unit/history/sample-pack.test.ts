import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packSamples, packsOf, samplesPerPack, unpackSamples } from '../../../src/history/sample-pack.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { aSample, startMs } from '../../integration/history/makers.ts';

const asIs = (text: string): string => text;
const bare: Sample = {
  kind: 'sample',
  sandboxId: 'sb-1',
  atMs: startMs,
  source: 'machine',
  cadenceMs: 5_000,
  caveat: 'slow: no bash in the image',
};

describe('packSamples', () => {
  it('keeps samples with everything and with nothing', () => {
    const samples = [aSample('sb-1', 0), { ...bare, atMs: startMs + 500 }, aSample('sb-1', 1, { processes: [] })];
    expect(unpackSamples(packSamples(samples, asIs))).toEqual(samples);
  });

  it('keeps what processes tell of their heaps, and reads what was written before they did', () => {
    const process = { pid: 7, parentPid: 1, name: 'java', rssBytes: 9, ageMs: null, heapLimit: null };
    const heap = { usedBytes: 60, limitBytes: 100 };
    const told = [
      { ...process, heap },
      { ...process, heap: { ...heap, unchecked: true as const } },
      { ...process, heap: { ...heap, addresses: true as const } },
      process,
    ];
    const samples = [aSample('sb-1', 0, { processes: told })];
    const packed = packSamples(samples, asIs);
    expect(unpackSamples(packed)).toEqual(samples);
    const before = packSamples([aSample('sb-1', 0, { processes: [process] })], asIs);
    expect(JSON.parse(before).rows[0].at(-1)).toEqual([[7, 1, expect.any(Number), 9, null, null]]);
  });

  it('keeps times that go back', () => {
    const samples = [aSample('sb-1', 9), aSample('sb-1', 2), aSample('sb-1', 3)];
    expect(unpackSamples(packSamples(samples, asIs))).toEqual(samples);
  });

  it('rounds what nobody reads to more than four digits', () => {
    const cpu = { usedCores: 0.123456789, limitCores: null, throttledRatio: 1 / 3 };
    const [read] = unpackSamples(packSamples([aSample('sb-1', 0, { cpu })], asIs));
    expect(read?.cpu).toEqual({ usedCores: 0.1235, limitCores: null, throttledRatio: 0.3333 });
  });

  it('redacts the texts', () => {
    const text = packSamples([{ ...bare, caveat: 'hunter2' }], (raw) => raw.replace('hunter2', '…'));
    expect(text).not.toContain('hunter2');
    expect(unpackSamples(text)).toMatchObject([{ caveat: '…' }]);
  });

  it('is much smaller than the samples as they are', () => {
    const samples = Array.from({ length: samplesPerPack }, (_, no) => aSample('sb-1', no));
    const plain = JSON.stringify(samples).length;
    const packed = packSamples(samples, asIs);
    expect(packed.length).toBeLessThan(plain / 3);
    expect(deflateSync(packed).length).toBeLessThan(plain / 20);
  });

  it('makes packs of a readable size', () => {
    const samples = Array.from({ length: 2 * samplesPerPack + 1 }, (_, no) => aSample('sb-1', no));
    const packs = [...packsOf(samples, asIs)];
    expect(packs.map((pack) => unpackSamples(pack.data).length)).toEqual([samplesPerPack, samplesPerPack, 1]);
    expect(packs[0]).toMatchObject({ fromMs: startMs, toMs: startMs + (samplesPerPack - 1) * 1000 });
  });
});

describe('unpackSamples', () => {
  it.each(['', 'no JSON', '[]', 'null', '{"v":2,"id":"x","from":1,"words":[],"rows":[]}', '{"v":1}'])(
    'finds none in %j',
    (text) => expect(unpackSamples(text)).toEqual([]),
  );

  it('leaves out a row it does not understand and reads the others at their time', () => {
    const pack = JSON.parse(packSamples([aSample('sb-1', 0), aSample('sb-1', 1), aSample('sb-1', 2)], asIs));
    pack.rows[1][4] = 'nonsense';
    expect(unpackSamples(JSON.stringify(pack))).toEqual([aSample('sb-1', 0), aSample('sb-1', 2)]);
  });

  it('leaves out a sample of an unknown source', () => {
    const text = packSamples([aSample('sb-1', 0), { ...bare }], asIs).replace('"machine"', '"oracle"');
    expect(unpackSamples(text)).toHaveLength(1);
  });

  it('reads what a later version added to a row without it', () => {
    const pack = JSON.parse(packSamples([aSample('sb-1', 0)], asIs));
    pack.rows[0].push([1, 2, 3]);
    pack.rows[0][4].push(99);
    expect(unpackSamples(JSON.stringify(pack))).toEqual([aSample('sb-1', 0)]);
  });
});
