import { fixTitle } from '../../model/fix-title.ts';
import type { FixRecord } from '../../model/history.ts';
import type { IncidentCause } from '../../model/incident.ts';
import type { Recurrence, TriedFix } from '../../model/post-mortem.ts';
import type { SignalName, SignalUnit } from '../../model/signal.ts';
import { lowerBound } from '../../model/success.ts';
import { bytesText, durationText } from '../format.ts';

/** A kind of end in two or three words. */
export const causeTitles: Readonly<Record<IncidentCause, string>> = {
  expired: 'out of time',
  deleted: 'deleted',
  exited: 'main process ended by itself',
  crashed: 'main process crashed',
  'out-of-memory': 'out of memory',
  'out-of-memory-child': 'process killed for memory',
  'start-failed': 'did not start',
  'agent-down': 'agent does not answer',
};

/** A signal inside a sentence. */
export const signalTitles: Readonly<Record<SignalName, string>> = {
  memory: 'memory',
  heap: 'heap',
  swap: 'swap',
  disk: 'disk',
  inodes: 'inodes',
  pids: 'processes',
  fds: 'open files',
  expiry: 'time',
  cpu: 'CPU',
  responsiveness: 'responsiveness',
  restarts: 'restarts',
};

/** A duration, to the second where seconds matter: "92 s", "5 min 12 s", "2 h 10 min". */
export const spanText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds >= 600) return durationText(ms);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** A value of a signal for people: "512 MiB", "1.5 cores", "412". */
export const valueText = (value: number, unit: SignalUnit): string => {
  if (unit === 'bytes') return bytesText(value);
  if (unit === 'milliseconds') return spanText(value);
  const rounded = String(Math.round(value * 100) / 100);
  return unit === 'cores' ? `${rounded} cores` : rounded;
};

/** "1 time", "3 times". */
export const timesText = (count: number): string => (count === 1 ? '1 time' : `${count} times`);

/** "1 sandbox", "2 sandboxes". */
export const sandboxesText = (count: number): string => (count === 1 ? '1 sandbox' : `${count} sandboxes`);

const bySuccess = (a: TriedFix, b: TriedFix): number =>
  lowerBound(b.worked, b.tried) - lowerBound(a.worked, a.tried) || b.tried - a.tried;

/**
 * @param records of all workspaces, `ours` those of one.
 * @returns what was tried, by how surely it worked; what worked in this workspace comes first.
 */
export const helpedBy = (records: readonly FixRecord[], ours: readonly FixRecord[]): Recurrence['helped'] => {
  const none: TriedFix = { tried: 0, worked: 0 };
  return records
    .filter(({ tried }) => tried > 0)
    .map((record) => ({ record, own: ours.find(({ fixId }) => fixId === record.fixId) ?? none }))
    .toSorted((a, b) => Number(b.own.worked > 0) - Number(a.own.worked > 0) || bySuccess(a.record, b.record))
    .map(({ record, own }) => ({
      title: fixTitle(record),
      tried: record.tried,
      worked: record.worked,
      here: own.tried === 0 ? null : { tried: own.tried, worked: own.worked },
    }));
};
