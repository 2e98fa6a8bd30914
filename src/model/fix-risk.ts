import type { FixId, FixRisk } from './fix.ts';

/** The risk of each action, the same wherever it is offered. */
export const fixRisks: Readonly<Record<FixId, FixRisk>> = {
  extend: 'safe',
  snapshot: 'safe',
  endProcess: 'confirm',
  setHeapLimit: 'confirm',
  lowerParallelism: 'confirm',
  clearCaches: 'confirm',
  shortenLogs: 'confirm',
  showLargestFolders: 'safe',
  recreateLarger: 'destructive',
  pause: 'confirm',
  resume: 'safe',
  delete: 'destructive',
  openTerminal: 'safe',
  showDetails: 'safe',
};
