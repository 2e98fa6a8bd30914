import { type AnyFixId, type FixId, isPatternFixId } from './fix.ts';

/** What an action of the extension is called, a verb first, where nothing more particular is known. */
export const fixTitles: Readonly<Record<FixId, string>> = {
  extend: 'Extend the time',
  snapshot: 'Take a snapshot',
  endProcess: 'End the process',
  setHeapLimit: 'Set a heap limit',
  lowerParallelism: 'Lower the parallelism',
  clearCaches: 'Clear caches',
  shortenLogs: 'Shorten large logs',
  showLargestFolders: 'Show the largest folders',
  recreateLarger: 'Recreate larger',
  pause: 'Pause',
  resume: 'Resume',
  delete: 'Delete',
  openTerminal: 'Open a terminal',
  showDetails: 'Show details',
};

/** @returns what a fix is called, with the name it had then where it is no action of the extension. */
export const fixTitle = ({ fixId, title }: { readonly fixId: AnyFixId; readonly title?: string }): string =>
  isPatternFixId(fixId) ? (title ?? 'A fix of this error') : fixTitles[fixId];
