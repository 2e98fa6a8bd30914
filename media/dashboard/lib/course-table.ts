import { formatClockSeconds, formatPercent } from '../../../src/model/format.ts';
import type { SignalUnit } from '../../../src/model/signal.ts';
import { amountText, useText } from './amounts.ts';
import type { Ring } from './ring.ts';
import type { TimeSpan } from './time-axis.ts';

/** The readings of a chart as the lines of a table: at most `most`, evenly spread, newest first, always with the newest. */
export const courseRows = (
  ring: Ring,
  { fromMs, toMs }: TimeSpan,
  unit: SignalUnit,
  most = 30,
): readonly (readonly [time: string, used: string, limit: string, share: string])[] => {
  const first = ring.firstFrom(fromMs);
  const end = Math.min(ring.length, ring.firstFrom(toMs + 1));
  const count = end - first;
  if (count <= 0) return [];
  const step = Math.max(1, count / most);
  const rows: (readonly [string, string, string, string])[] = [];
  for (let back = 0; Math.round(back) < count && rows.length < most; back += step) {
    const at = end - 1 - Math.round(back);
    const used = ring.usedAt(at);
    const limit = ring.limitAt(at);
    rows.push([
      formatClockSeconds(ring.timeAt(at)),
      amountText(used, unit),
      limit === null ? 'none' : amountText(limit, unit),
      limit === null || limit <= 0 ? '' : formatPercent(used / limit),
    ]);
  }
  return rows;
};

/** @returns the highest use in a time that is over: the last reading may come from after the break, when all was free again. */
export const peakText = (ring: Ring, { fromMs, toMs }: TimeSpan, unit: SignalUnit): string => {
  const end = Math.min(ring.length, ring.firstFrom(toMs + 1));
  const last = end - 1;
  let peak = last;
  for (let at = ring.firstFrom(fromMs); at < end; at += 1) if (ring.usedAt(at) > ring.usedAt(peak)) peak = at;
  if (peak < 0) return '';
  const textAt = (at: number): string => useText(ring.usedAt(at), ring.limitAt(at), unit);
  return textAt(peak) === textAt(last) ? textAt(last) : `highest ${textAt(peak)}`;
};

/** One sentence for those who do not see the chart. */
export const courseSummary = (
  word: string,
  ring: Ring,
  { fromMs, toMs }: TimeSpan,
  unit: SignalUnit,
  coming: string | null,
): string => {
  const first = ring.firstFrom(fromMs);
  const end = Math.min(ring.length, ring.firstFrom(toMs + 1));
  if (end <= first) return `${word}: nothing was measured in this time.`;
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let at = first; at < end; at += 1) {
    const used = ring.usedAt(at);
    if (used < low) low = used;
    if (used > high) high = used;
  }
  const now = ring.usedAt(end - 1);
  const limit = ring.limitAt(end - 1);
  const share = limit === null || limit <= 0 ? '' : `, ${formatPercent(now / limit)} of ${amountText(limit, unit)}`;
  const [lowest, highest] = [amountText(low, unit), amountText(high, unit)];
  const range = lowest === highest ? 'steady' : `between ${lowest} and ${highest}`;
  return `${word}: ${amountText(now, unit)}${share}; ${range} in the time shown${coming === null ? '' : `; ${coming}`}.`;
};
