import type { Forecast } from '../model/forecast.ts';
import type { Sample } from '../model/sample.ts';
import { type SignalName, signalNames } from '../model/signal.ts';
import type { PressureHistory } from '../model/view.ts';

/** How far back the black box reaches. */
const keptMs = 10 * 60_000;
/** And how many samples it holds at most, should a source send more than one a second. */
const keptSamples = 720;
const sparkValues = 60;
/** One sparkline value stands for this long, so that sixty reach back five minutes. */
const sparkStepMs = 5_000;

interface Spark {
  readonly values: number[];
  stepStartedAtMs: number;
}

/** Keeps the last minutes of samples for the incident, and the course of each signal's pressure for the sparklines. */
export class BlackBox {
  #samples: Sample[] = [];
  readonly #sparks = new Map<SignalName, Spark>();
  #history: readonly PressureHistory[] | null = null;

  /** The newest sample, or null. */
  get last(): Sample | null {
    return this.#samples.at(-1) ?? null;
  }

  /** @returns the last ten minutes as a copy that later samples do not change. */
  copy(): readonly Sample[] {
    const newestMs = this.last?.atMs ?? 0;
    return this.#samples.slice(-keptSamples).filter((each) => newestMs - each.atMs <= keptMs);
  }

  /** Adds a sample and the pressures that the forecasts made with it give. */
  add(sample: Sample, forecasts: readonly Forecast[]): void {
    // The lines of a sparkline must speak of one thing: those of the machine and of the sandbox do not mix.
    if (this.last !== null && this.last.source !== sample.source) this.#sparks.clear();
    this.#samples.push(sample);
    const tooOld = this.#samples.findIndex((each) => sample.atMs - each.atMs <= keptMs);
    const surplus = Math.max(tooOld, this.#samples.length - keptSamples);
    // Dropped in batches, because every removal at the front moves all others.
    if (surplus > 60 || this.#samples.length > keptSamples + 60) this.#samples = this.#samples.slice(surplus);
    for (const { signal, pressure } of forecasts) {
      if (signal !== 'expiry' && pressure !== null && Number.isFinite(pressure))
        this.#mark(signal, pressure, sample.atMs);
    }
    this.#history = null;
  }

  /** Keeps the newest sample only: it is what there is now. */
  forget(): void {
    this.#samples = this.#samples.slice(-1);
    this.#sparks.clear();
    this.#history = null;
  }

  /** @returns the readings that are at most `withinMs` from this time, newest first. */
  near(atMs: number, withinMs: number): readonly Sample[] {
    const oldest = this.#samples.findLastIndex((each) => each.atMs < atMs - withinMs) + 1;
    return this.#samples
      .slice(oldest)
      .filter((each) => each.atMs <= atMs + withinMs)
      .toReversed();
  }

  /** @returns the sparklines in the order of the signals; the same object until the next sample. */
  history(): readonly PressureHistory[] {
    this.#history ??= signalNames.flatMap((signal) => {
      const spark = this.#sparks.get(signal);
      return spark === undefined ? [] : [{ signal, values: spark.values.slice() }];
    });
    return this.#history;
  }

  /**
   * @returns memory pressure of the newest reading that speaks of the sandbox itself and is not older than `freshMs` or
   * three cadences, else null.
   */
  freshMemoryPressure(atMs: number, freshMs: number): number | null {
    const found = this.#samples.findLast((each) => each.source !== 'machine' && each.memory !== undefined);
    const limitBytes = found?.memory?.limitBytes ?? null;
    if (found?.memory === undefined || limitBytes === null || limitBytes <= 0) return null;
    return atMs - found.atMs <= Math.max(freshMs, 3 * found.cadenceMs)
      ? found.memory.workingSetBytes / limitBytes
      : null;
  }

  #mark(signal: SignalName, pressure: number, atMs: number): void {
    const spark = this.#sparks.get(signal);
    if (spark === undefined) {
      this.#sparks.set(signal, { values: [pressure], stepStartedAtMs: atMs });
      return;
    }
    const sinceMs = atMs - spark.stepStartedAtMs;
    const newest = spark.values.length - 1;
    if (sinceMs >= 0 && sinceMs < sparkStepMs) {
      // The highest value of a step is kept: a peak must be seen.
      spark.values[newest] = Math.max(spark.values[newest] ?? 0, pressure);
      return;
    }
    spark.values.push(pressure);
    spark.stepStartedAtMs = atMs;
    if (spark.values.length > sparkValues) spark.values.shift();
  }
}
