import { describe, expect, it } from 'vitest';
import { LineDecoder, type LineOutcome } from '../../../src/net/lines.ts';

const decode = (chunks: (string | Uint8Array)[], maxLineBytes?: number): LineOutcome[] => {
  const decoder = new LineDecoder({ maxLineBytes });
  const outcomes = chunks.flatMap((chunk) => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return [...outcomes, ...decoder.end()];
};
const texts = (outcomes: LineOutcome[]) => outcomes.map((one) => (one.kind === 'line' ? one.text : one));

describe('LineDecoder', () => {
  it('ends lines at LF, CRLF and a lone CR', () => {
    expect(texts(decode(['a\nb\r\nc\rd\n\ne\r\r\nf\n']))).toEqual(['a', 'b', 'c', 'd', '', 'e', '', 'f']);
  });

  it('takes CR and LF in two chunks for one end, and delivers the line at the CR', () => {
    const decoder = new LineDecoder();
    expect(texts(decoder.push(Buffer.from('a\r')))).toEqual(['a']);
    expect(texts(decoder.push(Buffer.from('\nb\r')))).toEqual(['b']);
    expect(texts(decoder.push(Buffer.from('c\n')))).toEqual(['c']);
    expect(decoder.end()).toEqual([]);
  });

  it('puts characters together that are split over chunks, byte by byte', () => {
    const bytes = Buffer.from('größer 🙂 日本\n');
    expect(texts(decode([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(['größer 🙂 日本']);
  });

  it('drops a byte order mark at the start only', () => {
    const mark = Uint8Array.of(0xef, 0xbb, 0xbf);
    expect(texts(decode([mark.subarray(0, 1), mark.subarray(1), 'a\n', mark, 'b\n']))).toEqual(['a', '\ufeffb']);
  });

  it('turns bytes that are not UTF-8 into U+FFFD', () => {
    expect(texts(decode([Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82, 0x0a)]))).toEqual(['a\ufffdb', '\ufffd']);
  });

  it('flags a last line without an end', () => {
    expect(decode(['a\nb'])).toEqual([
      { kind: 'line', text: 'a', terminated: true },
      { kind: 'line', text: 'b', terminated: false },
    ]);
    expect(decode(['a\n'])).toHaveLength(1);
    expect(decode(['a\r'])).toEqual([{ kind: 'line', text: 'a', terminated: true }]);
    expect(decode([])).toEqual([]);
  });

  it('drops a line over the cap, says how long it was, and goes on', () => {
    const expected = [
      { kind: 'line', text: '12345678', terminated: true },
      { kind: 'too-long', droppedBytes: 9, terminated: true },
      { kind: 'line', text: 'ok', terminated: true },
      { kind: 'too-long', droppedBytes: 20, terminated: false },
    ];
    const text = `12345678\n123456789\nok\n${'x'.repeat(20)}`;
    expect(decode([text], 8)).toEqual(expected);
    expect(decode([...text], 8)).toEqual(expected);
  });

  it('keeps lines of exactly 1 MiB by default and holds no more than that', () => {
    const mebibyte = 'x'.repeat(1024 * 1024);
    const outcomes = decode([mebibyte, '\n', mebibyte, 'y\n', 'z\n']);
    expect(outcomes.map((one) => (one.kind === 'line' ? one.text.length : one.droppedBytes))).toEqual([
      1024 * 1024,
      1024 * 1024 + 1,
      1,
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['line', 'too-long', 'line']);
  });

  it('does not keep the chunk it was given', () => {
    const chunk = Buffer.from('abc');
    const decoder = new LineDecoder();
    decoder.push(chunk);
    chunk.fill(0x78);
    expect(texts(decoder.push(Buffer.from('d\n')))).toEqual(['abcd']);
  });

  it('looks at every byte a fixed number of times', () => {
    // Counts the bytes that are searched instead of measuring time: a second look at the rest of the chunk for every
    // line would make it the square.
    const size = 20_000;
    class Counting extends Uint8Array {
      searched = 0;
      override indexOf(value: number, from = 0): number {
        const found = super.indexOf(value, from);
        this.searched += (found === -1 ? this.length : found) - from + 1;
        return found;
      }
    }
    for (const text of ['\n'.repeat(size), '\r\n'.repeat(size / 2), `${'a\n'.repeat(size / 2 - 1)}\r\n`]) {
      const chunk = new Counting(Buffer.from(text));
      new LineDecoder().push(chunk);
      expect(chunk.searched).toBeGreaterThan(0);
      expect(chunk.searched).toBeLessThan(chunk.length * 4);
    }
  });
});
