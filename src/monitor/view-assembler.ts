import type { FixOffer } from '../model/fix.ts';
import type { Forecast } from '../model/forecast.ts';
import { isLive, type Phase, type Sandbox } from '../model/sandbox.ts';
import type { SignalName } from '../model/signal.ts';
import type { Link, SandboxView } from '../model/view.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';
import type { Alarms } from './alarms.ts';
import type { DeadlineWatch } from './deadline-watch.ts';
import type { EndWatch } from './end-watch.ts';
import type { FailureWatch } from './failure-watch.ts';
import { endedLink } from './freshness.ts';
import { wellHealth } from './health.ts';
import type { Journal } from './journal.ts';
import { pickLeading } from './leading.ts';
import type { Measurements } from './measurements.ts';
import type { Offers } from './offers.ts';
import type { ShownEstimates } from './shown-estimates.ts';

/** The parts of a monitor that a view is put together from. */
export interface ViewSources {
  readonly isHere: boolean;
  readonly measurements: Measurements;
  readonly alarms: Alarms;
  readonly deadline: DeadlineWatch;
  readonly ends: EndWatch;
  readonly failures: FailureWatch;
  readonly journal: Journal;
  readonly offers: Offers;
  /** Null where the forecasts are shown as they are. */
  readonly estimates: ShownEstimates | null;
}

const highest = (levels: readonly WarningLevel[]): WarningLevel =>
  levels.reduce<WarningLevel>((most, each) => (atLeast(each, most) ? each : most), 'calm');

const restPhases: readonly Phase[] = ['pausing', 'paused', 'resuming', 'hibernated', 'archived'];

/** What is at rest does not answer, and nothing follows from that. */
const foretold = (forecasts: readonly Forecast[], { phase }: Sandbox): readonly Forecast[] =>
  restPhases.includes(phase) ? forecasts.filter(({ signal }) => signal !== 'responsiveness') : forecasts;

/** Puts what the parts of a monitor know together into one view of the sandbox. */
export class ViewAssembler {
  readonly #sources: ViewSources;

  constructor(sources: ViewSources) {
    this.#sources = sources;
  }

  /** A sample was taken in at `atMs`. */
  sampled(sandbox: Sandbox, atMs: number): void {
    const { estimates, measurements } = this.#sources;
    estimates?.take(measurements.forecasts, this.#levels(sandbox), atMs);
  }

  /** @returns a new view. */
  assemble(sandbox: Sandbox, link: Link, nowMs: number): SandboxView {
    const { isHere, measurements, alarms, ends, failures, journal, offers, estimates } = this.#sources;
    const { ended } = ends;
    const { last } = measurements.box;
    const levels = this.#levels(sandbox);
    const known = ended ? [] : foretold(measurements.forecasts, sandbox);
    const forecasts = estimates?.steady(known, levels, nowMs) ?? known;
    const leading = estimates === null ? pickLeading(forecasts, levels) : estimates.leading(forecasts, levels, nowMs);
    const level = highest([...levels.values()]);
    return {
      sandbox,
      isHere,
      link: ended ? endedLink : link,
      atMs: nowMs,
      lastSampleAtMs: last?.atMs ?? null,
      sampleSource: last?.source ?? null,
      caveat: last?.caveat ?? null,
      sample: last,
      processes: measurements.processes,
      forecasts,
      leading,
      level,
      signalLevels: Object.fromEntries(levels),
      health: ended || !isLive(sandbox.phase) ? wellHealth : failures.healthAt(nowMs),
      warning: alarms.current(leading?.signal ?? null),
      history: measurements.box.history(),
      timeline: journal.timeline,
      errors: failures.errors,
      fixes: offers.against(sandbox, leading, level),
      actions: offers.actions(sandbox),
      outcomes: journal.outcomes,
      incidents: ends.incidents,
    };
  }

  /** See `SandboxMonitor.fixesAgainst`. */
  fixesAgainst(sandbox: Sandbox, signal: SignalName): readonly FixOffer[] {
    const { measurements, offers } = this.#sources;
    const forecast = measurements.forecasts.find((each) => each.signal === signal) ?? null;
    return offers.against(sandbox, forecast, this.#levels(sandbox).get(signal) ?? 'calm');
  }

  /** The level of each signal with an open episode. */
  #levels({ phase }: Sandbox): ReadonlyMap<SignalName, WarningLevel> {
    const { alarms, deadline, ends } = this.#sources;
    return ends.ended || !deadline.runsIn(phase) ? new Map() : alarms.levels(isLive(phase));
  }
}
