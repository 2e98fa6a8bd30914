import { describe, expect, it } from 'vitest';
import { planWatch, type Watchable } from '../../../src/app/watch-plan.ts';

const running = (id: string, parts: Partial<Watchable> = {}): Watchable => ({
  id,
  phase: 'running',
  createdAtMs: Number(id),
  watched: true,
  warned: false,
  flows: true,
  ...parts,
});

describe('the watch plan', () => {
  it('does not let go of one that is warned of for a new current one, however old it is', () => {
    const larger = running('9', { watched: false, flows: false });
    const sandboxes = [running('1', { warned: true }), running('2'), running('3'), larger];
    expect([...planWatch(sandboxes, '9', 3)]).toEqual(['9', '1', '3']);
  });

  it('does not cut a stream for one that was warned of and is not measured', () => {
    expect([...planWatch([running('1'), running('2', { warned: true, watched: false })], null, 1)]).toEqual(['1']);
  });
});
