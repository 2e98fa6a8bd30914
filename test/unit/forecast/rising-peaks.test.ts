import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { calm, inSeries } from '../../../src/forecast/outlook.ts';
import { RecoveryMemory } from '../../../src/forecast/recovery.ts';
import { type PeakSeries, RisingPeaks } from '../../../src/forecast/rising-peaks.ts';
import { forecastAfter, processOf, sample, startMs } from './support.ts';

/** One that was seen well, with a reading each second. */
const peakAt = (atMs: number, height: number, who: string | null = 'report') => ({
  atMs,
  reading: atMs / 1000,
  height,
  missed: 0,
  who,
});

/** What peaks half a minute apart say a second after the last of them. */
function after(peaks: readonly number[], laterMs = 1000): PeakSeries | null {
  const series = new RisingPeaks();
  peaks.forEach((height, i) => {
    series.add(peakAt(i * 30_000, height));
  });
  return series.at((peaks.length - 1) * 30_000 + laterMs, 100);
}

describe('peaks that rise from job to job', () => {
  it('say when the line through them meets the limit', () => {
    const [in60, in120, in300] = after([45, 51, 57, 63, 69, 75])?.due ?? [];
    expect(in60).toBeLessThan(0.1);
    expect(in120).toBeLessThan(0.5);
    expect(in300).toBeGreaterThan(0.9);
  });

  it('are a danger of the next job once the next step does not fit', () => {
    expect(after([68, 79, 90])?.due[0]).toBeGreaterThan(0.75);
    expect(after([48, 56, 64])?.due[0]).toBeLessThan(0.1);
  });

  it('tell how high they were and how often they come', () => {
    expect(after([65, 72, 80, 88])).toMatchObject({ heights: [65, 72, 80, 88], intervalMs: 30_000 });
  });

  it.each([
    ['the same each time', [80, 80, 80, 80]],
    ['lower each time', [95, 90, 85, 80]],
    ['without order', [73, 62, 75, 66, 83]],
    ['only two', [60, 95]],
    ['three that lie on no line', [60, 62, 80]],
  ])('are no series where they are %s', (_what, peaks) => {
    expect(after(peaks)).toBeNull();
  });

  it('do not count what other, smaller jobs take between them', () => {
    expect(after([60, 12, 65, 14, 70, 13, 76])?.heights).toEqual([60, 65, 70, 76]);
  });

  it('begin anew with a step of nearly half', () => {
    expect(after([30, 33, 36, 80])).toBeNull();
    expect(after([30, 33, 72, 80, 88])?.heights).toEqual([72, 80, 88]);
  });

  it('are less and less of a danger while the next one stays away', () => {
    const peaks = [64, 72, 80, 88];
    const [due = 0, late = 0, later = 0] = [29_000, 40_000, 50_000].map((ms) => after(peaks, ms)?.due[0]);
    expect(due).toBeGreaterThan(0.7);
    expect(late).toBeLessThan(due);
    expect(later).toBeLessThan(late);
    expect(after(peaks, 60_000)).toBeNull();
  });

  it('are of one job: of what nobody knows by its name it takes five, and two programs make none', () => {
    const series = (heights: readonly number[], whoOf: (i: number) => string | null): PeakSeries | null => {
      const peaks = new RisingPeaks();
      heights.forEach((height, i) => {
        peaks.add(peakAt(i * 30_000, height, whoOf(i)));
      });
      return peaks.at(heights.length * 30_000 - 29_000, 100);
    };
    expect(series([60, 68, 76, 84], () => null)).toBeNull();
    expect(series([52, 60, 68, 76, 84], () => null)).not.toBeNull();
    expect(series([60, 68, 76, 84], (i) => `${['lint', 'check', 'test', 'build'][i]}`)).toBeNull();
    // Another, smaller one between them changes nothing.
    const both = series([60, 50, 68, 50, 76, 50, 84], (i) => (i % 2 === 0 ? 'build' : 'test'));
    expect(both?.heights).toEqual([60, 68, 76, 84]);
  });

  it('end when the job needs less, also far less', () => {
    const series = new RisingPeaks();
    [60, 68, 76, 84].forEach((height, i) => {
      series.add(peakAt(i * 30_000, height));
    });
    series.add(peakAt(105_000, 12));
    expect(series.at(106_000, 100)).not.toBeNull();
    series.add(peakAt(121_000, 12));
    expect(series.at(122_000, 100)).toBeNull();
  });

  it('are none where they come in a burst and once more long after it', () => {
    const series = new RisingPeaks();
    [0, 15, 30, 45, 300].forEach((atS, i) => {
      series.add(peakAt(atS * 1000, 58 + 6 * i));
    });
    expect(series.at(301_000, 100)).toBeNull();
  });

  it('are over after ten minutes', () => {
    const series = new RisingPeaks();
    [0, 30_000, 700_000].forEach((atMs, i) => {
      series.add(peakAt(atMs, 68 + 11 * i));
    });
    expect(series.at(701_000, 100)).toBeNull();
  });

  it('are believed in proportion where they lie less well on a line', () => {
    const [straight = 0, bent = 0] = [
      [68, 79, 90, 99],
      [67, 70, 75, 88],
    ].map((peaks) => after(peaks)?.due[2]);
    expect(straight).toBeGreaterThan(0.95);
    expect(bent).toBeGreaterThan(0.2);
    expect(bent).toBeLessThan(0.8);
  });

  it('are over once one falls back', () => {
    expect(after([50, 60, 70, 80, 60])).toBeNull();
  });

  it('are forgotten on restart', () => {
    const series = new RisingPeaks();
    [68, 79, 90].forEach((height, i) => {
      series.add(peakAt(i * 30_000, height));
    });
    series.restart();
    expect(series.at(61_000, 100)).toBeNull();
  });
});

