import { describe, expect, it } from 'vitest';
import { RunMemory } from '../../../src/app/run-memory.ts';
import type { Phase } from '../../../src/model/sandbox.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

/** What the phases told one after the other are taken for. */
const seen = (...phases: readonly Phase[]): readonly Phase[] => {
  const memory = new RunMemory();
  return phases.map((phase) => memory.see(aSandbox('a', { phase })).phase);
};

describe('RunMemory', () => {
  it('takes one that comes up for what it is', () => {
    expect(seen('creating', 'starting', 'running')).toEqual(['creating', 'starting', 'running']);
  });

  it('sees that one which ran is said to come up again, as long as it is said', () => {
    expect(seen('running', 'creating', 'creating', 'starting', 'running', 'starting')).toEqual(
      ['running', 'interrupted', 'interrupted', 'interrupted', 'running', 'interrupted'], //
    );
    expect(seen('running', 'unknown', 'creating')).toEqual(['running', 'unknown', 'interrupted']);
  });

  it.each(['pausing', 'paused', 'resuming', 'hibernated', 'archived', 'failed'] as const)(
    'takes one that was %s for one that comes back',
    (between) => {
      expect(seen('running', between, 'creating', 'running')).toEqual(['running', between, 'creating', 'running']);
    },
  );

  it('forgets on demand', () => {
    const memory = new RunMemory();
    memory.see(aSandbox('a'));
    memory.forget();
    expect(memory.see(aSandbox('a', { phase: 'creating' })).phase).toBe('creating');
  });
});
