import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProbeText } from '../../../../src/providers/opensandbox/probe-line.ts';
import { createProbeReader } from '../../../../src/providers/opensandbox/probe-reader.ts';
import { probeLineOf } from '../../../helpers/probe.ts';

const keys = [
  ...['t', 'cg', 'level', 'cpus', 'memTotal', 'memAvail', 'mem', 'memMax', 'anon', 'inactive', 'hits', 'oomKill'],
  ...['swap', 'swapMax', 'swapTotal', 'swapFree', 'psi', 'stall', 'cpuUs', 'quotaUs', 'periodUs', 'periods'],
  ...['throttled', 'pids', 'pidsMax', 'disk', 'inodes', 'fds', 'procs'],
];

const amount = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(5),
  fc.double({ min: 0, noNaN: true }),
  fc.constantFrom(9_223_372_036_854_772_000, 0, 1e-300, 1.7e308),
);
const room = fc.record({ used: amount, free: amount });
const process = fc.record(
  {
    pid: amount,
    ppid: amount,
    name: fc.string(),
    rss: amount,
    ageMs: amount,
    heap: fc.record({
      by: fc.constantFrom('-Xmx', 'GOMEMLIMIT', ''),
      via: fc.string(),
      bytes: amount,
      percent: amount,
    }),
  },
  { requiredKeys: [] },
);
const value = fc.oneof({ weight: 6, arbitrary: amount }, room, fc.array(process), fc.jsonValue());
/** Lines that look like the probe's, with every member possibly absent, odd or of another type. */
const rawLine = fc
  .dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true })
  .map((members) => ({ cg: 2, ...members, v: 1 }));

/** Every number anywhere in a sample. */
function numbers(json: unknown): number[] {
  if (typeof json === 'number') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(numbers) : [];
}

describe('probe line', () => {
  it('never throws on any JSON value or text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (json, text) => {
        expect(() => parseProbeText(text)).not.toThrow();
        expect(() => probeLineOf(json)).not.toThrow();
      }),
    );
  });

  it('takes every line that has its version', () => {
    fc.assert(
      fc.property(rawLine, (raw) => {
        expect(probeLineOf(raw)).not.toBeNull();
      }),
    );
  });
});

describe('probe reader', () => {
  it('gives finite, non-negative numbers, ratios from 0 to 1, and no undefined member, for any course of lines', () => {
    const course = fc.array(fc.tuple(rawLine, fc.integer({ min: 0, max: 100_000 })), { maxLength: 8 });
    fc.assert(
      fc.property(course, (lines) => {
        const reader = createProbeReader({ sandboxId: 'box', cadenceMs: 1000, caveat: null });
        let receivedAtMs = 1_700_000_000_000;
        for (const [raw, laterMs] of lines) {
          receivedAtMs += laterMs;
          const line = probeLineOf(raw);
          if (line === null) throw new Error('not a line');
          const sample = reader.read(line, receivedAtMs);
          for (const number of numbers(sample)) {
            expect(number).toBeGreaterThanOrEqual(0);
            expect(Number.isFinite(number)).toBe(true);
          }
          expect(Object.values(sample)).not.toContain(undefined);
          expect(sample.atMs).toBeLessThanOrEqual(receivedAtMs);
          expect(Number.isSafeInteger(sample.atMs)).toBe(true);
          const ratio = sample.cpu?.throttledRatio ?? 0;
          expect(ratio).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('brings numbers of a group through unchanged', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.integer({ min: 1 }), (mem, inactive, memMax) => {
        const line = probeLineOf({ v: 1, cg: 2, mem, inactive, memMax });
        const reader = createProbeReader({ sandboxId: 'box', cadenceMs: 1000, caveat: null });
        const memory = line && reader.read(line, 0).memory;
        expect(memory?.usedBytes).toBe(mem);
        expect(memory?.workingSetBytes).toBe(Math.max(0, mem - inactive));
        expect(memory?.limitBytes).toBe(memMax);
      }),
    );
  });
});
