import { describe, expect, it } from 'vitest';
import { defaultHeap } from '../../../src/model/heap-defaults.ts';

const mebibyte = 1024 ** 2;

describe('heap limits that nobody set', () => {
  // Node.js 24 in control groups of 128 and 512 MiB: v8.getHeapStatistics().heap_size_limit. The rest is V8's rule.
  it.each([
    [128, 259],
    [512, 259],
    [1024, 512],
    [8 * 1024, 2048],
    [24 * 1024, 4096],
  ])('node in %i MiB takes %i', (memory, heap) => {
    expect(defaultHeap('node', memory * mebibyte)).toEqual({ limitBytes: heap * mebibyte, source: 'default of node' });
  });

  // What `java -XX:MaxRAM=…m -XX:+PrintFlagsFinal -version` of OpenJDK 17 calls MaxHeapSize.
  it.each([
    [100, 50],
    [200, 100],
    [256, 126],
    [400, 126],
    [512, 128],
    [640, 160],
    [2048, 512],
  ])('java in %i MiB takes %i', (memory, heap) => {
    expect(defaultHeap('java', memory * mebibyte)).toEqual({ limitBytes: heap * mebibyte, source: 'default of java' });
  });
});
