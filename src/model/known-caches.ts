/** One place where a known tool keeps what it can make again. */
export interface KnownCache {
  readonly tool: string;
  /** Below the home folder, a workspace folder, or (beginning with a slash) the whole system. */
  readonly path: string;
  readonly below: 'home' | 'workspace' | 'system';
}

/** Caches whose tools make them again from the network or by working. What holds anything else (a Maven repository, a venv) is not one. */
export const knownCaches: readonly KnownCache[] = [
  { tool: 'npm', path: '.npm/_cacache', below: 'home' },
  { tool: 'pip', path: '.cache/pip', below: 'home' },
  { tool: 'uv', path: '.cache/uv', below: 'home' },
  { tool: 'Yarn', path: '.cache/yarn', below: 'home' },
  { tool: 'Yarn', path: '.yarn/berry/cache', below: 'home' },
  { tool: 'pnpm', path: '.cache/pnpm', below: 'home' },
  { tool: 'Bun', path: '.bun/install/cache', below: 'home' },
  { tool: 'Go builds', path: '.cache/go-build', below: 'home' },
  { tool: 'Cargo downloads', path: '.cargo/registry/cache', below: 'home' },
  { tool: 'Gradle', path: '.gradle/caches', below: 'home' },
  { tool: 'ccache', path: '.cache/ccache', below: 'home' },
  { tool: 'TypeScript', path: '.cache/typescript', below: 'home' },
  { tool: 'Bazel', path: '.cache/bazel', below: 'home' },
  { tool: 'build tools of this workspace', path: 'node_modules/.cache', below: 'workspace' },
  { tool: 'Next.js', path: '.next/cache', below: 'workspace' },
  { tool: 'Turborepo', path: '.turbo', below: 'workspace' },
  { tool: 'pytest', path: '.pytest_cache', below: 'workspace' },
  { tool: 'mypy', path: '.mypy_cache', below: 'workspace' },
  { tool: 'apt packages', path: '/var/cache/apt/archives', below: 'system' },
];

/** Smaller ones are not worth a row. */
export const leastCacheBytes = 1024 ** 2;

/** Smaller log files are not worth shortening. */
export const leastLogBytes = 10 * 1024 ** 2;

/**
 * Whether a file of this name is a log for people. Databases keep what they have not yet written elsewhere in files of digits
 * (`000003.log` of LevelDB, the segments of Kafka): to cut one of those loses data.
 */
export const isLogName = (name: string): boolean =>
  (/\.log(?:\.\d{1,3})?$/.test(name) && !/^\d+\.log/.test(name)) || name === 'nohup.out';
