import { createForecaster } from '../../src/forecast/forecaster.ts';
import { SignalTrack } from '../../src/forecast/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { sampleAt, startMs } from './course.ts';
import { type Few, type Timing, timing } from './measure.ts';
import { heldBytes } from './memory.ts';

/** What the forecaster costs. */
export interface ForecastBench {
  /** `observe` of one sample with six signals, and every fifth time a process list. */
  readonly observe: Timing;
  /** The same and `forecasts` after it, as the monitor asks. */
  readonly observeAndForecast: Timing;
  /** Heap and typed arrays that one signal's history holds. */
  readonly stateBytesPerSignal: Few;
}

/** Readings after which every scale is full. */
const fullAfter = 400;

function observing(ask: boolean): Timing {
  const forecaster = createForecaster();
  let second = 0;
  let sample: Sample = sampleAt(second);
  return timing(
    () => {
      second += 1;
      sample = sampleAt(second);
    },
    () => {
      forecaster.observe(sample);
      if (ask) forecaster.forecasts(sample.atMs);
    },
  );
}

function filledTrack(): SignalTrack {
  const track = new SignalTrack(60_000);
  for (let i = 0; i < fullAfter; i++) track.add(startMs + i * 1000, i % 100, 100, 1000);
  return track;
}

/** @returns the cost of the forecaster on this machine; takes about five seconds. */
export function benchForecast(): ForecastBench {
  return {
    observe: observing(false),
    observeAndForecast: observing(true),
    stateBytesPerSignal: heldBytes(filledTrack, 500),
  };
}