const growing = [124, 139, 154, 169, 184, 200];

/** The program that the job runs, so that it is known as one. */
const report = [processOf(7, 'report', 100)];

/** Memory of a job that runs every half minute for seven seconds, each time up to the next of `peaks`. */
const jobs = (peaks: readonly number[], more: Parameters<typeof sample>[1] = {}) =>
  peaks.flatMap((peak, job) =>
    Array.from({ length: 30 }, (_, s) =>
      sample(job * 30 + s, {
        processes: report,
        ...more,
        memoryMiB: s >= 10 && s < 17 ? peak * Math.min(1, (s - 9) / 5) : 10,
      }),
    ),
  );

describe('a forecast of jobs that grow', () => {
  it('is made between two of them, with the peaks in its evidence', () => {
    const seen = forecastAfter(createForecaster(), jobs(growing), 'memory');
    expect(seen.pBreak60).toBeLessThan(0.1);
    expect(seen.pBreak120).toBeGreaterThan(0.5);
    expect(seen.pBreak300).toBeGreaterThan(0.9);
    expect(seen.evidence).toContain('peaks rise: 48, 54, 60, 66, 72, 78 % of the limit, every 30 s');
  });

  it('tells no time: it is known by whole jobs only, also where the floor rises a little', () => {
    const events = jobs(growing).map((event, s) =>
      sample(s, { processes: report, memoryMiB: (event.memory?.workingSetBytes ?? 0) / 2 ** 20 + s / 20 }),
    );
    const seen = forecastAfter(createForecaster(), events, 'memory');
    expect(seen.pBreak120).toBeGreaterThan(0.5);
    expect(seen.timeToLimitMs).toBeNull();
  });

  it('names shares of what memory and swap can hold together', () => {
    const swap = { usedBytes: 0, limitBytes: 128 * 2 ** 20 };
    const seen = forecastAfter(
      createForecaster(),
      jobs(
        growing.map((peak) => 1.5 * peak),
        { limitMiB: 256, more: { swap } },
      ),
      'memory',
    );
    expect(seen.risingPeaks?.shares.at(-1)).toBeCloseTo(200 / 256, 1);
  });

  it('is not named where another reason says more', () => {
    const seen = forecastAfter(
      createForecaster(),
      [...jobs([60, 66, 72, 78, 84, 90]), sample(180, { memoryMiB: 250 })],
      'memory',
    );
    expect(seen.risingPeaks).toBeUndefined();
  });

  it('is not made of jobs that take the same each time', () => {
    const seen = forecastAfter(createForecaster(), jobs([230, 230, 230, 230]), 'memory');
    expect(seen.pBreak300).toBe(0);
    expect(seen.evidence).not.toContain('peaks');
  });

  it('goes by the limit there is now', () => {
    const events = [
      ...jobs(growing),
      { kind: 'limit-changed', sandboxId: 'box', atMs: startMs + 119_500, signal: 'memory', limit: 2 ** 30 } as const,
      sample(120, { memoryMiB: 10, limitMiB: 1024 }),
    ];
    expect(forecastAfter(createForecaster(), events, 'memory').pBreak120).toBeLessThan(1e-6);
  });

  it('begins anew after a kill', () => {
    const events = [...jobs(growing, { oomKillCount: 0 }), sample(120, { memoryMiB: 10, oomKillCount: 1 })];
    expect(forecastAfter(createForecaster(), events, 'memory').pBreak300).toBe(0);
  });

  it('is believed no more than the trend where the heap of the process ends below the limit', () => {
    const heapLimit = { limitBytes: 150 * 2 ** 20, source: '-Xmx150m' };
    const java = processOf(7, 'java', 240, { heapLimit });
    const seen = forecastAfter(createForecaster(), jobs(growing, { processes: [java] }), 'memory');
    expect(seen.pBreak120).toBeLessThan(0.2);
  });
});

