import { formatBytes, formatPercent } from './format.ts';

/** One change to the environment of new terminals. */
export interface TerminalVariable {
  readonly name: string;
  readonly value: string;
  /** Added behind what the variable holds already, instead of in its place. */
  readonly appended: boolean;
}

/** One choice for the person. */
export interface LimitChoice {
  readonly label: string;
  readonly description: string;
  readonly variables: readonly TerminalVariable[];
}

const mebibyte = 1024 ** 2;

interface Runtime {
  readonly name: string;
  readonly variable: (megabytes: number) => TerminalVariable;
}

const runtimes: readonly Runtime[] = [
  {
    name: 'Node.js',
    variable: (megabytes) => ({ name: 'NODE_OPTIONS', value: ` --max-old-space-size=${megabytes}`, appended: true }),
  },
  {
    name: 'Java',
    variable: (megabytes) => ({ name: 'JAVA_TOOL_OPTIONS', value: ` -Xmx${megabytes}m`, appended: true }),
  },
  { name: 'Go', variable: (megabytes) => ({ name: 'GOMEMLIMIT', value: `${megabytes}MiB`, appended: false }) },
];

/** A heap is not all that a process needs, and it is not alone. */
const shares = [0.75, 0.6, 0.4];

/** Heap limits below the limit of memory, per runtime; a program that reaches its own limit says so, where the kernel only kills. */
export const heapChoices = (limitBytes: number): readonly LimitChoice[] =>
  runtimes.flatMap(({ name, variable }) =>
    shares.map((share) => {
      const megabytes = Math.max(64, Math.floor((limitBytes * share) / mebibyte));
      const set = variable(megabytes);
      return {
        label: `${name}: at most ${formatBytes(megabytes * mebibyte)}`,
        description: `${formatPercent(share)} of ${formatBytes(limitBytes)} · ${set.name}=${set.value.trim()}`,
        variables: [set],
      };
    }),
  );

/** Tools that take their number of jobs from a variable. */
const jobVariables: readonly (readonly [name: string, value: (jobs: number) => string])[] = [
  ['MAKEFLAGS', (jobs) => `-j${jobs}`],
  ['CMAKE_BUILD_PARALLEL_LEVEL', String],
  ['CARGO_BUILD_JOBS', String],
  ['GOMAXPROCS', String],
  ['PYTEST_XDIST_AUTO_NUM_WORKERS', String],
  ['VITEST_MAX_WORKERS', String],
  ['NX_PARALLEL', String],
  ['TURBO_CONCURRENCY', String],
];

/** Fewer jobs at a time than there are processors. @param cores what this place may use. */
export const parallelismChoices = (cores: number): readonly LimitChoice[] => {
  const most = Math.max(1, Math.floor(cores));
  const wanted = [...new Set([Math.max(1, Math.floor(most / 2)), 1])];
  return wanted.map((jobs) => ({
    label: jobs === 1 ? 'One job at a time' : `${jobs} jobs at a time`,
    description: `instead of up to ${most} · make, CMake, Cargo, Go, pytest, Vitest, Nx, Turborepo`,
    variables: jobVariables.map(([name, value]) => ({ name, value: value(jobs), appended: false })),
  }));
};
