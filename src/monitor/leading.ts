import type { Forecast } from '../model/forecast.ts';
import { isExhaustible, type SignalName } from '../model/signal.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';

/** Within the model's own horizon a named signal must at least be this likely to break, or be watched already. */
const leastProbability300 = 0.3;
const horizon300Ms = 300_000;

interface Candidate {
  readonly forecast: Forecast;
  readonly endsAtMs: number;
}

const canLead = ({ signal }: Forecast): boolean => isExhaustible(signal) && signal !== 'swap';

const medianOf = ({ timeToLimitMs }: Forecast): number => timeToLimitMs?.p50 ?? Number.POSITIVE_INFINITY;

const candidate = (forecast: Forecast, level: WarningLevel): Candidate | null => {
  if (!canLead(forecast)) return null;
  // Of a limit that is a guess only danger is worth a name.
  if (forecast.guessed && !atLeast(level, 'watch')) return null;
  if (forecast.signal === 'expiry') return forecast.limit === null ? null : { forecast, endsAtMs: forecast.limit };
  const medianMs = medianOf(forecast);
  if (!Number.isFinite(medianMs)) return null;
  const likely = forecast.pBreak300 >= leastProbability300 || atLeast(level, 'watch');
  if (medianMs <= horizon300Ms && !likely) return null;
  return { forecast, endsAtMs: forecast.atMs + medianMs };
};

const earlier = (a: Candidate, b: Candidate): number =>
  a.endsAtMs - b.endsAtMs || b.forecast.pBreak300 - a.forecast.pBreak300;

/**
 * Finds what ends the sandbox first: the least median time among the signals that really move towards their limit, ties
 * by probability; the expiry takes part with its deadline. How far ahead a trend is worth naming is the model's business. A signal with an
 * open warning goes before one without, so that the colour of a warning never stands beside the name of something harmless. One that is
 * watched stays in the running while its probability dips, and keeps its name before the clock and before what is calm while it tells no
 * time at all, so that the name does not change back and forth: what does not come back is not watched any more after some seconds.
 */
export const pickLeading = (
  forecasts: readonly Forecast[],
  levels: ReadonlyMap<SignalName, WarningLevel> = new Map(),
): Forecast | null => {
  const levelOf = ({ signal }: Forecast): WarningLevel => levels.get(signal) ?? 'calm';
  const warned = forecasts.filter((forecast) => atLeast(levelOf(forecast), 'warn'));
  const pool = warned.length > 0 ? warned : forecasts;
  const found = pool.map((forecast) => candidate(forecast, levelOf(forecast))).filter((each) => each !== null);
  const first = found.toSorted(earlier)[0]?.forecast ?? warned[0] ?? null;
  const isWatched = (forecast: Forecast): boolean => forecast.signal !== 'expiry' && levelOf(forecast) === 'watch';
  if (warned.length > 0 || (first !== null && isWatched(first))) return first;
  return forecasts.find((each) => canLead(each) && isWatched(each) && !Number.isFinite(medianOf(each))) ?? first;
};
