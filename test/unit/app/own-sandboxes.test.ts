import { describe, expect, it } from 'vitest';
import { OwnSandboxes } from '../../../src/app/own-sandboxes.ts';
import { nowhere } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

describe('own sandboxes', () => {
  it('count what may change the answer, and nothing else', () => {
    const own = new OwnSandboxes();
    const hers = aSandbox('hers', { metadata: { owner: 'ann' } });
    const other = { sandbox: aSandbox('other', { metadata: { user: 'ann' } }), isHere: false };
    const steps: readonly (readonly [() => void, boolean])[] = [
      [() => own.follow(null), false],
      [() => own.follow(hers), true],
      [() => own.follow(hers), false],
      [() => own.touch('hers'), false],
      [() => own.touch('third'), true],
      [() => own.follow(aSandbox('third')), false],
      [() => own.follow(aSandbox('third', { metadata: { owner: 'bob' } })), true],
      [() => own.setPlace({ ...nowhere, environment: { USER: 'ann' } }), true],
    ];
    const told = steps.map(([step]) => {
      const before = own.changes;
      step();
      return own.changes !== before;
    });
    expect(told).toEqual(steps.map(([, isChange]) => isChange));
    expect(own.has(other)).toBe(true);
  });
});
