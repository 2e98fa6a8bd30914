import { describe, expect, it } from 'vitest';
import { thin, thinningEndMs, thinningSteps } from '../../../src/history/thinning.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { aSample, startMs } from '../../integration/history/makers.ts';

const withMemory = (no: number, workingSetBytes: number): Sample => {
  const { memory } = aSample();
  return aSample('sb-1', no, memory === undefined ? {} : { memory: { ...memory, workingSetBytes } });
};

describe('thin', () => {
  it('keeps the worst of each bucket: a peak must be seen', () => {
    const samples = Array.from({ length: 30 }, (_, no) => withMemory(no, no === 13 ? 5e8 : 1e8));
    const kept = thin(samples, 10_000);
    expect(kept).toHaveLength(3);
    expect(kept[1]?.atMs).toBe(startMs + 13_000);
  });

  it('prefers a sample that saw memory', () => {
    const { memory: _, ...blind } = aSample('sb-1', 0, { cpu: { usedCores: 64, limitCores: 64, throttledRatio: 1 } });
    expect(thin([blind, aSample('sb-1', 1)], 10_000)).toMatchObject([{ atMs: startMs + 1_000 }]);
  });

  it('keeps sources apart and the order of time', () => {
    const machine = aSample('sb-1', 3, { source: 'machine' });
    expect(thin([aSample('sb-1', 5), machine], 10_000).map((each) => each.source)).toEqual(['machine', 'cgroup']);
  });

  it('changes nothing when done again', () => {
    const once = thin(
      Array.from({ length: 100 }, (_, no) => withMemory(no, (no * 7_919) % 1_000)),
      10_000,
    );
    expect(thin(once, 10_000)).toEqual(once);
  });
});

describe('thinningSteps', () => {
  it('hand over to each other, and leave the last ten minutes alone', () => {
    expect(thinningSteps[0]).toMatchObject({ takesStepMs: 0, afterMs: 600_000 });
    for (const [no, step] of thinningSteps.entries()) {
      expect(step.takesStepMs).toBe(no === 0 ? 0 : thinningSteps[no - 1]?.leavesStepMs);
      expect(step.dueMs).toBeGreaterThan(step.afterMs);
    }
  });

  it('end between two buckets', () => {
    for (const step of thinningSteps) {
      const endMs = thinningEndMs(step, startMs + 12_345);
      expect((endMs + 1) % step.leavesStepMs).toBe(0);
      expect(endMs).toBeLessThan(startMs + 12_345 - step.afterMs);
    }
  });
});
