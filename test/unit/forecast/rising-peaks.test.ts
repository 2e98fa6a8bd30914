import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import { RecoveryMemory } from '../../../src/forecast/recovery.ts';
import { type PeakSeries, RisingPeaks } from '../../../src/forecast/rising-peaks.ts';
import { forecastAfter, processOf, sample, startMs } from './support.ts';

/** What peaks half a minute apart say a second after the last of them. */
function after(peaks: readonly number[], laterMs = 1000): PeakSeries | null {
  const series = new RisingPeaks();
  peaks.forEach((peak, i) => {
    series.add(i * 30_000, peak);
  });
  return series.at((peaks.length - 1) * 30_000 + laterMs, 100, 1000);
}

describe('peaks that rise from job to job', () => {
  it('say when the line through them meets the limit', () => {
    const [in60, in120, in300] = after([55, 61, 67, 73])?.due ?? [];
    expect(in60).toBeLessThan(0.1);
    expect(in120).toBeLessThan(0.5);
    expect(in300).toBeGreaterThan(0.9);
  });

  it('are a danger of the next job once the next step does not fit', () => {
    expect(after([68, 79, 90])?.due[0]).toBeGreaterThan(0.75);
    expect(after([48, 56, 64])?.due[0]).toBeLessThan(0.1);
  });

  it('tell how high they were and how often they come', () => {
    expect(after([65, 72, 80, 88])).toMatchObject({ seen: { peaks: [65, 72, 80, 88], intervalMs: 30_000 } });
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
    expect(after([60, 12, 65, 14, 70, 13, 76])?.seen.peaks).toEqual([60, 65, 70, 76]);
  });

  it('begin anew with a step of more than a third', () => {
    expect(after([30, 33, 36, 80])).toBeNull();
    expect(after([30, 33, 72, 80, 88])?.seen.peaks).toEqual([72, 80, 88]);
  });

  it('are over when the next one does not come, and after ten minutes', () => {
    expect(after([68, 79, 90], 59_000)).not.toBeNull();
    expect(after([68, 79, 90], 61_000)).toBeNull();
    const series = new RisingPeaks();
    [0, 30_000, 700_000].forEach((atMs, i) => {
      series.add(atMs, 68 + 11 * i);
    });
    expect(series.at(701_000, 100, 1000)).toBeNull();
  });

  it('are believed in proportion where they lie less well on a line', () => {
    const [straight = 0, bent = 0] = [
      [68, 79, 90, 99],
      [68, 70, 76, 87],
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
    [68, 79, 90].forEach((peak, i) => {
      series.add(i * 30_000, peak);
    });
    series.restart();
    expect(series.at(61_000, 100, 1000)).toBeNull();
  });
});

const growing = [154, 169, 184, 200];

/** Memory of a job that runs every half minute for five seconds, each time up to the next of `peaks`. */
const jobs = (peaks: readonly number[], more: Parameters<typeof sample>[1] = {}) =>
  peaks.flatMap((peak, job) =>
    Array.from({ length: 30 }, (_, s) =>
      sample(job * 30 + s, { ...more, memoryMiB: s >= 10 && s < 15 ? (peak * (s - 9)) / 5 : 10 }),
    ),
  );

describe('a forecast of jobs that grow', () => {
  it('is made between two of them, with the peaks in its evidence', () => {
    const seen = forecastAfter(createForecaster(), jobs(growing), 'memory');
    expect(seen.pBreak60).toBeLessThan(0.1);
    expect(seen.pBreak120).toBeGreaterThan(0.5);
    expect(seen.pBreak300).toBeGreaterThan(0.9);
    expect(seen.evidence).toContain('peaks rise: 60, 66, 72, 78 % of the limit, every 30 s');
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

describe('teeth of one height', () => {
  it('are no series, however seldom they are looked at', () => {
    const alarmed: string[] = [];
    for (const cadenceS of [1, 2, 5, 15, 60]) {
      for (let periodS = 4; periodS < 160; periodS *= 1.01) {
        const memory = new RecoveryMemory();
        for (let s = 0; s < 1800; s += cadenceS) {
          memory.add(s * 1000, 20 + 70 * ((s / periodS) % 1), 100);
          const series = memory.series(s * 1000, 100, cadenceS * 1000);
          if ((series?.due[1] ?? 0) > 0.5) alarmed.push(`${periodS} s read every ${cadenceS} s`);
        }
      }
    }
    expect(alarmed).toEqual([]);
  });
});
