import { describe, expect, it } from 'vitest';
import { JsonStreamDecoder, type StreamItem } from '../../../src/net/stream-format.ts';

const decode = (text: string, maxLineBytes?: number): StreamItem[] => {
  const decoder = new JsonStreamDecoder({ maxLineBytes });
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
};
const values = (items: StreamItem[]) => items.map((item) => (item.kind === 'value' ? item.value : item.reason));

describe('JsonStreamDecoder', () => {
  it('reads the lines of execd: JSON and a blank line', () => {
    const text = '{"type":"init","text":"s1"}\n\n{"type":"stdout","text":"a\\nb"}\n\n{"type":"ping","text":"pong"}\n\n';
    expect(values(decode(text))).toEqual([
      { type: 'init', text: 's1' },
      { type: 'stdout', text: 'a\nb' },
      { type: 'ping', text: 'pong' },
    ]);
  });

  it('joins the data lines of one frame with a line feed', () => {
    expect(values(decode('data: {"a":\ndata: 1,\ndata:"b":[2\ndata\ndata: ]}\n\n'))).toEqual([{ a: 1, b: [2] }]);
  });

  it('delivers a data line that is whole by itself without waiting for the blank line', () => {
    const decoder = new JsonStreamDecoder();
    expect(values(decoder.push(Buffer.from('data: {"n":1}\n')))).toEqual([{ n: 1 }]);
    expect(values(decoder.push(Buffer.from('data: {"n":2}\n\n')))).toEqual([{ n: 2 }]);
    expect(decoder.end()).toEqual([]);
  });

  it('ignores comments and the other fields', () => {
    expect(values(decode(': ping\nevent: x\nid\nretry: 3\n{"n":1}\n:\n'))).toEqual([{ n: 1 }]);
  });

  it('reads arrays and plain values too, and empty data is nothing', () => {
    expect(values(decode('[1]\n"x"\n5\nnull\ndata:\n\ndata: \n\n'))).toEqual([[1], 'x', 5, null]);
  });

  it('reports what is not JSON and goes on', () => {
    const items = decode('<html>\n{"n":1}\ndata: {"n":\n\n{"n":2}\n{broken}\n');
    expect(values(items)).toEqual(['not-json', { n: 1 }, 'not-json', { n: 2 }, 'not-json']);
  });

  it('quotes only a short, redacted beginning of what it could not read', () => {
    const [item] = decode(`oops ghp_${'a1'.repeat(18)} ${'x'.repeat(5_000)}\n`);
    expect(item).toMatchObject({ kind: 'bad', message: expect.stringContaining('[redacted]') });
    expect(item?.kind === 'bad' && item.message.length).toBeLessThan(200);
    expect(JSON.stringify(item)).not.toContain('a1a1');
  });

  it('delivers a last line without an end when it is whole, as execd sends it after its timeout', () => {
    const decoder = new JsonStreamDecoder();
    decoder.push(Buffer.from('{"n":1}\n{"code":"RUNTIME_ERROR","message":"timeout after 1s"}'));
    expect(values(decoder.end())).toEqual([{ code: 'RUNTIME_ERROR', message: 'timeout after 1s' }]);
    expect(decoder.endedMidLine).toBe(true);
  });

  it('reports a last line that is cut off', () => {
    const decoder = new JsonStreamDecoder();
    decoder.push(Buffer.from('data: {"n":1}\n\n{"n":'));
    expect(values(decoder.end())).toEqual(['not-json']);
    expect(decoder.endedMidLine).toBe(true);
  });

  it('caps a line and a frame of many lines', () => {
    const long = `data: ${'1'.repeat(60)}{\n`;
    expect(values(decode(`${'x'.repeat(101)}\n{"n":1}\n`, 100))).toEqual(['too-long', { n: 1 }]);
    expect(values(decode(`${long}${long}${long}\n{"n":1}\n`, 100))).toEqual(['too-long', { n: 1 }]);
  });
});