describe('a trend beside rising peaks', () => {
  const series: PeakSeries = { due: [0.1, 0.9, 0.9], nextInMs: 30_000, heights: [70, 80, 90], intervalMs: 40_000 };
  const slow = { p10: 200_000, p50: 250_000, p90: 290_000 };

  it('keeps its time only where that is over before the next peak', () => {
    const late = inSeries({ ...calm, pBreak300: 0.95, timeToLimitMs: slow }, series, 1);
    expect(late).toMatchObject({ pBreak120: 0.9, pBreak300: 0.95, timeToLimitMs: null });
    const soon = { p10: 5_000, p50: 10_000, p90: 20_000 };
    expect(inSeries({ ...calm, pBreak300: 0.95, timeToLimitMs: soon }, series, 1).timeToLimitMs).toBe(soon);
  });

  it('stays as it is where it says more itself', () => {
    const certain = { ...calm, pBreak60: 0.5, pBreak120: 0.95, pBreak300: 0.99, timeToLimitMs: slow };
    expect(inSeries(certain, series, 1)).toEqual(certain);
  });
});

describe('teeth of one height', () => {
  // What climbs all the time, and what is gone again after some seconds.
  it.each([Number.POSITIVE_INFINITY, 2, 3, 5, 8])(
    'are no series, however seldom they are looked at, if they last %s s',
    (riseS) => {
      const alarmed: string[] = [];
      for (const cadenceS of [1, 2, 5, 15, 60]) {
        for (let periodS = 4; periodS < 160; periodS *= 1.01) {
          const memory = new RecoveryMemory();
          const lastsS = Math.min(riseS, periodS);
          for (let s = 0; s < 1800; s += cadenceS) {
            const into = s % periodS;
            memory.add(s * 1000, into < lastsS ? 20 + (70 * into) / lastsS : 20, 100, 'job');
            if ((memory.series(s * 1000, 100)?.due[1] ?? 0) > 0.5)
              alarmed.push(`${periodS} s read every ${cadenceS} s`);
          }
        }
      }
      expect(alarmed).toEqual([]);
    },
  );
});
