import { expect, it } from 'vitest';
import { heapText } from '../../../src/editor/text/process-text.ts';

const mebibyte = 1024 ** 2;

it('tells the use of a heap where it is known, else its limit', () => {
  const heapLimit = { limitBytes: 128 * mebibyte, source: '-Xmx' };
  const heap = { usedBytes: 62 * mebibyte, limitBytes: 118 * mebibyte };
  expect(heapText({ heapLimit: null })).toBe('');
  expect(heapText({ heapLimit })).toBe('heap limit 128 MiB');
  expect(heapText({ heapLimit, heap })).toBe('heap 62 MiB of 118 MiB');
  expect(heapText({ heapLimit, heap: { ...heap, addresses: true } })).toBe('addresses 62 MiB of 118 MiB (ulimit -v)');
  expect(heapText({ heapLimit: null, heap: { ...heap, unchecked: true } })).toBe('heap at most 62 MiB of 118 MiB');
});
