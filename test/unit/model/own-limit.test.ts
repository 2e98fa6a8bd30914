import { describe, expect, it } from 'vitest';
import { ownCores, ownLimit } from '../../../src/model/own-limit.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { aSample } from '../../helpers/fake-provider.ts';

const sample = (source: Sample['source']): Sample => {
  const one = aSample('a', 0);
  const memory = one.memory === undefined ? {} : { memory: { ...one.memory, limitBytes: 512 } };
  return { ...one, source, ...memory, cpu: { usedCores: 1, limitCores: 2, throttledRatio: null } };
};

describe('the limit of the sandbox itself', () => {
  it('is what its own group tells, wherever it is', () => {
    for (const isHere of [true, false]) {
      const view = { sample: sample('cgroup'), isHere };
      expect([ownLimit(view), ownCores(view)]).toEqual([512, 2]);
    }
  });

  it('is never the one of the machine below it', () => {
    const view = { sample: sample('machine'), isHere: false };
    expect([ownLimit(view), ownCores(view)]).toEqual([null, null]);
  });

  it('is the one of the machine where the editor works on that machine', () => {
    const view = { sample: sample('machine'), isHere: true };
    expect([ownLimit(view), ownCores(view)]).toEqual([512, 2]);
  });

  it('is not known without a reading', () => {
    expect(ownLimit({ sample: null, isHere: true })).toBeNull();
  });
});
