import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import { Leash } from '../../../src/net/leash.ts';
import { ManualClock } from './support.ts';

describe('Leash', () => {
  it('is cut by the outer signal, before or after it was made', () => {
    expect(new Leash(AbortSignal.abort()).problem).toMatchObject({ kind: 'aborted' });
    const controller = new AbortController();
    const leash = new Leash(controller.signal);
    expect(leash.problem).toBeNull();
    controller.abort();
    expect(leash.problem).toMatchObject({ kind: 'aborted' });
    expect(leash.signal.reason).toBe(leash.problem);
  });

  it('is cut by its limit, which a later one replaces and unlimit takes away', () => {
    const clock = new ManualClock();
    const leash = new Leash(undefined, clock);
    leash.limit(10, 'first');
    leash.limit(20, 'second');
    clock.advance(15);
    expect(leash.problem).toBeNull();
    leash.unlimit();
    clock.advance(100);
    expect(leash.problem).toBeNull();
    leash.limit(5, 'third');
    clock.advance(5);
    expect(leash.problem).toMatchObject({ kind: 'timeout', message: 'third' });
  });

  it('keeps the first reason', () => {
    const leash = new Leash(undefined);
    leash.cut(new Problem('silent', 'a'));
    leash.cut(new Problem('aborted', 'b'));
    expect(leash.problem?.kind).toBe('silent');
  });

  it('leaves nothing behind on the outer signal and the clock', () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const ended = new Leash(signal, clock);
    ended.limit(10, 'x');
    ended.release();
    const cut = new Leash(signal, clock);
    cut.limit(10, 'x');
    cut.cut(new Problem('aborted', 'x'));
    cut.limit(10, 'x');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(clock.waiting).toBe(0);
  });
});
