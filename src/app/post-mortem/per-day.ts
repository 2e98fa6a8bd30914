import { dayOf } from '../../model/day.ts';

const mostDays = 30;
/** Of a span that no clock can be right about only the end is counted. */
const longestSpan = 400;

/** Occurrences by the number of the calendar day. */
export type DayCounts = Map<number, number>;

export const addTo = (counts: DayCounts, day: number, more: number): void => {
  counts.set(day, (counts.get(day) ?? 0) + more);
};

/** Occurrences of which no day is known, only the first and the last time: they are spread evenly over the days between. */
export const spread = (counts: DayCounts, count: number, firstMs: number, lastMs: number): void => {
  const first = dayOf(firstMs);
  const days = dayOf(lastMs) - first + 1;
  if (!(days > 0 && days <= longestSpan)) {
    addTo(counts, dayOf(lastMs), count);
    return;
  }
  for (let no = 0; no < days; no += 1) {
    const share = Math.floor(((no + 1) * count) / days) - Math.floor((no * count) / days);
    if (share > 0) addTo(counts, first + no, share);
  }
};

/** @returns the first day of a row that ends with the day of `lastMs`; a row has at most 30. */
export const firstDayOf = (counts: DayCounts, lastMs: number): number => {
  const last = dayOf(lastMs);
  return Math.max(last - mostDays + 1, Math.min(last, ...counts.keys()));
};

/** @returns the counts of each day from `firstDay` to the day of `lastMs`. */
export const rowOf = (counts: DayCounts, firstDay: number, lastMs: number): readonly number[] =>
  Array.from({ length: dayOf(lastMs) - firstDay + 1 }, (_, no) => counts.get(firstDay + no) ?? 0);
