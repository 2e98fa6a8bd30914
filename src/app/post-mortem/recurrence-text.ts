import type { Recurrence } from '../../model/post-mortem.ts';
import { sandboxesText, timesText } from './words.ts';

/** So many days stand one by one; more are added up by weeks. */
const mostDays = 14;
const week = 7;
const mostFixes = 3;

/** "4 times in this workspace (api), 7 in all, in 3 sandboxes", as plain text. */
export const howOften = ({ here, count, sandboxes, unplaced }: Recurrence): string => {
  if (here === null) return `${timesText(count)} in ${sandboxesText(sandboxes)}; in which workspace is not known`;
  const elsewhere = unplaced === 0 ? '' : `; of ${unplaced} the workspace is not known`;
  return `${timesText(here.count)} in this workspace (${here.workspace}), ${count} in all, in ${sandboxesText(sandboxes)}${elsewhere}`;
};

/** Counts over time, oldest first; the last day or week ends with the incident. */
export interface OverTime {
  readonly unit: 'day' | 'week';
  readonly counts: readonly number[];
}

/** @param perDay at most 30 days. */
export const overTime = (perDay: readonly number[]): OverTime => {
  if (perDay.length <= mostDays) return { unit: 'day', counts: perDay };
  const weeks = Math.ceil(perDay.length / week);
  const first = perDay.length - weeks * week;
  const counts = Array.from({ length: weeks }, (_, no) =>
    perDay.slice(Math.max(0, first + no * week), first + (no + 1) * week).reduce((sum, each) => sum + each, 0),
  );
  return { unit: 'week', counts };
};

/** "per day: 2 0 1 4". */
export const overTimeText = (perDay: readonly number[]): string => {
  const { unit, counts } = overTime(perDay);
  return `per ${unit}: ${counts.join(' ')}`;
};

/** "End the process: worked 2 of 3 times (1 of 1 in this workspace)". */
export const triedText = ({ title, tried, worked, here }: Recurrence['helped'][number]): string =>
  `${title}: worked ${worked} of ${timesText(tried)}${here === null ? '' : ` (${here.worked} of ${here.tried} in this workspace)`}`;

/** What was tried against it, best first. */
export const helpedText = ({ helped }: Recurrence): string =>
  helped.length === 0 ? 'nothing was tried' : helped.slice(0, mostFixes).map(triedText).join('; ');

/** "by npm ci (4), make (1); of ada (3), bob (2)", or an empty text. */
export const whoText = ({ users, commands }: Pick<Recurrence, 'users' | 'commands'>): string => {
  const list = (names: Recurrence['users']): string => names.map(({ name, count }) => `${name} (${count})`).join(', ');
  return [
    ...(commands.length === 0 ? [] : [`by ${list(commands)}`]),
    ...(users.length === 0 ? [] : [`of ${list(users)}`]),
  ].join('; ');
};
