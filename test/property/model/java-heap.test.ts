import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type JavaHeapCounters, parseJavaCounters } from '../../../src/model/java-heap.ts';
import { JavaHeapGauge } from '../../../src/model/java-heap-gauge.ts';
import { realCounters } from '../../helpers/java-counters.ts';

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const makesSense = (counters: JavaHeapCounters | null): boolean =>
  counters === null ||
  ([counters.heldBytes, counters.freshBytes, counters.limitBytes].every(isAmount) && counters.limitBytes > 0);

it('whatever the bytes are, the counters are plain amounts or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(makesSense(parseJavaCounters(bytes))).toBe(true);
    }),
  );
});

it('a real file with bytes changed and its end cut off is read without a word', () => {
  const files = (['serial', 'parallel', 'g1', 'z', 'shenandoah', 'generational-z'] as const).map(realCounters);
  const change = fc.tuple(fc.nat(3_500), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(change, { maxLength: 12 }),
      fc.nat(4_000),
      (file, changes, length) => {
        const bytes = file.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expect(makesSense(parseJavaCounters(bytes))).toBe(true);
      },
    ),
  );
});

it('what a gauge tells lies between nothing and the limit, in whatever order the readings come', () => {
  const amount = fc.nat(2 ** 31);
  const reading = fc.record({
    startedAtMs: fc.constant(null),
    heldBytes: amount,
    freshBytes: amount,
    keepsFresh: fc.boolean(),
    limitBytes: fc.integer({ min: 1, max: 2 ** 31 }),
    fullCollections: fc.option(fc.nat(9)),
    onlyThose: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
      const gauge = new JavaHeapGauge();
      for (const each of readings) {
        const { usedBytes, limitBytes } = gauge.add(each);
        expect(isAmount(usedBytes) && usedBytes <= limitBytes && limitBytes === each.limitBytes).toBe(true);
      }
    }),
  );
});
