import { shortName } from '../../app/format.ts';
import { fullText, refusalText } from '../../app/notice-text.ts';
import { type Forecast, isBetweenPeaks } from '../../model/forecast.ts';
import { isFull } from '../../model/full.ts';
import type { SignalUnit } from '../../model/signal.ts';
import {
  capital,
  countedEach,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatPercent,
} from './format.ts';
import { timeLeftInterval, timeLeftMs } from './time-left.ts';
import { signalWords } from './words.ts';

/** @returns `2 cores`, `1 core`, `0.5 cores`. */
function coresText(cores: number): string {
  const text = cores.toFixed(1).replace(/\.0$/, '');
  return `${text} ${text === '1' ? 'core' : 'cores'}`;
}

/** @returns a number of `unit` for people. */
function formatAmount(value: number, unit: SignalUnit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'milliseconds':
      return formatDuration(value);
    case 'cores':
      return coresText(value);
    case 'count':
      return formatCount(value);
  }
}

/** Signals of which a number alone says nothing: their evidence is the sentence, its first half the short form. */
const speaksForItself = ({ signal }: Forecast): boolean => signal === 'responsiveness' || signal === 'restarts';

/** Whether what is shown of it is a number that gets old: the clock does not, and what is told in words says itself how old it is. */
export const isMeasured = (forecast: Forecast): boolean => forecast.signal !== 'expiry' && !speaksForItself(forecast);

/** @returns the shortest form of "how full": `71%`, `full`, `380 MiB`, `9 min left`; for places where the end of a line is cut. */
export function briefUseText(forecast: Forecast, nowMs: number): string {
  if (forecast.signal === 'expiry') {
    const left = timeLeftMs(forecast, nowMs);
    if (left === null) return 'no deadline';
    return left > 0 ? `${formatDuration(left)} left` : 'deadline passed';
  }
  if (speaksForItself(forecast)) return forecast.evidence.split(/[,;]/, 1)[0] ?? '';
  if (isFull(forecast)) return 'full';
  return forecast.pressure === null ? formatAmount(forecast.used, forecast.unit) : formatPercent(forecast.pressure);
}

/** @returns `71% of 512 MiB`, `380 MiB, no limit`, `until 14:32, 9 min left`, `answers take 2.4 s, usually 0.1 s`. */
export function useText(forecast: Forecast, nowMs: number): string {
  if (forecast.signal === 'expiry') {
    const left = timeLeftMs(forecast, nowMs);
    const until = forecast.limit === null ? 'no deadline' : `until ${formatClock(forecast.limit)}`;
    if (left === null) return until;
    return `${until}, ${left > 0 ? `${formatDuration(left)} left` : 'which has passed'}`;
  }
  if (speaksForItself(forecast)) return forecast.evidence;
  if (forecast.limit === null || forecast.pressure === null) {
    return `${formatAmount(forecast.used, forecast.unit)}, no limit`;
  }
  const limit = formatAmount(forecast.limit, forecast.unit);
  return `${formatPercent(forecast.pressure)} of ${forecast.guessed ? `about ${limit} (a default)` : limit}`;
}

/** @returns what is in use in words, where use and limit alone would not say it; else null. */
export function spokenUse(forecast: Forecast): string | null {
  if (speaksForItself(forecast)) return forecast.evidence;
  const { limit, pressure, resident, unit, used } = forecast;
  if (!resident || limit === null || pressure === null) return null;
  return `${formatAmount(used, unit)} with code and buffers · ${formatPercent(pressure)} of ${formatAmount(limit, unit)}`;
}

/** How high the last peak was, where the peaks rise and only they tell of the limit; else null. */
function lastPeakText(forecast: Forecast): string | null {
  if (isFull(forecast)) return null;
  const last = isBetweenPeaks(forecast) ? forecast.risingPeaks?.shares.at(-1) : undefined;
  return last === undefined ? null : formatPercent(last);
}

/** @returns the same for places where there is no room, `peaks 67%`; empty where nothing is to be said. */
export function peaksText(forecast: Forecast): string {
  const last = lastPeakText(forecast);
  return last === null ? '' : `peaks ${last}`;
}

/** @returns when the limit comes, in words with the interval and a clock time, or by its peaks, or what it means that it is reached; null when it is not in sight. */
export function comingText(forecast: Forecast, nowMs: number): string | null {
  if (forecast.signal === 'expiry') return null;
  if (isFull(forecast)) return `full: ${refusalText(forecast)}`;
  const lastPeak = lastPeakText(forecast);
  if (lastPeak !== null) return `full at one of its next peaks: they rise, the last one was at ${lastPeak}`;
  const left = timeLeftMs(forecast, nowMs);
  const interval = timeLeftInterval(forecast, nowMs);
  if (left === null || interval === null) return null;
  return `full at about ${formatClock(nowMs + left)} (${interval})`;
}

function growthText({ signal, unit, slopePerSecond, grower, risingForMs }: Forecast): string | null {
  if (grower !== null && grower.bytesPerSecond > 0) {
    const pid = grower.pid === 0 ? '' : ` (pid ${grower.pid})`;
    return `${shortName(grower.name)}${pid} grows ${formatBytes(grower.bytesPerSecond)}/s`;
  }
  if (risingForMs === undefined || slopePerSecond === null || slopePerSecond <= 0) return null;
  if (unit !== 'count') return `${signalWords[signal]} grows ${formatAmount(slopePerSecond, unit)}/s`;
  const rate = countedEach(slopePerSecond);
  return rate === null ? null : `${signalWords[signal]}: ${formatCount(rate.count)} more each ${rate.each}`;
}

/** @returns why it ends, beside use and time left; of the clock, whose words say the same again, only how the deadline was moved. Null: nothing. */
export function reasonText({ signal, evidence }: Forecast): string | null {
  if (signal !== 'expiry') return evidence;
  const [, ...moved] = evidence.split('; ');
  return moved.length === 0 ? null : moved.join('; ');
}

/**
 * @returns the first line for a person, without its full stop: what grows how fast and what is left (`node (pid 412) grows 4.2 MiB/s;
 * 148 MiB left`), of the clock when the time is over; of what does not climb the words of the forecast.
 */
export function whyText(forecast: Forecast, nowMs: number): string {
  const { signal, used, limit, unit, guessed, evidence } = forecast;
  if (signal === 'expiry') {
    const left = timeLeftMs(forecast, nowMs) ?? 0;
    return left > 0 ? `Its time is over in ${formatDuration(left)}` : 'The deadline has passed';
  }
  if (isFull(forecast)) return capital(fullText(forecast));
  const growth = growthText(forecast);
  if (growth === null || limit === null) return capital(evidence);
  const left = limit - used;
  return `${growth}; ${left > 0 ? `${guessed ? 'about ' : ''}${formatAmount(left, unit)} left` : 'at the limit'}`;
}
