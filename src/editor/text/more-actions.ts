import type { FixId } from '../../model/fix.ts';
import { fixTitles } from '../../model/fix-title.ts';
import type { SandboxView } from '../../model/view.ts';

/** One action that can be taken although nothing threatens. */
export interface MoreAction {
  readonly id: FixId;
  readonly title: string;
  readonly reason: string;
}

const forTime = ['extend', 'snapshot'] as const;
const forMemory = ['setHeapLimit', 'lowerParallelism'] as const;
const forDisk = ['clearCaches', 'shortenLogs', 'showLargestFolders'] as const;

const reasons: Readonly<Record<(typeof forTime | typeof forMemory | typeof forDisk)[number], string>> = {
  extend: 'Moves the deadline.',
  snapshot: 'Keeps the files as they are now; running processes are not kept.',
  setHeapLimit: 'A program then collects its garbage, or fails in words, before the kernel kills it.',
  lowerParallelism: 'Fewer jobs at a time need less memory at a time.',
  clearCaches: 'Measures what the caches of known tools hold, and empties those you pick.',
  shortenLogs: 'Looks for large log files, and cuts those you pick down to their last lines.',
  showLargestFolders: 'What fills the disk, largest first.',
};

/** @returns what can be done to a sandbox besides what is offered against what comes, the most fitting first. */
export function moreActions({ leading, actions, fixes }: SandboxView): readonly MoreAction[] {
  const isDisk = leading?.signal === 'disk' || leading?.signal === 'inodes';
  const others = isDisk ? [...forDisk, ...forMemory] : [...forMemory, ...forDisk];
  return (leading?.signal === 'expiry' ? [...forTime, ...others] : others)
    .filter((id) => actions.includes(id) && !fixes.some((offer) => offer.id === id))
    .map((id) => ({ id, title: fixTitles[id], reason: reasons[id] }));
}
