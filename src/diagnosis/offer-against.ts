import type { FixId, FixOffer, ProcessTarget, Removable } from '../model/fix.ts';
import { fixRisks } from '../model/fix-risk.ts';
import { fixTitles } from '../model/fix-title.ts';
import { type Forecast, isBetweenPeaks } from '../model/forecast.ts';
import { type Measured, ownLimit } from '../model/own-limit.ts';
import type { ProcessReading } from '../model/sample.ts';
import type { SignalName } from '../model/signal.ts';
import { heapRuntimeOf, heapShares, runtimeNames } from '../model/terminal-limits.ts';
import { untouchable } from './untouchable.ts';

/** What is known of the sandbox when fixes are chosen. */
export interface Surroundings extends Measured {
  readonly processes: readonly ProcessReading[];
  /** Null while nobody has measured it. */
  readonly removable: Removable | null;
}

/** A process must hold at least this share of the used memory before ending it is offered unasked. */
const worthEndingShare = 0.3;
/** Long names are cut, so that the button stays readable. */
const nameCharacters = 14;
/** So many processes of one name at a time are jobs of one tool. */
const jobsFrom = 3;
/** Less than this, or than a hundredth of the disk, is not worth a button. */
const worthRemovingBytes = 16 * 1024 ** 2;
const worthRemovingShare = 0.01;
/** A heap limit above this share of the sandbox's memory protects nobody from the kernel. */
const protects = heapShares[0] ?? 0.75;

/** Whether a process may be offered for ending: never the first one, and nothing that holds the sandbox together. */
export const mayEnd = (target: ProcessTarget): boolean => target.pid > 1 && !untouchable.has(target.name);

export const offer = (id: FixId, reason: string, title = fixTitles[id]): FixOffer => ({
  id,
  title,
  risk: fixRisks[id],
  reason,
  target: null,
});

