import { describe, expect, it } from 'vitest';
import {
  briefUseText,
  comingText,
  peaksText,
  reasonText,
  useText,
  whyText,
} from '../../../src/editor/text/signal-text.ts';
import { timeLeftInterval, timeLeftMs } from '../../../src/editor/text/time-left.ts';
import { ExpiryClock } from '../../../src/forecast/expiry.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import { memoryForecast, nowMs } from '../../helpers/views.ts';

const why = (part: Parameters<typeof memoryForecast>[0]): string => whyText(memoryForecast(part), nowMs);

/** What the real clock says of a deadline in so many milliseconds, after so many; `movedTo` another one. */
const clockAt = (leftMs: number, afterMs: number, movedTo?: number): Forecast => {
  const clock = new ExpiryClock();
  clock.set(nowMs, nowMs + leftMs);
  if (movedTo !== undefined) clock.set(nowMs, nowMs + movedTo);
  const forecast = clock.forecast(nowMs + afterMs);
  if (forecast === null) throw new Error('a clock with a deadline has a forecast');
  return forecast;
};

describe('peaks that rise', () => {
  const risingPeaks = { shares: [0.5, 0.62, 0.75], intervalMs: 15_000 };

  it('are told of between two of them', () => {
    const between = memoryForecast({ timeToLimitMs: null, risingPeaks });
    expect(comingText(between, nowMs)).toBe('full at one of its next peaks: they rise, the last one was at 75%');
    expect(peaksText(between)).toBe('peaks 75%');
  });

  it('give way to the climb of the one that fills it', () => {
    const climbing = memoryForecast({ risingPeaks });
    expect(comingText(climbing, nowMs)).toMatch(/^full at about /);
    expect(peaksText(climbing)).toBe('');
  });
});

describe('what is full', () => {
  const risingPeaks = { shares: [0.5, 0.62, 0.75], intervalMs: 15_000 };
  const of = (part: Partial<Forecast>): Forecast =>
    memoryForecast({ signal: 'disk', used: 100, limit: 100, pressure: 1, risingForMs: 9_000, ...part });

  it('is told in the present, and what does not go any more', () => {
    expect(whyText(of({}), nowMs)).toBe('The disk is full: nothing more can be written');
    expect(whyText(of({ place: '/tmp' }), nowMs)).toBe('/tmp is full: nothing more can be written');
    expect(comingText(of({ place: '/tmp' }), nowMs)).toBe('full: nothing more can be written to /tmp');
    expect(comingText(of({ signal: 'inodes', unit: 'count', place: '/tmp' }), nowMs)).toBe(
      'full: no file more can be made in /tmp',
    );
    expect(comingText(of({ signal: 'pids', unit: 'count' }), nowMs)).toBe('full: no process more can be started');
    expect([briefUseText(of({}), nowMs), useText(of({}), nowMs)]).toEqual(['full', '100% of 100 B']);
  });

  it('has no time left and no next peak', () => {
    expect([timeLeftMs(of({}), nowMs), timeLeftInterval(of({}), nowMs)]).toEqual([null, null]);
    expect(peaksText(of({ timeToLimitMs: null, risingPeaks }))).toBe('');
  });
});

describe('the first line for a person', () => {
  it('says what grows how fast and what is left', () => {
    expect(why({})).toBe('node (pid 412) grows 4.2 MiB/s; 148 MiB left');
    expect(why({ guessed: true })).toBe('node (pid 412) grows 4.2 MiB/s; about 148 MiB left');
    expect(why({ used: 2 ** 30 })).toBe('node (pid 412) grows 4.2 MiB/s; at the limit');
    expect(why({ signal: 'disk', grower: null, risingForMs: 60_000 })).toBe('Disk grows 4.2 MiB/s; 148 MiB left');
  });

  it('counts what comes one by one, by the minute or the hour where that is slow', () => {
    const pids = { signal: 'pids', unit: 'count', grower: null, risingForMs: 60_000, used: 80, limit: 100 } as const;
    expect(why({ ...pids, slopePerSecond: 3 })).toBe('Processes: 3 more each second; 20 left');
    expect(why({ ...pids, slopePerSecond: 0.1 })).toBe('Processes: 6 more each minute; 20 left');
    expect(why({ ...pids, slopePerSecond: 1 / 150 })).toBe('Processes: 24 more each hour; 20 left');
    // What would be rounded to none is left to the words of the forecast.
    expect(why({ ...pids, slopePerSecond: 1 / 36_000, evidence: 'level for 2 min' })).toBe('Level for 2 min');
  });

  it('is what the forecast says where nothing climbs', () => {
    const level = { grower: null, slopePerSecond: 0, evidence: 'level for 2 min; 148 MiB left' };
    expect(why(level)).toBe('Level for 2 min; 148 MiB left');
    expect(why({ ...level, slopePerSecond: 1 })).toBe('Level for 2 min; 148 MiB left');
  });

  it('is the time left where the clock ends it, in the words of all other times', () => {
    const timeToLimitMs = { p10: 3_600_000, p50: 3_600_000, p90: 3_600_000 };
    expect(why({ signal: 'expiry', timeToLimitMs, evidence: 'ends by the clock in 60 min' })).toBe(
      'Its time is over in 1 h',
    );
  });

  it('is that the deadline has passed once it has, also where the forecast was made before', () => {
    const clock = clockAt(600_000, 0);
    for (const forecast of [clock, clockAt(600_000, 900_000)]) {
      expect(whyText(forecast, nowMs + 900_000)).toBe('The deadline has passed');
      expect(useText(forecast, nowMs + 900_000)).toMatch(/^until \d\d:\d\d, which has passed$/);
      expect(briefUseText(forecast, nowMs + 900_000)).toBe('deadline passed');
    }
    expect(briefUseText(clock, nowMs + 300_000)).toBe('5 min left');
  });

  it('leaves to the reason how the deadline was moved, and nothing that it says itself', () => {
    expect(reasonText(clockAt(600_000, 0))).toBeNull();
    const moved = clockAt(600_000, 0, 2_400_000);
    expect(whyText(moved, nowMs)).toBe('Its time is over in 40 min');
    expect(reasonText(moved)).toBe('moved later by 30 min');
    expect(reasonText(memoryForecast({ evidence: 'floor rises; 148 MiB left' }))).toBe('floor rises; 148 MiB left');
  });

  it('says of a limit that nobody set that it is a default', () => {
    expect(useText(memoryForecast({ signal: 'heap', guessed: true }), nowMs)).toBe('71% of about 512 MiB (a default)');
  });
});

it('writes an interval as the notification does', () => {
  const interval = (p10: number, p90: number) =>
    timeLeftInterval(memoryForecast({ timeToLimitMs: { p10, p50: p10, p90 } }), nowMs + 1_000);
  expect(interval(40_000, 83_000)).toBe('in 40–80 s');
  expect(interval(41_000, 116_000)).toBe('in 40–115 s');
  expect(interval(121_000, Number.POSITIVE_INFINITY)).toBe('in 2 min or later');
  expect(interval(5_000, 9_000)).toBe('in less than 10 s');
});
