import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/history/entries.ts';
import { formatLine, parseLine, parseSegmentName, segmentFile } from '../../../src/history/json-lines/segment.ts';

const record: Entry = {
  ...{ k: 'record', kind: 'warning', sandboxId: 'sb\n"1', id: 'w-1', ref: null, atMs: 5 },
  data: '{"a":[1,"x"]}',
};
const peak: Entry = { k: 'peak', key: 'npm ci', peakBytes: 5, atMs: 6 };

describe('a line of a segment', () => {
  it.each([record, peak, { k: 'withdraw', id: 'i-1' }] satisfies Entry[])('is read as it was written', (entry) => {
    const line = formatLine({ writtenMs: 7, entry });
    expect(line).not.toContain('\n');
    expect(parseLine(line)).toEqual({ writtenMs: 7, entry });
  });

  it('shows its data as JSON and not as a text in JSON', () => {
    expect(JSON.parse(formatLine({ writtenMs: 7, entry: record }))).toMatchObject({ w: 7, data: { a: [1, 'x'] } });
  });

  it('is nothing when it was torn or is not known', () => {
    const line = formatLine({ writtenMs: 7, entry: record });
    for (let length = 0; length < line.length; length += 1) expect(parseLine(line.slice(0, length))).toBeNull();
    expect(parseLine(line.replace('"record"', '"later"'))).toBeNull();
    expect(parseLine(line.replace('"warning"', '"later"'))).toBeNull();
    expect(parseLine('null')).toBeNull();
  });
});

describe('the name of a segment', () => {
  it('tells what is in it', () => {
    const file = segmentFile('packs10000', 123.4, 'abc', 2);
    expect(parseSegmentName(file)).toEqual({ file, class: 'packs10000', createdMs: 123, owner: 'abc' });
  });

  it.each(['x.jsonl', 'ledger-1-a-1.jsonl.new', '../ledger-1-a-1.jsonl', 'probe-abc'])('is not %j', (file) =>
    expect(parseSegmentName(file)).toBeNull(),
  );
});
