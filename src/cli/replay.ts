import { createForecaster } from '../forecast/forecaster.ts';
import type { SandboxEvent } from '../model/events.ts';
import type { Forecast, Forecaster, TimeToLimit } from '../model/forecast.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { WarningLevel } from '../model/warning.ts';
import { type AlertPolicy, alertPolicy, type Sensitivity } from '../monitor/alert-policy.ts';
import { createSandboxMonitor } from '../monitor/sandbox-monitor.ts';
import type { TraceFile } from './trace-file.ts';
import { traceRows } from './trace-reader.ts';

/** JSON knows no Infinity: "not by this model" is a time of about thirty years. */
const neverMs = 1e12;

/** What is printed of one signal. */
interface ReplaySignal {
  readonly pressure: number | null;
  readonly pBreak60: number;
  readonly pBreak120: number;
  readonly pBreak300: number;
  readonly timeToLimitMs: TimeToLimit | null;
}

/** One line of the output: what the monitor said after one row. */
export interface ReplayLine {
  readonly trace: string;
  readonly tMs: number;
  readonly signals: Readonly<Partial<Record<SignalName, ReplaySignal>>>;
  readonly level: WarningLevel;
  readonly leading: SignalName | null;
  readonly evidence: string;
}

/** Where less than half of all ways reach the limit there is no time to tell. */
const toldTimes = ({ p10, p50, p90 }: TimeToLimit): TimeToLimit | null =>
  Number.isFinite(p50) ? { p10, p50, p90: Math.min(p90, neverMs) } : null;

const signalOf = ({ pressure, pBreak60, pBreak120, pBreak300, timeToLimitMs }: Forecast): ReplaySignal => ({
  pressure,
  pBreak60,
  pBreak120,
  pBreak300,
  timeToLimitMs: timeToLimitMs === null ? null : toldTimes(timeToLimitMs),
});

const sandboxOf = (id: string): Sandbox => ({
  id,
  provider: 'replay',
  name: id,
  phase: 'running',
  rawState: 'running',
  reason: null,
  message: null,
  createdAtMs: null,
  expiry: null,
  image: null,
  metadata: {},
  renewsOnAccess: false,
});

/** @returns the signal that is named: the leading one, else the fullest. */
function spokenOf(forecasts: readonly Forecast[], leading: Forecast | null): Forecast | null {
  if (leading !== null) return leading;
  return forecasts.toSorted((a, b) => b.pBreak120 - a.pBreak120 || (b.pressure ?? 0) - (a.pressure ?? 0))[0] ?? null;
}

/** How a replay is done. */
export interface ReplayOptions {
  /** Default: balanced. */
  readonly sensitivity?: Sensitivity;
  /** Default: that of `sensitivity`. */
  readonly policy?: AlertPolicy;
  /** Default: a new one of the extension. */
  readonly forecaster?: Forecaster;
  /** Reads only every so-manyth row, as a source would that reports more seldom; commands are told when they come. Default: every one. */
  readonly every?: number;
}

/** What a source that reports only every so-manyth row tells of this one. */
function told(events: readonly SandboxEvent[], row: number, every: number): readonly SandboxEvent[] {
  if (every === 1) return events;
  return events.flatMap((event): readonly SandboxEvent[] => {
    if (event.kind !== 'sample') return [event];
    return row % every === 0 ? [{ ...event, cadenceMs: event.cadenceMs * every }] : [];
  });
}

/** Replays one trace through the monitor of the extension, row by row. @returns one line for each row with a time before the break, in file order. */
export function* replay(trace: TraceFile, options: ReplayOptions = {}): Generator<ReplayLine> {
  let monitor: ReturnType<typeof createSandboxMonitor> | null = null;
  let row = 0;
  for (const { tMs, atMs, events } of traceRows(trace)) {
    for (const event of told(events, row++, options.every ?? 1)) {
      monitor ??= createSandboxMonitor({
        sandbox: sandboxOf(trace.id),
        supports: [],
        capabilities: { vanishesAtExpiry: false, pauseKeepsMemory: false, expiresWhilePaused: false },
        nowMs: event.atMs,
        policy: options.policy ?? alertPolicy(options.sensitivity ?? 'balanced'),
        forecaster: options.forecaster ?? createForecaster(),
      });
      monitor.observe(event);
    }
    const view = monitor?.view(atMs) ?? null;
    const forecasts = view?.forecasts ?? [];
    const signals: Partial<Record<SignalName, ReplaySignal>> = {};
    for (const forecast of forecasts) signals[forecast.signal] = signalOf(forecast);
    yield {
      trace: trace.id,
      tMs,
      signals,
      level: view?.level ?? 'calm',
      leading: view?.leading?.signal ?? null,
      evidence: spokenOf(forecasts, view?.leading ?? null)?.evidence ?? 'no readings',
    };
  }
}
