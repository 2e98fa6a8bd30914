import type { SandboxEvent } from '../model/events.ts';
import type { Forecast, Forecaster } from '../model/forecast.ts';

/**
 * A forecaster whose past goes on when the clock is set back a little: what it is told lies on a time of its own that never
 * went back, and what it says is put back on ours. Only the deadline stays on ours, because that is the clock it is due by.
 */
export class SteadyForecaster implements Forecaster {
  readonly #inner: Forecaster;
  /** How far the inner time is ahead of ours, milliseconds. */
  #aheadMs = 0;

  constructor(inner: Forecaster) {
    this.#inner = inner;
  }

  /** Our clock was set back by `byMs` while readings kept coming; null: by so much that the past is to be given up. */
  setBack(byMs: number | null): void {
    this.#aheadMs = byMs === null ? 0 : this.#aheadMs + byMs;
  }

  observe(event: SandboxEvent): void {
    const isDeadline = event.kind === 'limit-changed' && event.signal === 'expiry';
    this.#inner.observe(isDeadline || this.#aheadMs === 0 ? event : { ...event, atMs: event.atMs + this.#aheadMs });
  }

  forecasts(nowMs: number): readonly Forecast[] {
    const aheadMs = this.#aheadMs;
    if (aheadMs === 0) return this.#inner.forecasts(nowMs);
    const deadline = this.#inner.forecasts(nowMs).find((each) => each.signal === 'expiry');
    return this.#inner
      .forecasts(nowMs + aheadMs)
      .map((each) => (each.signal === 'expiry' ? (deadline ?? each) : { ...each, atMs: each.atMs - aheadMs }));
  }
}
