import type { IncidentCause } from '../model/incident.ts';
import type { SignalName } from '../model/signal.ts';
import type { EndFinding } from './ends.ts';

const warnedBy: Partial<Record<IncidentCause, readonly SignalName[]>> = {
  'out-of-memory': ['memory', 'swap'],
  'out-of-memory-child': ['memory', 'swap'],
  expired: ['expiry'],
};

/** V8 and the JVM abort when their own heap limit is reached. */
const heapExitCodes: readonly (number | null)[] = [133, 134, 3];

/** @returns the signals whose warning foretold such an end. */
export const signalsBehind = (finding: EndFinding): readonly SignalName[] =>
  warnedBy[finding.cause] ?? (finding.cause === 'crashed' && heapExitCodes.includes(finding.exitCode) ? ['heap'] : []);

/** Errors that say that a limit was reached: what was warned of has happened, although it is no incident of the sandbox. */
const reachedBy: Readonly<Record<string, SignalName>> = {
  'v8-heap-oom': 'heap',
  'jvm-heap-oom': 'heap',
  'disk-full': 'disk',
  'inodes-exhausted': 'inodes',
  'pids-limit': 'pids',
  'too-many-open-files': 'fds',
};

/** @returns the signals whose limit an error of this pattern has reached. */
export const signalsReached = (pattern: string | null): readonly SignalName[] => {
  const signal = pattern === null ? undefined : reachedBy[pattern];
  return signal === undefined ? [] : [signal];
};
