import type { SandboxEvent } from './events.ts';
import type { SignalName, SignalUnit } from './signal.ts';

/** Quantiles of the time until the limit is reached, in milliseconds from `Forecast.atMs`. Infinity means "not by this model". */
export interface TimeToLimit {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** Excursions of which each, on the whole, went higher than the one before. */
export interface RisingPeaks {
  /** How high, as shares of how far the signal can go (its limit; of memory with what swap takes over), oldest first. */
  readonly shares: readonly number[];
  /** The usual time between two of them, milliseconds. */
  readonly intervalMs: number;
}

/** What the model says of one signal at one moment. */
export interface Forecast {
  readonly signal: SignalName;
  /** The moment of the last event that went into it, epoch milliseconds. */
  readonly atMs: number;
  readonly unit: SignalUnit;
  /** Use in `unit`. For `expiry`: milliseconds already used of the lifetime seen. */
  readonly used: number;
  /** Limit in `unit`, null when there is none. For `expiry`: the deadline, epoch milliseconds. */
  readonly limit: number | null;
  /** used / limit, 0..1 and above; null without a limit. */
  readonly pressure: number | null;
  /** Probability that the limit is reached within 60, 120 and 300 seconds; never falling with the horizon. */
  readonly pBreak60: number;
  readonly pBreak120: number;
  readonly pBreak300: number;
  /** Null while the signal does not move towards its limit. */
  readonly timeToLimitMs: TimeToLimit | null;
  /** Rise of the floor in `unit` per second, null when not estimated. */
  readonly slopePerSecond: number | null;
  /** Nobody set this limit, so it is a guess where it lies; absent otherwise. */
  readonly guessed?: true;
  /** Of a heap: `used` is all that its process holds, code and buffers too, because it does not tell its heap; absent otherwise. */
  readonly resident?: true;
  /** Of `disk` and `inodes`: a folder on the file system it is about, for people; absent where there is only one. */
  readonly place?: string;
  /** How long the present climb has lasted, milliseconds; absent while the signal does not climb. */
  readonly risingForMs?: number;
  /** Where the signal comes and goes, higher and higher, and that makes a break more likely than all else that is known; absent otherwise. */
  readonly risingPeaks?: RisingPeaks;
  /** The process that grows, when one was seen to. */
  readonly grower: { readonly pid: number; readonly name: string; readonly bytesPerSecond: number } | null;
  /** One line in words; every number in it comes from the model. */
  readonly evidence: string;
}

/** Whether only the heights of earlier peaks tell of a break: what there is now says nothing of it. */
export const isBetweenPeaks = ({ risingPeaks, timeToLimitMs }: Forecast): boolean =>
  risingPeaks !== undefined && timeToLimitMs === null;

/** Turns what happens in one sandbox into forecasts. Pure: all times come from the events. */
export interface Forecaster {
  /** Takes in one event. Never throws; nonsense is ignored and named in the evidence. */
  observe(event: SandboxEvent): void;
  /** @returns one forecast for each signal with input, in the order of `signalNames`. */
  forecasts(nowMs: number): readonly Forecast[];
}
