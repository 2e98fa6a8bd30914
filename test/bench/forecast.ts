import { createForecaster, type ForecasterOptions } from '../../src/forecast/forecaster.ts';
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
  /** The same in a sandbox of a kind of which ten ended before, each at another size. */
  readonly withEarlierLives: Timing;
  /** Heap and typed arrays that one signal's history holds. */
  readonly stateBytesPerSignal: Few;
}

/** Readings after which every scale is full. */
const fullAfter = 400;

const earlierLives = 10;
const knownKind: ForecasterOptions = {
  origin: 'api:1',
  createdAtMs: startMs,
  peaks: {
    peakOf: () => ({
      peakBytes: 2 ** 40,
      runs: earlierLives,
      lastRunAtMs: startMs,
      // Long before the end, as most readings are.
      tookMs: 30 * 24 * 3_600_000,
      peaks: Array.from({ length: earlierLives }, (_, no) => ({ peakBytes: 2 ** 27 * 1.05 ** no, weight: 1 })),
    }),
  },
};

function observing(ask: boolean, options: ForecasterOptions = {}): Timing {
  const forecaster = createForecaster(options);
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
    withEarlierLives: observing(true, knownKind),
    stateBytesPerSignal: heldBytes(filledTrack, 500),
  };
}
