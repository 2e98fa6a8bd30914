import { formatClock } from '../model/format.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes for people: "512 MiB", "4.2 MiB", "0 B". */
export const bytesText = (bytes: number): string => {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 && Math.round(value * 10) % 10 !== 0 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`;
};

/** A share 0..1 for people: "71 %". */
export const percentText = (share: number): string => `${Math.round(share * 100)} %`;

/** A duration for people: "40 s", "5 min", "2 h 10 min". */
export const durationText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};

/** Seconds in steps of five, so that what counts down is not written anew every second. */
const inFives = (ms: number): number => Math.round(ms / 5_000) * 5;

/**
 * The interval from `low` to `high`, in one unit where that can be: "in 2–5 min", "in about 40 s", "in 2 min or later". One that begins now
 * names its end alone: "within 3 min", "now or later".
 */
export const intervalText = (lowMs: number, highMs: number): string => {
  const low = Math.max(0, lowMs);
  const beginsNow = inFives(low) === 0;
  if (!Number.isFinite(highMs)) {
    return beginsNow ? 'now or later' : `in ${low < 90_000 ? `${inFives(low)} s` : durationText(low)} or later`;
  }
  const high = Math.max(low, highMs);
  if (high < 10_000) return 'in less than 10 s';
  if (low >= 3_600_000) return `in about ${durationText((low + high) / 2)}`;
  const inSeconds = high < 120_000;
  const unit = inSeconds ? 's' : 'min';
  const from = inSeconds ? inFives(low) : Math.round(low / 60_000);
  const to = inSeconds ? inFives(high) : Math.round(high / 60_000);
  if (beginsNow) return `within ${to} ${unit}`;
  if (!inSeconds && from === 0) return `in ${inFives(low)} s – ${to} min`;
  return from === to ? `in about ${to} ${unit}` : `in ${from}–${to} ${unit}`;
};

/** Local clock time with hours and minutes, e.g. "14:32", in the words of the other surfaces. */
export const localTimeText = formatClock;

/** A path from a sandbox, for reading only: on one line, and in the order of its letters, without marks that turn them round. */
export const pathText = (path: string): string =>
  path.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

/** A name from outside on one line, and of at most so many characters, of which none is cut in two. */
export const plainName = (name: string, most: number): string => {
  const letters = [...pathText(name).trim()];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : letters.join('');
};

/** A name from outside for a sentence. */
export const shortName = (name: string): string => plainName(name, 60);
