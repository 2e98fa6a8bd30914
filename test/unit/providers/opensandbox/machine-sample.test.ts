import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../src/model/problem.ts';
import { readMachineSample } from '../../../../src/providers/opensandbox/machine-sample.ts';

const value = {
  cpu_count: 2,
  cpu_used_pct: 50,
  mem_total_mib: 24152.06,
  mem_used_mib: 1024.5,
  timestamp: 1_795_303_168_635,
};

describe('readMachineSample', () => {
  it('reads the numbers of the host, timed by this clock', () => {
    expect(readMachineSample(value, 'a', 99, 'machine: why')).toMatchObject({
      kind: 'sample',
      sandboxId: 'a',
      atMs: 99,
      source: 'machine',
      cadenceMs: 2000,
      memory: { usedBytes: 1024.5 * 1024 ** 2, limitBytes: Math.round(24152.06 * 1024 ** 2), oomKillCount: null },
      cpu: { usedCores: 1, limitCores: 2 },
    });
    expect(readMachineSample(value, 'a', 99, 'machine: why')?.caveat).toMatch(/^machine/);
  });

  it('gives no limit that is none', () => {
    const empty = readMachineSample({ ...value, cpu_count: 0, mem_total_mib: 0 }, 'a', 1, null);
    expect(empty?.memory?.limitBytes).toBeNull();
    expect(empty?.cpu?.limitCores).toBeNull();
  });

  it.each([null, 'x', {}, { ...value, mem_used_mib: '7' }, { ...value, cpu_used_pct: -1 }])(
    'passes over %j',
    (other) => {
      expect(readMachineSample(other, 'a', 1, null)).toBeNull();
    },
  );

  it("reports execd's own error", () => {
    try {
      readMachineSample({ error: 'no /proc' }, 'a', 1, null);
      expect.unreachable();
    } catch (error) {
      expect(isProblem(error, 'server-error') && error.message).toContain('no /proc');
    }
  });
});
