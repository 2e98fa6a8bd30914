import { describe, expect, it } from 'vitest';
import { WordOrder } from '../../../src/app/word-order.ts';

describe('the words of a server', () => {
  it('are heard in the order of their questions', () => {
    const order = new WordOrder(10);
    const heard = ([5, 10, 30, 20, 31] as const).map((atMs) => order.accepts(atMs, 100));
    expect(heard).toEqual([false, true, true, false, true]);
    expect(order.newestMs).toBe(31);
  });

  it('are heard at once when the clock was set back', () => {
    const order = new WordOrder(100);
    expect(order.accepts(40, 41)).toBe(true);
    expect(order.accepts(39, 41)).toBe(false);
  });
});
