import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { DiskReading, Sample } from '../../../src/model/sample.ts';
import type { WarningLevel } from '../../../src/model/warning.ts';
import { Alarms } from '../../../src/monitor/alarms.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { aForecast } from '../../helpers/a-forecast.ts';

const startMs = 1_700_000_000_000;
const limit = 100 * 2 ** 20;

/** A disk with a forecast that expects nothing. */
const diskAt = (share: number, parts: Partial<Forecast> = {}): Forecast =>
  aForecast({
    signal: 'disk',
    used: share * limit,
    limit,
    pressure: share,
    pBreak60: 0,
    pBreak120: 0,
    pBreak300: 0,
    timeToLimitMs: null,
    grower: null,
    ...parts,
  });

class Course {
  readonly alarms = new Alarms('s', alertPolicy('balanced'));
  atMs = startMs;
  others: readonly DiskReading[] = [];

  /** Reads the disk so often, `stepMs` apart. @returns its level after the last one. */
  read(share: number, times = 1, stepMs = 1000, parts: Partial<Forecast> = {}): WarningLevel {
    for (let count = 0; count < times; count += 1) {
      this.atMs += stepMs;
      const disk = { usedBytes: share * limit, limitBytes: limit };
      const sample: Sample = {
        kind: 'sample',
        sandboxId: 's',
        atMs: this.atMs,
        source: 'cgroup',
        cadenceMs: 1000,
        caveat: null,
        disk,
        otherDisks: this.others,
      };
      this.alarms.sample(sample, [diskAt(share, parts)]);
    }
    return this.alarms.levels(true).get('disk') ?? 'calm';
  }
}

describe('a disk that is full', () => {
  it('is critical when it became so while it was watched, however fast, and stays so as long as it is full', () => {
    const course = new Course();
    expect(course.read(0.4, 5)).toBe('calm');
    expect(course.read(1)).toBe('calm');
    expect(course.read(1)).toBe('critical');
    expect(course.read(1, 600)).toBe('critical');
    expect(course.alarms.takeChanges().filter(({ change }) => change === 'critical')).toHaveLength(1);
    expect(course.read(0.5, 60)).toBe('calm');
    expect(course.alarms.current('disk')?.outcome).toBe('recovered');
  });

  it('is no news where it was so before', () => {
    expect(new Course().read(1, 100)).toBe('calm');
    const nearly = new Course();
    nearly.read(0.98, 10);
    expect(nearly.read(1, 100)).toBe('calm');
  });

  it('is not told of again after it broke, before there was room', () => {
    const course = new Course();
    course.read(0.4, 5);
    course.read(1, 5);
    course.alarms.broke(['disk'], course.atMs);
    expect(course.read(1, 300)).toBe('calm');
    course.read(0.5, 5);
    expect(course.read(1, 2)).toBe('critical');
  });

  it('is another one in another place', () => {
    const course = new Course();
    course.read(0.4, 5, 1000, { place: '/tmp' });
    expect(course.read(1, 5, 1000, { place: '/work' })).toBe('calm');
    expect(course.read(1, 5, 1000, { place: '/tmp' })).toBe('critical');
  });
});

describe('what goes to and fro at its limit', () => {
  it('is told of once, and again only after there was real room', () => {
    const course = new Course();
    course.read(0.5, 5);
    for (let round = 0; round < 10; round += 1) {
      course.read(1, 60);
      course.read(0.95, 60);
    }
    const critical = () => course.alarms.takeChanges().filter(({ change }) => change === 'critical').length;
    expect(critical()).toBe(1);
    course.read(0.5, 60);
    course.read(1, 5);
    expect(critical()).toBe(1);
  });
});

describe('several disks', () => {
  it('have an episode each: that one is full is no reason to say nothing of another, nor is another’s end its recovery', () => {
    const course = new Course();
    const tmp = { place: '/tmp' };
    const work = { place: '/work' };
    course.read(0.4, 5, 1000, tmp);
    course.read(1, 5, 1000, tmp);
    course.read(0.5, 5, 1000, work);
    expect(course.read(1, 5, 1000, work)).toBe('critical');
    expect(course.read(0.5, 60, 1000, work)).toBe('critical');
    expect(course.alarms.takeChanges().map(({ change, warning }) => `${change} ${warning.forecast.place}`)).toEqual([
      'started /tmp',
      'warned /tmp',
      'critical /tmp',
      'started /work',
      'warned /work',
      'critical /work',
      'recovered /work',
    ]);
    course.alarms.broke(['disk'], course.atMs);
    expect(course.alarms.levels(true).size).toBe(0);
  });

  it('are told of also when they were seen with room only beside another', () => {
    const course = new Course();
    course.others = [{ place: '/tmp', usedBytes: 0.1 * limit, limitBytes: limit }];
    course.read(0.6, 5, 1000, { place: '/work' });
    course.others = [];
    expect(course.read(1, 2, 1000, { place: '/tmp' })).toBe('critical');
  });
});

describe('what is looked at every ten seconds only', () => {
  const danger = {
    pBreak60: 0.9,
    pBreak120: 0.95,
    pBreak300: 0.99,
    timeToLimitMs: { p10: 40_000, p50: 50_000, p90: 70_000 },
  };

  it('is warned of when two readings in a row say so', () => {
    const course = new Course();
    course.read(0.5, 3, 10_020);
    course.read(0.6, 1, 10_020, danger);
    expect(course.read(0.7, 1, 10_020, danger)).toBe('warn');
  });

  it('is not where a hole lies between the two', () => {
    const course = new Course();
    course.read(0.5, 30);
    course.read(0.6, 1, 1000, danger);
    expect(course.read(0.7, 1, 20_000, danger)).toBe('watch');
  });
});
