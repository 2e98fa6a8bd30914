import type { Forecast } from './forecast.ts';
import type { SignalName } from './signal.ts';

/** How near a break is, lowest first. */
export const warningLevels = ['calm', 'watch', 'warn', 'critical'] as const;

export type WarningLevel = (typeof warningLevels)[number];

/** Whether `level` is at least `floor`. */
export const atLeast = (level: WarningLevel, floor: WarningLevel): boolean =>
  warningLevels.indexOf(level) >= warningLevels.indexOf(floor);

/** One episode: watch → warn → critical → recovered or broke. At most one notification belongs to it. */
export interface Warning {
  /** Unique over all sandboxes and restarts. */
  readonly id: string;
  readonly sandboxId: string;
  readonly signal: SignalName;
  readonly level: WarningLevel;
  readonly startedAtMs: number;
  /** When it first reached `warn`, or null while only watching. */
  readonly warnedAtMs: number | null;
  /** When it first reached `critical`, or null. */
  readonly criticalAtMs: number | null;
  /** The forecast that raised it to `warn` (before that: the newest). */
  readonly forecast: Forecast;
  readonly endedAtMs: number | null;
  readonly outcome: 'open' | 'recovered' | 'broke';
}
