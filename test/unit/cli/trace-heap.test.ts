import { describe, expect, it } from 'vitest';
import { heapLimitsOf } from '../../../src/cli/trace-heap.ts';

const mebibyte = 1024 * 1024;

describe('heap limits from a command line', () => {
  it.each([
    ['node --max-old-space-size=200 app.js', {}, '--max-old-space-size', 200],
    ['export NODE_OPTIONS=--max_old_space_size=700; node tsc; node tsc', {}, '--max-old-space-size', 700],
    ['npm test', { NODE_OPTIONS: '--max-old-space-size=300' }, '--max-old-space-size', 300],
    ['exec node app.js', {}, 'default of node', 512],
    ['java -Xms64m -Xmx256m App', {}, '-Xmx', 256],
    ['java -Xmx1g App', {}, '-Xmx', 1024],
    ['java App', { JAVA_TOOL_OPTIONS: '-XX:MaxRAMPercentage=50.0' }, '-XX:MaxRAMPercentage', 512],
    ['java App', {}, 'default of java', 256],
    ['./server', { GOMEMLIMIT: '100MiB' }, 'GOMEMLIMIT', 100],
    ['ulimit -v 204800; ./tool', {}, 'ulimit -v', 200],
  ])('%s', (command, env, source, mebibytes) => {
    expect(heapLimitsOf(command, env as Record<string, string>, 1024 * mebibyte)[0]?.limit).toEqual({
      limitBytes: mebibytes * mebibyte,
      source,
    });
  });

  it.each([
    [128, 259],
    [512, 259],
    [1024, 512],
    [8192, 2048],
    [32_768, 4096],
  ])('in %d MiB is %d MiB by default of Node.js', (memory, heap) => {
    expect(heapLimitsOf('node app.js', {}, memory * mebibyte)[0]?.limit.limitBytes).toBe(heap * mebibyte);
  });

  it('are none where nothing sets one', () => {
    expect(heapLimitsOf('python3 nodes.py --java', {}, 1024 * mebibyte)).toEqual([]);
    expect(heapLimitsOf('node app.js', {}, null)).toEqual([]);
  });
});
