import { describe, expect, it } from 'vitest';
import { TextTail } from '../../../../src/cli/recording/text-tail.ts';

describe('the end of a text', () => {
  it('is all that is kept', () => {
    const tail = new TextTail(6);
    tail.add('abcd');
    tail.add('efgh');
    expect(tail.text).toBe('cdefgh');
    expect(tail.last(3)).toBe('fgh');
    expect(tail.last(30)).toBe('cdefgh');
  });
});
