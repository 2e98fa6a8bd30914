import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceText } from '../../../../../src/app/error-fixes/edits/difference.ts';

describe('what is different between two texts', () => {
  it('is the lines that go and those that come', () => {
    expect(differenceText('a\n  b\nc\n', 'a\n  x\n  y\nc\n')).toBe('−   b\n+   x\n+   y');
    expect(differenceText('', 'a\nb\n')).toBe('+ a\n+ b');
    expect(differenceText('a\n', 'a\nb\n')).toBe('+ b');
    expect(differenceText('a', 'a\r\nb\r\n')).toBe('+ b');
    expect(differenceText('a\na\n', 'a\n')).toBe('− a');
  });

  it('is short and of one line each, whatever the texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = differenceText(before, after).split('\n');
        expect(lines.length).toBeLessThanOrEqual(26);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(170);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
    const long = differenceText('', 'x\n'.repeat(50));
    expect(long.split('\n').at(-1)).toBe('… 38 more lines');
  });
});
