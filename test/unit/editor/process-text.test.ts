import { expect, it } from 'vitest';
import { heapText } from '../../../src/editor/text/process-text.ts';

const mebibyte = 1024 ** 2;

it('tells the use of a heap where it is known, else its limit', () => {
  const heapLimit = { limitBytes: 128 * mebibyte, source: '-Xmx' };
  const rssBytes = 90 * mebibyte;
  const heap = { usedBytes: 62 * mebibyte, limitBytes: 118 * mebibyte };
  expect(heapText({ rssBytes, heapLimit: null })).toBe('');
  expect(heapText({ rssBytes, heapLimit })).toBe('heap limit 128 MiB');
  expect(heapText({ rssBytes, heapLimit, heap })).toBe('heap 62 MiB of 118 MiB');
  expect(heapText({ rssBytes, heapLimit, heap: { ...heap, addresses: true } })).toBe(
    'addresses 62 MiB of 118 MiB (ulimit -v)',
  );
  expect(heapText({ rssBytes, heapLimit: null, heap: { ...heap, unchecked: true } })).toBe(
    'heap at most 62 MiB of 118 MiB',
  );
});

it('tells of a limit that nobody set where the process would end, as the chart beside it does', () => {
  const heapLimit = { limitBytes: 259 * mebibyte, source: 'default of node' };
  expect(heapText({ rssBytes: 240 * mebibyte, heapLimit })).toBe('heap full at about 296 MiB');
  // It holds more than such a heap could: the guess was wrong.
  expect(heapText({ rssBytes: 400 * mebibyte, heapLimit })).toBe('');
});
