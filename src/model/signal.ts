/** The exhaustible things of a sandbox, then the three that only degrade. Order is the order shown to people. */
export const signalNames = [
  'memory',
  'heap',
  'swap',
  'disk',
  'inodes',
  'pids',
  'fds',
  'expiry',
  'cpu',
  'responsiveness',
  'restarts',
] as const;

/** Name of one signal, as used in ids, settings, tree `contextValue`s and evidence. */
export type SignalName = (typeof signalNames)[number];

/** The unit in which `used` and `limit` of a signal are given. */
export type SignalUnit = 'bytes' | 'count' | 'milliseconds' | 'cores';

const units: Record<SignalName, SignalUnit> = {
  memory: 'bytes',
  heap: 'bytes',
  swap: 'bytes',
  disk: 'bytes',
  inodes: 'count',
  pids: 'count',
  fds: 'count',
  expiry: 'milliseconds',
  cpu: 'cores',
  responsiveness: 'milliseconds',
  restarts: 'count',
};

/** @returns the unit of `signal`. */
export const unitOf = (signal: SignalName): SignalUnit => units[signal];

/** Whether reaching the limit ends the sandbox or its work; the others are "slowed", never "about to break". */
export const isExhaustible = (signal: SignalName): boolean =>
  signal !== 'cpu' && signal !== 'responsiveness' && signal !== 'restarts';
