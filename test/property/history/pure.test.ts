import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, readDigest } from '../../../src/history/digest.ts';
import { addPeak, emptyHistogram, peakOfHistogram } from '../../../src/history/peak-histogram.ts';
import { createRedactor } from '../../../src/history/redactor.ts';
import { packSamples, unpackSamples } from '../../../src/history/sample-pack.ts';
import { thin } from '../../../src/history/thinning.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { anIncident, startMs } from '../../integration/history/makers.ts';

const asIs = (text: string): string => text;
const big = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const maybe = fc.option(big);
const rounded = fc.integer({ min: 0, max: 10_000_000 }).map((value) => value / 10_000);
const optional = <T>(arbitrary: fc.Arbitrary<T>, name: string): fc.Arbitrary<object> =>
  fc.option(arbitrary).map((value) => (value === null ? {} : { [name]: value }));

const sample: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.record({
      kind: fc.constant('sample' as const),
      sandboxId: fc.constant('sb-1'),
      atMs: fc.integer({ min: 0, max: 4e12 }),
      source: fc.constantFrom('cgroup', 'machine', 'prometheus', 'metrics-api'),
      cadenceMs: fc.integer({ min: 1, max: 60_000 }),
      caveat: fc.option(fc.string()),
    }),
    optional(
      fc.record({
        ...{ usedBytes: big, workingSetBytes: big, limitBytes: maybe, anonBytes: maybe },
        ...{ oomKillCount: maybe, limitHitCount: maybe, stalledPercent: fc.option(rounded) },
      }),
      'memory',
    ),
    optional(
      fc.record({ usedCores: rounded, limitCores: fc.option(rounded), throttledRatio: fc.option(rounded) }),
      'cpu',
    ),
    optional(fc.record({ usedBytes: big, limitBytes: maybe }), 'disk'),
    optional(fc.record({ used: big, limit: maybe }), 'pids'),
    optional(fc.record({ used: big, limit: maybe, pid: maybe }), 'fds'),
    optional(
      fc.array(
        fc.record(
          {
            ...{ pid: big, parentPid: maybe, name: fc.string(), rssBytes: big, ageMs: maybe },
            heapLimit: fc.option(fc.record({ limitBytes: big, source: fc.string() })),
            heap: fc.record(
              { usedBytes: big, limitBytes: big, unchecked: fc.constant(true as const) },
              { requiredKeys: ['usedBytes', 'limitBytes'] },
            ),
          },
          { requiredKeys: ['pid', 'parentPid', 'name', 'rssBytes', 'ageMs', 'heapLimit'] },
        ),
        { maxLength: 5 },
      ),
      'processes',
    ),
  )
  .map(([head, ...parts]) => Object.assign({}, head, ...parts));

describe('packs of samples', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), (samples) => {
        expect(unpackSamples(packSamples(samples, asIs))).toEqual(samples);
      }),
    );
  });

  it('are never thrown at, whatever stands there', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => unpackSamples(text).length >= 0));
  });
});

describe('thinning', () => {
  it('leaves one for each bucket and source, and never the lesser of two', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 40 }), fc.integer({ min: 1, max: 1e12 }), (samples, stepMs) => {
        const bucket = (each: Sample): string => `${each.source} ${Math.floor(each.atMs / stepMs)}`;
        const kept = thin(samples, stepMs);
        expect(kept.map(bucket).toSorted()).toEqual([...new Set(samples.map(bucket))].toSorted());
        for (const each of kept) expect(samples).toContain(each);
        expect(kept.map((each) => each.atMs)).toEqual(kept.map((each) => each.atMs).toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('peak histograms', () => {
  it('of one day foretell what covers nine runs of ten, and at most 6 % more', () => {
    const peaks = fc.array(fc.integer({ min: 1024 * 1024, max: 1e11 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(peaks, (values) => {
        const histogram = values.reduce(
          (all, peak, no) => addPeak(all, { peakBytes: peak, atMs: startMs + no }),
          emptyHistogram,
        );
        const foretold = peakOfHistogram(histogram)?.peakBytes ?? 0;
        const inOrder = values.toSorted((a, b) => a - b);
        const exact = inOrder[Math.ceil(values.length * 0.9) - 1] ?? 0;
        expect(foretold).toBeGreaterThanOrEqual(exact);
        expect(foretold).toBeLessThanOrEqual(exact * 1.06);
      }),
    );
  });
});

describe('a digest', () => {
  it('is never larger than it may be, and what it holds is what went in', () => {
    const incident = fc
      .record({
        id: fc.uuid(),
        atMs: fc.integer({ min: 0, max: 4e12 }),
        text: fc.string({ maxLength: 2_000, unit: 'binary' }),
      })
      .map((changes) => anIncident(changes.id, { ...changes, samples: [] }));
    fc.assert(
      fc.property(fc.array(incident, { maxLength: 12 }), fc.integer({ min: 0, max: 20_000 }), (incidents, bytes) => {
        const digest = digestOf(incidents, asIs, bytes);
        if (digest.incidents.length > 0) {
          expect(Buffer.byteLength(JSON.stringify(digest))).toBeLessThanOrEqual(bytes);
        }
        const newest = incidents.toSorted((a, b) => b.atMs - a.atMs).slice(0, digest.incidents.length);
        expect(readDigest(JSON.parse(JSON.stringify(digest))).map((each) => each.id)).toEqual(
          newest.map((each) => each.id),
        );
      }),
    );
  });
});

describe('redaction', () => {
  it('reaches every text in any value', () => {
    const { value } = createRedactor((text) => text.replaceAll('hunter2', '…'));
    const anything = fc.anything({ values: [fc.constant('a hunter2 b'), fc.string(), fc.integer()], maxDepth: 4 });
    fc.assert(
      fc.property(anything, (raw) => {
        expect(JSON.stringify(value(raw)) ?? '').not.toContain('hunter2');
      }),
    );
  });
});
