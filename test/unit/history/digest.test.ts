import { describe, expect, it } from 'vitest';
import { digestOf, maximumDigestBytes, missingFrom, readDigest } from '../../../src/history/digest.ts';
import { anIncident, aSample, startMs } from '../../integration/history/makers.ts';

const asIs = (text: string): string => text;
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const many = (count: number): ReturnType<typeof anIncident>[] =>
  Array.from({ length: count }, (_, no) =>
    anIncident(`i-${no}`, {
      atMs: startMs + no,
      text: `ünïcödé ${no}`,
      samples: Array.from({ length: 300 }, (_, second) => aSample('sb-1', second)),
    }),
  );

describe('a digest of incidents', () => {
  it('gives back what went in, newest first', () => {
    const [old, recent] = [anIncident('i-1'), anIncident('i-2', { atMs: startMs + 5, warning: null, samples: [] })];
    expect(readDigest(digestOf([old, recent], asIs))).toEqual([recent, old]);
    expect(readDigest(digestOf([], asIs))).toEqual([]);
  });

  it('keeps the workspace where it is known, and is read where an earlier version wrote it without', () => {
    const [known, old] = [anIncident('i-1', { workspace: 'api' }), anIncident('i-2')];
    const digest = digestOf([known, old], asIs);
    expect(readDigest(digest).map((each) => each.workspace)).toEqual(['api', undefined]);
    expect(digest.v).toBe(1);
  });

  it('survives being stored as JSON', () => {
    const digest: unknown = JSON.parse(JSON.stringify(digestOf([anIncident()], asIs)));
    expect(readDigest(digest)).toEqual([anIncident()]);
  });

  it('stays under its bound, keeps the newest, and of each a few samples with the last one', () => {
    const digest = digestOf(many(300), asIs);
    expect(bytes(digest)).toBeLessThanOrEqual(maximumDigestBytes);
    expect(bytes(digest)).toBeGreaterThan(maximumDigestBytes * 0.9);
    const read = readDigest(digest);
    expect(read.map((each) => each.id)).toEqual(Array.from({ length: read.length }, (_, no) => `i-${299 - no}`));
    expect(read[0]?.samples).toHaveLength(60);
    expect(read[0]?.samples.at(-1)).toEqual(aSample('sb-1', 299));
  });

  it('leaves samples out rather than the incident', () => {
    const read = readDigest(digestOf(many(1), asIs, 4_000));
    expect(read).toHaveLength(1);
    expect(read[0]?.samples.length).toBeLessThan(60);
    expect(readDigest(digestOf(many(5), asIs, 100))).toEqual([]);
  });

  it('holds no secret', () => {
    const digest = digestOf([anIncident('i-1', { text: 'hunter2' })], (text) => text.replaceAll('hunter2', '…'));
    expect(JSON.stringify(digest)).not.toContain('hunter2');
  });

  it.each([null, 5, 'text', {}, { v: 2, incidents: [] }, { v: 1, incidents: 'x' }])('is not read from %j', (value) =>
    expect(readDigest(value)).toEqual([]),
  );

  it('is read without what is not understood', () => {
    const digest = digestOf([anIncident('i-1'), anIncident('i-2')], asIs);
    const mixed = { ...digest, incidents: [...digest.incidents, { id: 'i-3', cause: 'eaten' }, null] };
    expect(readDigest(mixed)).toHaveLength(2);
  });

  it('tells what a store does not have', () => {
    const kept = [anIncident('i-1'), anIncident('i-2')];
    expect(missingFrom(kept, [anIncident('i-2'), anIncident('i-3')]).map((each) => each.id)).toEqual(['i-3']);
  });
});
