import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogReader } from '../../../src/diagnosis/log-reader.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { eventOf } from '../../helpers/error-samples.ts';

const readIn = (text: string, size: number): string => {
  const reader = new LogReader();
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  return reader.text();
};

const log = (lines: number): string =>
  `${Array.from({ length: lines }, (_, index) => `[${index}] built page-${index}.tsx`).join('\n')}\n`;

const patternOf = (text: string): string | null =>
  recognise(eventOf({ text, exitCode: 1, command: 'make' }))?.pattern ?? null;

describe('reading a long output', () => {
  it('keeps a short one as it is, wherever it was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]{0,30}$/), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (lines, size) => {
          const text = lines.join('\n');
          expect(readIn(text, size).trimEnd()).toBe(text.trimEnd());
        },
      ),
    );
  });

  it.each([100, 4_096, 65_536])('finds an error in the middle, in pieces of %i', (size) => {
    const text = `${log(6_000)}tar: x: Cannot write: No space left on device\n${log(6_000)}`;
    const kept = readIn(text, size);
    expect(kept.length).toBeLessThan(60_000);
    expect(patternOf(kept)).toBe('disk-full');
    // Of so long a text only both ends are looked at directly.
    expect(patternOf(text)).toBeNull();
  });

  it('finds an error in the middle of a line without an end', () => {
    const text = `${'x'.repeat(300_000)} write: no space left on device ${'y'.repeat(300_000)}`;
    const kept = readIn(text, 65_536);
    expect(kept.length).toBeLessThan(20_000);
    expect(patternOf(kept)).toBe('disk-full');
  });

  it('does not grow with what it reads', () => {
    const reader = new LogReader();
    for (let index = 0; index < 200; index++) reader.push(`${'error: failed\n'.repeat(500)}${'z'.repeat(5_000)}`);
    expect(reader.text().length).toBeLessThan(2_500_000);
    const progress = new LogReader();
    for (let index = 0; index < 2_000; index++) progress.push(`\r${index} %`.repeat(100));
    expect(progress.text().length).toBeLessThan(20_000);
  });
});
