import type { Forecast } from '../../model/forecast.ts';
import type { SignalUnit } from '../../model/signal.ts';
import { formatBytes, formatClock, formatCount, formatDuration, formatPercent } from './format.ts';
import { timeLeftInterval, timeLeftMs } from './time-left.ts';

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

/** @returns the shortest form of "how full": `71%`, `380 MiB`, `9 min left`; for places where the end of a line is cut. */
export function briefUseText(forecast: Forecast, nowMs: number): string {
  if (forecast.signal === 'expiry') {
    const left = timeLeftMs(forecast, nowMs);
    return left === null ? 'no deadline' : `${formatDuration(left)} left`;
  }
  if (speaksForItself(forecast)) return forecast.evidence.split(/[,;]/, 1)[0] ?? '';
  return forecast.pressure === null ? formatAmount(forecast.used, forecast.unit) : formatPercent(forecast.pressure);
}

/** @returns `71% of 512 MiB`, `380 MiB, no limit`, `until 14:32, 9 min left`, `answers take 2.4 s, usually 0.1 s`. */
export function useText(forecast: Forecast, nowMs: number): string {
  if (forecast.signal === 'expiry') {
    const left = timeLeftMs(forecast, nowMs);
    const until = forecast.limit === null ? 'no deadline' : `until ${formatClock(forecast.limit)}`;
    return left === null ? until : `${until}, ${formatDuration(left)} left`;
  }
  if (speaksForItself(forecast)) return forecast.evidence;
  if (forecast.limit === null || forecast.pressure === null) {
    return `${formatAmount(forecast.used, forecast.unit)}, no limit`;
  }
  const of = `${formatPercent(forecast.pressure)} of ${formatAmount(forecast.limit, forecast.unit)}`;
  return forecast.guessed ? `${of}, which nobody set` : of;
}

/** @returns when the limit comes, in words with the interval and a clock time, or null when it is not in sight. */
export function comingText(forecast: Forecast, nowMs: number): string | null {
  if (forecast.signal === 'expiry') return null;
  const left = timeLeftMs(forecast, nowMs);
  const interval = timeLeftInterval(forecast, nowMs);
  if (left === null || interval === null) return null;
  return `full at about ${formatClock(nowMs + left)} (${interval})`;
}
