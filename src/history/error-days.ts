import { sameChangeMs } from './entries.ts';

/** How often one error came on one day, in one workspace and by one command, within one sandbox. */
export interface KeptDay {
  readonly day: number;
  readonly workspace: string | null;
  readonly command: string | null;
  /** Which window told of it last, of what every window sees for itself; else null. */
  window: string | null;
  count: number;
  firstMs: number;
  lastMs: number;
}

/**
 * Different pairs of workspace and command that are told apart for one error of one sandbox on one day. They come from outside; what is
 * over this is counted as unknown.
 */
export const mostPairsPerDay = 8;

const isSame = (a: KeptDay, b: Pick<KeptDay, 'day' | 'workspace' | 'command'>): boolean =>
  a.day === b.day && a.workspace === b.workspace && a.command === b.command;

/** Adds occurrences to the days of one error in one sandbox. */
export const addToDays = (days: KeptDay[], more: KeptDay): void => {
  const isNew = !days.some((each) => isSame(each, more));
  const isCrowded = isNew && days.filter(({ day }) => day === more.day).length >= mostPairsPerDay;
  const told = isCrowded ? { ...more, workspace: null, command: null } : more;
  const known = days.find((each) => isSame(each, told));
  if (known === undefined) {
    days.push({ ...told });
    return;
  }
  known.count += told.count;
  known.firstMs = Math.min(known.firstMs, told.firstMs);
  known.lastMs = Math.max(known.lastMs, told.lastMs);
  known.window = told.window ?? known.window;
};

/**
 * Two windows see the same happen to a sandbox at slightly different times.
 * @returns whether another window than `window` has told of it.
 */
export const isToldBefore = (days: readonly KeptDay[], window: string, atMs: number): boolean =>
  days.some((each) => each.window !== null && each.window !== window && Math.abs(each.lastMs - atMs) < sameChangeMs);
