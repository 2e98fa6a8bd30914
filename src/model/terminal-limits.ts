import type { HeapLimit } from './sample.ts';

/** One change to the environment of new terminals. */
export interface TerminalVariable {
  readonly name: string;
  readonly value: string;
  /** Added behind what the variable holds already, instead of in its place. */
  readonly appended: boolean;
}

/** Programs that read a heap limit from their environment. */
export const heapRuntimes = ['node', 'java', 'go'] as const;

export type HeapRuntime = (typeof heapRuntimes)[number];

export const runtimeNames: Readonly<Record<HeapRuntime, string>> = { node: 'Node.js', java: 'Java', go: 'Go' };

const mebibyte = 1024 ** 2;
const leastMegabytes = 64;

/** A limit as the runtimes take it: whole mebibytes, and never so small that nothing starts. */
export const wholeHeap = (bytes: number): number => Math.max(leastMegabytes, Math.floor(bytes / mebibyte)) * mebibyte;

/** @returns the variable that gives a runtime's programs this heap limit. */
export const heapVariable = (runtime: HeapRuntime, limitBytes: number): TerminalVariable => {
  const megabytes = wholeHeap(limitBytes) / mebibyte;
  switch (runtime) {
    case 'node':
      return { name: 'NODE_OPTIONS', value: ` --max-old-space-size=${megabytes}`, appended: true };
    case 'java':
      return { name: 'JAVA_TOOL_OPTIONS', value: ` -Xmx${megabytes}m`, appended: true };
    case 'go':
      return { name: 'GOMEMLIMIT', value: `${megabytes}MiB`, appended: false };
  }
};

/** A heap is not all that a process needs, and it is not alone. */
export const heapShares: readonly number[] = [0.75, 0.6, 0.4];

/** Tools that take their number of jobs from a variable. */
const jobTools: readonly (readonly [name: string, value: (jobs: number) => string])[] = [
  ['MAKEFLAGS', (jobs) => `-j${jobs}`],
  ['CMAKE_BUILD_PARALLEL_LEVEL', String],
  ['CARGO_BUILD_JOBS', String],
  ['GOMAXPROCS', String],
  ['PYTEST_XDIST_AUTO_NUM_WORKERS', String],
  ['VITEST_MAX_WORKERS', String],
  ['NX_PARALLEL', String],
  ['TURBO_CONCURRENCY', String],
];

/** @returns the variables that let known tools run so many jobs at a time. */
export const jobVariables = (jobs: number): readonly TerminalVariable[] =>
  jobTools.map(([name, value]) => ({ name, value: value(jobs), appended: false }));

/** The runtime of a process, by the flag its heap limit was read from, else by its name; null for every other program. */
export const heapRuntimeOf = (process: {
  readonly name: string;
  readonly heapLimit: HeapLimit | null;
}): HeapRuntime | null => {
  const { name, heapLimit } = process;
  const source = heapLimit?.source ?? '';
  if (/max-old-space-size/.test(source) || /^(?:node|electron|tsserver|next-server)/.test(name)) return 'node';
  if (/-Xmx|-XX:/.test(source) || /^java\d*$/.test(name)) return 'java';
  return /GOMEMLIMIT/.test(source) ? 'go' : null;
};
