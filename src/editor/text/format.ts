/** How numbers and times are written for people, and the pictures made of characters. Pure. */
import { formatMoment, sparkline as picture } from '../../model/format.ts';

export {
  capital,
  countedEach,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatEstimate,
  formatMoment,
  formatPercent,
  leastEstimateMs,
} from '../../model/format.ts';

/** @returns the day by the calendar of this place, as it stands before the time of what happened on another day. */
export const formatDay = (atMs: number): string => formatMoment(atMs).split(' ', 1)[0] ?? '';

/** @returns the time of day of what happened today, `14:32:05`; with the date before it of what happened on another day. */
export function formatWhen(atMs: number, nowMs: number): string {
  const moment = formatMoment(atMs);
  const [day, time] = moment.split(' ');
  return time !== undefined && day === formatDay(nowMs) ? time : moment;
}

/** @returns the newest of these pressures as a picture made of characters. */
export const sparkline = (values: readonly number[], width = 24): string => picture(values.slice(-width));

/** @returns a bar such as `▰▰▰▰▰▰▰▱▱▱` for a pressure of 0..1. */
export function pressureBar(ratio: number, width = 10): string {
  const full = Math.min(width, Math.max(0, Math.round(ratio * width)));
  return '▰'.repeat(full) + '▱'.repeat(width - full);
}
