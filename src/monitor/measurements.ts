import type { ProcessExited, SandboxEvent } from '../model/events.ts';
import type { Forecast } from '../model/forecast.ts';
import type { ProcessReading, Sample } from '../model/sample.ts';
import { BlackBox } from './black-box.ts';
import { clockBucket, sameForecasts } from './freshness.ts';
import { noProcesses, type ProcessState, trackProcesses } from './process-tracker.ts';
import { SampleOrder } from './sample-order.ts';
import type { SteadyForecaster } from './steady-forecaster.ts';

/** The readings of one sandbox, and what the model says of them. */
export class Measurements {
  readonly box = new BlackBox();
  readonly #forecaster: SteadyForecaster;
  readonly #order = new SampleOrder();
  #processes: ProcessState = noProcesses;
  #newest: Sample | null = null;
  #forecasts: readonly Forecast[] = [];
  #bucket = '';

  constructor(forecaster: SteadyForecaster) {
    this.#forecaster = forecaster;
  }

  /** Those of the last list, largest first. */
  get processes(): readonly ProcessReading[] {
    return this.#processes.processes;
  }

  /** The newest reading of each signal: not every sample looks at all of them. Null before the first one. */
  get newest(): Sample | null {
    return this.#newest;
  }

  /** As they were when a person could last see a difference. */
  get forecasts(): readonly Forecast[] {
    return this.#forecasts;
  }

  /** @returns the samples to be taken in now that this one has come, oldest first; empty for one that seems late. */
  inOrder(sample: Sample): readonly Sample[] {
    const { samples, setBackMs } = this.#order.accept(sample);
    if (setBackMs !== 0) this.#forecaster.setBack(setBackMs);
    return samples;
  }

  /** Takes in one sample. @returns the processes that the kernel probably killed since the last list. */
  take(sample: Sample): readonly ProcessExited[] {
    const { state, exited, killed } = trackProcesses(this.#processes, sample);
    this.#processes = state;
    this.#forecaster.observe(sample);
    for (const each of exited) this.#forecaster.observe(each);
    this.#forecasts = this.#forecaster.forecasts(sample.atMs);
    this.box.add(sample, this.#forecasts);
    this.#newest = this.#newest?.source === sample.source ? { ...this.#newest, ...sample } : sample;
    return killed;
  }

  /** Something happened that the model should know of. */
  observe(event: SandboxEvent): void {
    this.#forecaster.observe(event);
  }

  /** @returns what the model says now, whether it is worth showing or not. */
  forecastsAt(nowMs: number): readonly Forecast[] {
    return this.#forecaster.forecasts(nowMs);
  }

  /** Lets time pass. @returns whether a person can see a difference, in the forecasts or in the time left. */
  passTime(nowMs: number, deadlineMs: number | null): boolean {
    const forecasts = this.#forecaster.forecasts(nowMs);
    const bucket = clockBucket(deadlineMs, nowMs);
    if (bucket === this.#bucket && sameForecasts(this.#forecasts, forecasts)) return false;
    this.#bucket = bucket;
    this.#forecasts = forecasts;
    return true;
  }

  /** @returns `atMs`, or the time of the newest sample when that is later: events are told late now and then, and time does not go back. */
  notBefore(atMs: number): number {
    return Math.max(atMs, this.box.last?.atMs ?? atMs);
  }
}
