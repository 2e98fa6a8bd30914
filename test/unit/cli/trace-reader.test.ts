import { expect, it } from 'vitest';
import type { TraceFile } from '../../../src/cli/trace-file.ts';
import { traceRows } from '../../../src/cli/trace-reader.ts';

const rowOf = (columns: readonly string[], row: readonly string[]) => {
  const trace = {
    id: 'x',
    columns,
    rows: [row],
    endsAtMs: Number.POSITIVE_INFINITY,
    command: 'java -Xmx64m App',
    env: {},
    limits: { memoryBytes: 2 ** 28, cpus: 1, pids: null, files: null },
  } satisfies Partial<TraceFile>;
  const [first] = [...traceRows(trace as unknown as TraceFile)];
  const sample = first?.events.find(({ kind }) => kind === 'sample');
  return sample?.kind === 'sample' ? sample.processes : undefined;
};

it('reads what processes tell of their heaps beside the list of processes', () => {
  const columns = ['t_ms', 'top_processes', 'heap_processes'];
  const list = '7:1:java:100:5000;8:1:java:100:4000;9:1:sh:100:10';
  const heaps = '7:600:1000;8:5:20:unchecked;x:1:2;9:-1:5;9:3;11:1:2';
  expect(rowOf(columns, ['0', list, heaps])?.map(({ pid, heap }) => [pid, heap])).toEqual([
    [7, { usedBytes: 600, limitBytes: 1000 }],
    [8, { usedBytes: 5, limitBytes: 20, unchecked: true }],
    [9, undefined],
  ]);
});

it('reads a trace without that column, or with an empty cell, as before', () => {
  const processes = rowOf(['t_ms', 'top_processes'], ['0', '7:1:java:100:5000']);
  expect(processes).toHaveLength(1);
  expect(processes?.[0]).not.toHaveProperty('heap');
  expect(rowOf(['t_ms', 'top_processes', 'heap_processes'], ['0', '7:1:java:100:5000', ''])).toEqual(processes);
});
