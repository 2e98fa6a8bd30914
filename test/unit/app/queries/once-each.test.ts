import { describe, expect, it } from 'vitest';
import { onceEach } from '../../../../src/app/queries/once-each.ts';
import { anIncident } from '../../../helpers/past.ts';

describe('incidents that two windows wrote down', () => {
  it('are one end of a sandbox, with the workspace that one of them knew', () => {
    const kill = { cause: 'out-of-memory-child', endsSandbox: false } as const;
    const found = onceEach([
      anIncident('a', 0, { id: '1' }),
      anIncident('a', 0, { id: '2', ...kill }),
      anIncident('a', 0, { id: '3', workspace: 'api' }),
      anIncident('a', 90_000, { id: '4', ...kill }),
      anIncident('b', 0, { id: '5', workspace: 'web' }),
    ]);
    expect(found.map(({ id, workspace }) => [id, workspace])).toEqual([
      ['1', 'api'],
      ['5', 'web'],
      ['2', undefined],
      ['4', undefined],
    ]);
  });

  it('are one kill where they lie some seconds apart, and two where they do not', () => {
    const kill = { cause: 'out-of-memory-child', endsSandbox: false } as const;
    const found = onceEach([
      anIncident('a', 300_000, { id: 'later', ...kill }),
      anIncident('a', 101_500, { id: 'one window', ...kill }),
      anIncident('a', 101_000, { id: 'another kind', cause: 'agent-down', endsSandbox: false }),
      anIncident('b', 100_500, { id: 'another sandbox', ...kill }),
      anIncident('a', 100_000, { id: 'the other window', workspace: 'api', ...kill }),
    ]);
    expect(found.map(({ id, workspace }) => [id, workspace])).toEqual([
      ['later', undefined],
      ['one window', 'api'],
      ['another kind', undefined],
      ['another sandbox', undefined],
    ]);
  });
});