const sizeText = (bytes: number): string => {
  if (bytes >= 1000 * 1024 ** 2) return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return bytes >= 10 * 1024 ** 2 ? `${Math.round(bytes / 1024 ** 2)} MiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
};

const ending = (target: ProcessTarget, against: SignalName, reason: string): FixOffer | null => {
  if (!mayEnd(target)) return null;
  const { pid, name } = target;
  const short = name.length > nameCharacters ? `${name.slice(0, nameCharacters - 1)}…` : name;
  return { ...offer('endProcess', reason, `End ${short} (pid ${pid})`), target: { pid, name, against } };
};

const largestOf = (processes: readonly ProcessReading[]): ProcessReading | undefined =>
  processes.filter(mayEnd).toSorted((a, b) => b.rssBytes - a.rssBytes)[0];

/** Ends the process that grows; where none is known, the largest one. */
const endGrower = (forecast: Forecast, processes: readonly ProcessReading[]): FixOffer | null => {
  const { signal, grower } = forecast;
  if (grower === null) return endLargest(forecast, processes);
  if (mayEnd(grower)) {
    const rate = `${sizeText(grower.bytesPerSecond)} a second`;
    // Of a heap it is the rate of the trend; of memory what this process took of late, which is not all that memory grew by, and not as long.
    const grew = signal === 'heap' ? `It grows by ${rate}.` : `It grew by ${rate} in the last half minute.`;
    return ending(grower, signal, grew);
  }
  return null;
};

/** Ends the largest process that may be ended, if it holds a real part of the memory. */
const endLargest = (forecast: Forecast, processes: readonly ProcessReading[]): FixOffer | null => {
  const { signal, used } = forecast;
  // What will be too large is a run that has not begun.
  if (isBetweenPeaks(forecast)) return null;
  const largest = largestOf(processes);
  if (largest === undefined || largest.rssBytes < worthEndingShare * used) return null;
  const size = sizeText(largest.rssBytes);
  const isLargest = processes.every(({ rssBytes }) => rssBytes <= largest.rssBytes);
  return ending(largest, signal, isLargest ? `It is the largest process, with ${size}.` : `It holds ${size}.`);
};

/** What grows can not be ended: another process that holds much only gains time. */
const endOther = (forecast: Forecast, processes: readonly ProcessReading[]): FixOffer | null => {
  const { grower } = forecast;
  if (grower === null || mayEnd(grower)) return null;
  const other = endLargest(forecast, processes);
  if (other === null) return null;
  return {
    ...other,
    reason: `${other.reason} That gains time: ${grower.name} (pid ${grower.pid}) grows on, and ending that would end the sandbox.`,
  };
};

/** Ends what starts the processes. */
const endSpawner = ({ sample }: Surroundings): FixOffer | null => {
  const spawner = sample?.pids?.spawner;
  if (spawner === undefined) return null;
  return ending(
    spawner,
    'pids',
    `It and what it started are ${spawner.count} of the ${sample?.pids?.used ?? spawner.count} processes.`,
  );
};

/** Ends the process that has most files open; its number alone is not enough, because numbers are used again. */
const endFullest = ({ sample, processes }: Surroundings): FixOffer | null => {
  const fds = sample?.fds;
  if (fds === undefined || fds.pid === null) return null;
  const { pid, used, limit } = fds;
  const name = fds.name ?? processes.find((one) => one.pid === pid)?.name;
  if (name === undefined) return null;
  return ending({ pid, name }, 'fds', `It has ${used}${limit === null ? '' : ` of ${limit}`} files open.`);
};

/** The process a heap limit would be for, with what is known of it. */
const heapProcess = (
  { grower }: Forecast,
  processes: readonly ProcessReading[],
): Pick<ProcessReading, 'name' | 'heapLimit'> | undefined =>
  grower === null
    ? largestOf(processes)
    : (processes.find(({ pid }) => pid === grower.pid) ?? { name: grower.name, heapLimit: null });

/** A heap limit below the sandbox's, for a program that has none, or one that is too high. */
const capHeap = (leading: Forecast, around: Surroundings): FixOffer | null => {
  const { processes } = around;
  const process = heapProcess(leading, processes);
  const runtime = process === undefined ? null : heapRuntimeOf(process);
  if (process === undefined || runtime === null) return null;
  const limit = ownLimit(around);
  const present = process.heapLimit?.limitBytes ?? null;
  if (present !== null && limit !== null && present <= protects * limit) return null;
  const why = `${runtimeNames[runtime]} then collects its garbage, or fails in words, before the kernel kills it.`;
  return offer('setHeapLimit', why);
};

/** A higher limit for a program that runs into its own, as far as the sandbox has memory for it; else more memory. */
const raiseHeap = (leading: Forecast, around: Surroundings): FixOffer | null => {
  const { processes } = around;
  const process = heapProcess(leading, processes);
  if (process === undefined || heapRuntimeOf(process) === null) return null;
  const limit = ownLimit(around);
  const present = process.heapLimit?.limitBytes ?? leading.limit;
  if (limit === null || present === null) return null;
  if (present >= protects * limit) {
    return offer('recreateLarger', 'Its heap limit can not be raised below the memory of this sandbox.');
  }
  const why = `Its own limit is ${sizeText(present)}, and the memory here ${sizeText(limit)}.`;
  return offer('setHeapLimit', why, 'Raise the heap limit');
};

const fewerJobs = (processes: readonly ProcessReading[]): FixOffer => {
  const counts = new Map<string, number>();
  for (const { name } of processes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [name, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0];
  return offer(
    'lowerParallelism',
    count >= jobsFrom
      ? `${count} of the largest processes are called ${name}: fewer at a time need less.`
      : 'Fewer jobs at a time need less memory and fewer processes at a time.',
  );
};

const hasJobs = (processes: readonly ProcessReading[]): boolean =>
  processes.some(({ name }) => processes.filter((one) => one.name === name).length >= jobsFrom);

const againstMemory = (leading: Forecast, around: Surroundings): readonly (FixOffer | null)[] => {
  const { processes, removable } = around;
  const jobs = fewerJobs(processes);
  const inMemory = removable?.cachesInMemoryBytes ?? 0;
  return [
    endGrower(leading, processes),
    hasJobs(processes) ? jobs : null,
    offer('recreateLarger', 'A new sandbox from a snapshot, with more memory.'),
    endOther(leading, processes),
    capHeap(leading, around),
    inMemory >= worthRemovingBytes
      ? offer('clearCaches', 'These caches lie in memory (tmpfs).', `Clear caches (${sizeText(inMemory)})`)
      : null,
    offer('snapshot', 'Keeps the files as they are now; running processes are not kept.'),
    jobs,
    offer('openTerminal', 'To see for yourself what uses the memory.'),
  ];
};

/** What holds many files; their sizes say nothing of how many they are, and a log that is shortened is still one. */
const againstInodes = ({ removable }: Surroundings): readonly (FixOffer | null)[] => {
  const cachesBytes = removable?.cachesBytes ?? 0;
  const made = 'Caches hold many small files; each is made again when it is needed.';
  return [
    cachesBytes >= worthRemovingBytes ? offer('clearCaches', made, `Clear caches (${sizeText(cachesBytes)})`) : null,
    offer('showLargestFolders', 'Folders that hold much often hold many files.'),
    removable === null ? offer('clearCaches', `Measures the caches of known tools first. ${made}`) : null,
    offer('openTerminal', 'To find and remove what holds so many files.'),
    offer('snapshot', 'Keeps the files as they are now.'),
  ];
};

const againstDisk = ({ sample, removable }: Surroundings): readonly (FixOffer | null)[] => {
  const worth = Math.max(worthRemovingBytes, worthRemovingShare * (sample?.disk?.limitBytes ?? 0));
  const made = 'Each is made again when it is needed.';
  const kept = 'The last lines of each stay.';
  const known = (id: 'clearCaches' | 'shortenLogs', verb: string, bytes: number, why: string): FixOffer | null =>
    bytes >= worth ? offer(id, why, `${verb} (${sizeText(bytes)})`) : null;
  return [
    removable === null ? null : known('clearCaches', 'Clear caches', removable.cachesBytes, made),
    removable === null ? null : known('shortenLogs', 'Shorten logs', removable.logsBytes, kept),
    offer('showLargestFolders', 'What fills the disk, largest first.'),
    removable === null ? offer('clearCaches', `Measures the caches of known tools first. ${made}`) : null,
    removable === null ? offer('shortenLogs', `Looks for large log files first. ${kept}`) : null,
    offer('openTerminal', 'To find and remove what fills the disk.'),
    offer('snapshot', 'Keeps the files as they are now.'),
  ];
};

/** @returns what helps against the end that comes first, best first; `null` for what does not fit here. */
export const againstSignal = (leading: Forecast, around: Surroundings): readonly (FixOffer | null)[] => {
  const { processes } = around;
  switch (leading.signal) {
    case 'memory':
    case 'swap':
      return againstMemory(leading, around);
    case 'heap':
      return [
        raiseHeap(leading, around),
        endGrower(leading, processes),
        // The limit that a process set itself does not grow with the sandbox.
        offer('snapshot', 'Keeps the files as they are now; running processes are not kept.'),
        offer('openTerminal', 'To see for yourself what uses the memory.'),
      ];
    case 'expiry':
      return [
        offer('extend', 'Moves the deadline, so that it goes on running.'),
        offer('snapshot', 'Keeps the files beyond the end; running processes are not kept.'),
      ];
    case 'disk':
      return againstDisk(around);
    case 'inodes':
      return againstInodes(around);
    case 'pids':
      return [
        endSpawner(around),
        leading.grower === null ? null : endGrower(leading, []),
        fewerJobs(processes),
        offer('openTerminal', 'To see what starts them.'),
      ];
    case 'fds':
      return [endFullest(around), offer('openTerminal', 'To see which process holds them.')];
    case 'cpu':
      // Slow is not broken: nothing is ended for it.
      return [fewerJobs(processes), offer('openTerminal', 'To see what is busy.')];
    case 'responsiveness':
    case 'restarts':
      return [offer('openTerminal', 'To see what is busy.')];
  }
};
