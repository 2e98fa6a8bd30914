import { performance } from 'node:perf_hooks';
import { createForecaster } from '../../src/forecast/forecaster.ts';
import { SignalTrack } from '../../src/forecast/track.ts';
import type { ProcessReading, Sample } from '../../src/model/sample.ts';

/** What the forecaster costs. All figures are means over a leak with a sawtooth, the dearest course there is. */
export interface ForecastBench {
  /** `observe` of one sample with six signals, and every fifth time a process list, nanoseconds. */
  readonly nsPerSample: number;
  /** The same for one signal. */
  readonly nsPerSampleAndSignal: number;
  /** `observe` and `forecasts` after it, per signal. */
  readonly nsPerForecastAndSignal: number;
  /** Heap and typed arrays held per signal, bytes; NaN when the collector cannot be called. */
  readonly stateBytesPerSignal: number;
}

const signals = 6;
const mebibyte = 1024 * 1024;

function sampleAt(second: number): Sample {
  const used = (30 + (second % 200) + 3 * (second % 7)) * mebibyte;
  const processes: readonly ProcessReading[] = [
    { pid: 412, parentPid: 1, name: 'node', rssBytes: used, ageMs: 1000 * second, heapLimit: null },
    { pid: 1, parentPid: null, name: 'sh', rssBytes: mebibyte, ageMs: 1000 * second, heapLimit: null },
  ];
  return {
    kind: 'sample',
    sandboxId: 'bench',
    atMs: 1_700_000_000_000 + 1000 * second,
    source: 'cgroup',
    cadenceMs: 1000,
    caveat: null,
    memory: {
      usedBytes: used,
      workingSetBytes: used,
      limitBytes: 256 * mebibyte,
      anonBytes: used - mebibyte,
      oomKillCount: 0,
      limitHitCount: 0,
      stalledPercent: 0,
    },
    swap: { usedBytes: used / 10, limitBytes: 256 * mebibyte },
    disk: { usedBytes: used * 4, limitBytes: 2048 * mebibyte },
    inodes: { used: 1000 + second, limit: 65_536 },
    pids: { used: 10 + (second % 100), limit: 512 },
    fds: { used: 20 + (second % 500), limit: 1024, pid: 412 },
    ...(second % 5 === 0 ? { processes } : {}),
  };
}

/** Replays `seconds` samples, with or without asking for forecasts after each. @returns nanoseconds per sample. */
function replay(samples: readonly Sample[], ask: boolean): number {
  const forecaster = createForecaster();
  const before = performance.now();
  for (const sample of samples) {
    forecaster.observe(sample);
    if (ask) forecaster.forecasts(sample.atMs);
  }
  return ((performance.now() - before) * 1e6) / samples.length;
}

function stateBytes(): number {
  const collect: unknown = Reflect.get(globalThis, 'gc');
  if (typeof collect !== 'function') return Number.NaN;
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const count = 2000;
  const before = held();
  const tracks = Array.from({ length: count }, () => {
    const track = new SignalTrack(60_000);
    for (let i = 0; i < 20; i++) track.add(i * 1000, i, 100, 1000);
    return track;
  });
  const bytes = (held() - before) / count;
  return tracks.length === count ? bytes : Number.NaN;
}

/** @returns the cost of the forecaster on this machine; takes about a second. State is measured under `--expose-gc` only. */
export function benchForecast(): ForecastBench {
  const samples = Array.from({ length: 20_000 }, (_, second) => sampleAt(second));
  replay(samples, true);
  const best = (ask: boolean): number => Math.min(replay(samples, ask), replay(samples, ask), replay(samples, ask));
  const observed = best(false);
  const asked = best(true);
  return {
    nsPerSample: observed,
    nsPerSampleAndSignal: observed / signals,
    nsPerForecastAndSignal: asked / signals,
    stateBytesPerSignal: stateBytes(),
  };
}
