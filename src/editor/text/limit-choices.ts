import {
  type HeapRuntime,
  heapRuntimes,
  heapShares,
  heapVariable,
  jobVariables,
  runtimeNames,
  type TerminalVariable,
  wholeHeap,
} from '../../model/terminal-limits.ts';
import { formatBytes, formatPercent } from './format.ts';

/** One choice for the person. */
interface LimitChoice {
  readonly label: string;
  readonly description: string;
  readonly variables: readonly TerminalVariable[];
}

export interface HeapChoice extends LimitChoice {
  readonly heap: { readonly runtime: HeapRuntime; readonly limitBytes: number };
}

export interface JobsChoice extends LimitChoice {
  readonly jobs: number;
}

/** Heap limits below the limit of memory, per runtime; a program that reaches its own limit says so, where the kernel only kills. */
export const heapChoices = (limitBytes: number): readonly HeapChoice[] =>
  heapRuntimes.flatMap((runtime) =>
    heapShares.map((share) => {
      const heapBytes = wholeHeap(limitBytes * share);
      const set = heapVariable(runtime, heapBytes);
      return {
        label: `${runtimeNames[runtime]}: at most ${formatBytes(heapBytes)}`,
        description: `${formatPercent(share)} of ${formatBytes(limitBytes)} · ${set.name}=${set.value.trim()}`,
        variables: [set],
        heap: { runtime, limitBytes: heapBytes },
      };
    }),
  );

/** Fewer jobs at a time than there are processors. @param cores what this place may use. */
export const parallelismChoices = (cores: number): readonly JobsChoice[] => {
  const most = Math.max(1, Math.floor(cores));
  const wanted = [...new Set([Math.max(1, Math.floor(most / 2)), 1])];
  return wanted.map((jobs) => ({
    label: jobs === 1 ? 'One job at a time' : `${jobs} jobs at a time`,
    description: `instead of up to ${most} · make, CMake, Cargo, Go, pytest, Vitest, Nx, Turborepo`,
    variables: jobVariables(jobs),
    jobs,
  }));
};
