import { coursesOf } from '../../app/post-mortem/courses.ts';
import type { Course } from '../../model/dashboard/parts.ts';
import type { SignalCourse } from '../../model/post-mortem.ts';
import type { Sample } from '../../model/sample.ts';
import { unitOf } from '../../model/signal.ts';
import type { PressureHistory } from '../../model/view.ts';
import { signalWords } from '../text/words.ts';

/** How far the values of `PressureHistory` lie apart. */
const sparkStepMs = 5_000;

/** @returns a course as the page draws it: without the times at which nothing was told. */
export const shownCourse = ({ signal, unit, timesMs, used, limit }: SignalCourse): Course => {
  const at: number[] = [];
  const values: number[] = [];
  const limits: (number | null)[] = [];
  timesMs.forEach((atMs, index) => {
    const value = used[index] ?? null;
    if (value === null || !Number.isFinite(value)) return;
    const bound = limit[index] ?? null;
    at.push(atMs);
    values.push(value);
    limits.push(bound !== null && Number.isFinite(bound) ? bound : null);
  });
  return { signal, word: signalWords[signal], unit, timesMs: at, used: values, limit: limits };
};

/** @returns one course for each signal that `samples` (oldest first) tell of. */
export const shownCourses = (samples: readonly Sample[]): readonly Course[] => coursesOf(samples).map(shownCourse);

/**
 * The courses of a sandbox whose samples were not kept, from what its view remembers for the sparklines: pressures in steps of five
 * seconds, without times of their own.
 * @param limitOf the present limit of a signal, null where there is none.
 */
export const coursesOfPressures = (
  history: readonly PressureHistory[],
  lastAtMs: number,
  limitOf: (signal: PressureHistory['signal']) => number | null,
): readonly Course[] =>
  history.flatMap(({ signal, values }) => {
    const limit = limitOf(signal);
    if (limit === null || signal === 'expiry' || values.length < 2) return [];
    // The newest value belongs to a sample that comes by itself.
    const past = values.slice(0, -1);
    return [
      {
        signal,
        word: signalWords[signal],
        unit: unitOf(signal),
        timesMs: past.map((_, index) => lastAtMs - (past.length - index) * sparkStepMs),
        used: past.map((pressure) => pressure * limit),
        limit: past.map(() => limit),
      },
    ];
  });

/** @returns `later` with what `earlier` tells of the time before it, signal by signal. */
export const joinCourses = (earlier: readonly Course[], later: readonly Course[]): readonly Course[] => [
  ...later.map((course) => {
    const before = earlier.find(({ signal }) => signal === course.signal);
    return before === undefined
      ? course
      : {
          ...course,
          timesMs: [...before.timesMs, ...course.timesMs],
          used: [...before.used, ...course.used],
          limit: [...before.limit, ...course.limit],
        };
  }),
  ...earlier.filter(({ signal }) => later.every((course) => course.signal !== signal)),
];
