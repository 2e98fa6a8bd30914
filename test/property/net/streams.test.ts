import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDecoder, type LineOutcome } from '../../../src/net/lines.ts';
import { JsonStreamDecoder, type StreamItem } from '../../../src/net/stream-format.ts';

const cut = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
};

const lines = (chunks: Uint8Array[], maxLineBytes?: number): LineOutcome[] => {
  const decoder = new LineDecoder({ maxLineBytes });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
};

const items = (chunks: Uint8Array[], maxLineBytes?: number): StreamItem[] => {
  const decoder = new JsonStreamDecoder({ maxLineBytes });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
};

const values = (all: StreamItem[]) => all.map((item) => (item.kind === 'value' ? item.value : item));

/** Bytes full of what matters: line ends, parts of characters, a byte order mark, bytes that are never UTF-8. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        [10],
        [13],
        [13, 10],
        [0xef, 0xbb, 0xbf],
        [0xf0, 0x9f, 0x99, 0x82],
        [0xc3],
        [0xe2, 0x82],
        [0xff],
        [0x61],
      ),
      fc.array(fc.nat(255), { maxLength: 6 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));
const cuts = fc.array(fc.nat(1_000), { maxLength: 12 });

const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !Object.is(value, -0));

describe('LineDecoder, for any bytes', () => {
  it('gives the same lines in any chunking', () => {
    fc.assert(
      fc.property(bytes, cuts, fc.integer({ min: 1, max: 30 }), (data, places, cap) => {
        expect(lines(cut(data, places))).toEqual(lines([data]));
        expect(lines(cut(data, places), cap)).toEqual(lines([data], cap));
        expect(
          lines(
            [...data].map((byte) => Uint8Array.of(byte)),
            cap,
          ),
        ).toEqual(lines([data], cap));
      }),
    );
  });

  it('gives what splitting the decoded text gives', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const whole = new TextDecoder().decode(data).split(/\r\n|\r|\n/);
        if (whole.at(-1) === '') whole.pop();
        const texts = lines([data]).map((one) => (one.kind === 'line' ? one.text : null));
        // A lone byte order mark is a line of nothing that never ended; splitting does not count it.
        if (data.length === 3 && data[0] === 0xef && whole.length === 0) whole.push('');
        expect(texts).toEqual(whole);
      }),
    );
  });

  it('accounts for every byte of the lines it drops', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 12 }), cuts, (lengths, places) => {
        const data = Buffer.from(lengths.map((length) => `${'x'.repeat(length)}\n`).join(''));
        const seen = lines(cut(data, places), 20).map((one) =>
          one.kind === 'line' ? one.text.length : one.droppedBytes,
        );
        expect(seen).toEqual(lengths);
      }),
    );
  });
});

describe('JsonStreamDecoder, for any values', () => {
  /** Every way a server may write one value. */
  const written = fc.tuple(json, fc.nat(5), fc.constantFrom('\n', '\r\n', '\r')).map(([value, way, end]) => {
    const compact = JSON.stringify(value);
    const pretty = JSON.stringify(value, null, 1)
      .split('\n')
      .map((line) => `data: ${line}${end}`)
      .join('');
    const forms = [
      `${compact}${end}`,
      `${compact}${end}${end}`,
      `data: ${compact}${end}${end}`,
      `data:${compact}${end}${end}`,
      `event: sample${end}id: 1${end}data: ${compact}${end}: comment${end}${end}`,
      `${pretty}${end}`,
    ];
    return { value: JSON.parse(compact) as unknown, text: forms[way] ?? '' };
  });

  it('reads every framing, mixed, in any chunking', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 8 }), cuts, (all, places) => {
        const data = Buffer.from(all.map(({ text }) => text).join(''));
        const expected = all.map(({ value }) => value);
        expect(values(items([data]))).toEqual(expected);
        expect(values(items(cut(data, places)))).toEqual(expected);
      }),
    );
  });

  it('never throws and never depends on the chunking, whatever comes', () => {
    fc.assert(
      fc.property(bytes, cuts, fc.integer({ min: 1, max: 30 }), (data, places, cap) => {
        expect(items(cut(data, places), cap)).toEqual(items([data], cap));
      }),
    );
  });
});
