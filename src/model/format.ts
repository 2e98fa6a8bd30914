/** How numbers and times are written for people. Pure; the locale is the editor's. */

const figureSpace = '\u2007';

/** @returns e.g. `512 MiB`, `1.4 GiB`; binary units, up to `1023 MiB` of each, and one decimal below 100. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'unknown';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Math.abs(bytes);
  let unit = 0;
  // What is rounded to 1024 of a unit is one of the next.
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const text = value.toFixed(digits).replace(/\.0$/, '');
  return `${bytes < 0 ? '−' : ''}${text} ${units[unit]}`;
}

/** @returns e.g. `45 s`, `4 min`, `2 h 5 min`, `3 d`; rounded so that a live value does not flicker. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${Math.round(seconds)} s`;
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} d`;
}

/** @returns e.g. `71%`; padded to two digits with a figure space where the status bar is to keep its width. */
export function formatPercent(ratio: number, options: { readonly pad?: boolean } = {}): string {
  const percent = `${Math.round(Math.max(0, ratio) * 100)}`;
  return `${options.pad ? percent.padStart(2, figureSpace) : percent}%`;
}

// Making a formatter costs far more than using it, and this runs for every view.
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** @returns the local time of day, `14:32`; `unknown` for what is no time. */
export function formatClock(atMs: number): string {
  return Number.isFinite(atMs) ? clockFormat.format(atMs) : 'unknown';
}

const two = (value: number): string => String(value).padStart(2, '0');

/** @returns local date and time, for the past: `2026-11-21 14:32:05`. */
export function formatMoment(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${formatClockSeconds(atMs)}`;
}

/** @returns the local time of day with seconds, `14:32:05`. */
export function formatClockSeconds(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

const count = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** @returns a whole number with the separators of the place, `1,048,576`. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? count.format(value) : 'unknown';
}

/**
 * @returns a rate of what comes one by one, by the shortest time in which at least one comes: 0.1 each second are 6 each minute; null for
 * less than one each hour.
 */
export function countedEach(
  perSecond: number,
): { readonly count: number; readonly each: 'second' | 'minute' | 'hour' } | null {
  if (perSecond >= 1) return { count: perSecond, each: 'second' };
  if (perSecond * 60 >= 1) return { count: perSecond * 60, each: 'minute' };
  return perSecond * 3600 >= 1 ? { count: perSecond * 3600, each: 'hour' } : null;
}

/** @returns `text` with a capital letter at its beginning. */
export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** @returns one block character per value of 0..1, a dot where there is none; a text picture that every theme and font shows. */
export const sparkline = (values: readonly (number | null)[]): string =>
  values
    .map((value) => (value === null ? '·' : (bars[Math.min(7, Math.max(0, Math.floor(value * 8)))] ?? '·')))
    .join('');

/** An estimate below this is told as no number: it would be wrong by as much as it says. */
export const leastEstimateMs = 10_000;

/** @returns an estimate of the time left for where room is short: `~4 min`, `<10 s`. */
export const formatEstimate = (leftMs: number): string =>
  leftMs < leastEstimateMs ? '<10 s' : `~${formatDuration(leftMs)}`;
