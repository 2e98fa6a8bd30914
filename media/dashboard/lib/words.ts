import type { FleetRow } from '../../../src/model/dashboard/fleet-page.ts';
import { formatClock, formatDuration, formatEstimate, formatMoment } from '../../../src/model/format.ts';

/** @returns "~4 min" of an estimate, "4 min" of a deadline, or "now" when it is over. */
export const inText = (atMs: number, nowMs: number, isDeadline: boolean): string => {
  const leftMs = atMs - nowMs;
  if (leftMs < 1_000) return 'now';
  return isDeadline ? formatDuration(leftMs) : formatEstimate(leftMs);
};

/** @returns what ends a sandbox first and when; of one that is over, what ended it. */
export const endsText = (row: FleetRow, nowMs: number): string => {
  const { ends } = row;
  if (ends === null) return row.ended ? 'not known' : row.live ? 'nothing in sight' : '';
  if (row.ended) return ends.word;
  return ends.atMs === null ? ends.word : `${ends.word} ${inText(ends.atMs, nowMs, ends.signal === 'expiry')}`;
};

/** @returns the same with the clock time, for the tooltip. */
export const endsTitle = (row: FleetRow, nowMs: number): string => {
  const { ends } = row;
  if (ends === null || ends.atMs === null) return endsText(row, nowMs);
  return row.ended ? `${ends.word} at ${formatClock(ends.atMs)}` : `${ends.word}, at about ${formatClock(ends.atMs)}`;
};

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** @returns the time of day; with its date where that is another day than that of `nowMs`. */
export const clockText = (atMs: number, nowMs: number): string => {
  const [day = ''] = formatMoment(atMs).split(' ');
  return formatMoment(nowMs).startsWith(day) ? formatClock(atMs) : `${day.slice(5)} ${formatClock(atMs)}`;
};
