import { describe, expect, it } from 'vitest';
import { classifyText, type Fullness, isStalled, stallMs } from '../../../../src/cli/recording/breaks.ts';

const roomy: Fullness = { disk: 0.3, freeInodes: 1_000, openFiles: 0.1, refusedTasks: 0 };
const full = { disk: 1, openFiles: 1, refusedTasks: 4 };
const unknown: Fullness = { disk: null, freeInodes: null, openFiles: null, refusedTasks: null };

const v8 =
  '<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
const java = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat App.main(App.java:35)\n';
const javaThreads =
  'Exception in thread "main" java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory\n';

describe('error output', () => {
  it.each([
    ['v8_heap_oom', v8],
    ['java_oom', java],
    ['java_oom', 'Caused by: java.lang.OutOfMemoryError: GC overhead limit exceeded\n'],
    ['fork_fail', javaThreads],
    ['fork_fail', 'sh: 1: Cannot fork\n'],
    ['fork_fail', 'bash: fork: retry: Resource temporarily unavailable\n'],
    ['fork_fail', 'BlockingIOError: [Errno 11] Resource temporarily unavailable\n'],
    ['fork_fail', "RuntimeError: can't start new thread\n"],
    ['fork_fail', 'Error: spawn node EAGAIN\n'],
    ['fork_fail', 'runtime: failed to create new OS thread (have 60 already; errno=11)\n'],
    ['emfile', "Error: EMFILE: too many open files, open 'x'\n"],
    ['emfile', "OSError: [Errno 24] Too many open files: 'f3'\n"],
    ['enospc', "dd: error writing 'b': No space left on device\n"],
    ['enospc', 'Error: near line 2: database or disk is full\n'],
    ['enospc', 'tar: out.tar: Wrote only 4096 of 10240 bytes\n'],
  ])('says %s when the counters agree or are unknown: %s', (kind, text) => {
    expect(classifyText(text, { ...roomy, ...full })).toEqual({ kind, confirmed: true });
    expect(classifyText(text, unknown)).toEqual({ kind, confirmed: true });
  });

  it.each([
    ['enospc', 'cp: No space left on device\n'],
    ['emfile', 'Too many open files\n'],
    ['fork_fail', 'sh: 1: Cannot fork\n'],
    ['fork_fail', javaThreads],
  ])('is not believed about %s while there is room', (kind, text) => {
    expect(classifyText(text, roomy)).toEqual({ kind, confirmed: false });
  });

  it('is believed about a disk that has run out of inodes', () => {
    expect(classifyText('No space left on device', { ...roomy, freeInodes: 0 })).toEqual({
      kind: 'enospc',
      confirmed: true,
    });
  });

  it('is not a break when a linter or a test quotes such a text', () => {
    expect(classifyText("  64 │ ['JavaScript heap out of memory', v8],\n", roomy)).toBeNull();
    expect(classifyText('  expect(text).toContain("java.lang.OutOfMemoryError: Java heap space")\n', roomy)).toBeNull();
    expect(classifyText('warning: 3 files were not formatted\n', { ...roomy, ...full })).toBeNull();
  });
});

describe('a heartbeat', () => {
  it('stalls only after it was there', () => {
    expect(isStalled(null)).toBe(false);
    expect(isStalled(stallMs - 1)).toBe(false);
    expect(isStalled(stallMs)).toBe(true);
  });
});
