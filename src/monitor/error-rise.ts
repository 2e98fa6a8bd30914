import { dropOldest } from '../model/bounded.ts';
import type { RecognisedError } from '../model/error-event.ts';

const windowMs = 10 * 60_000;
const least = 3;
/** Different errors followed at a time, and occurrences of each. */
const mostFollowed = 50;
const mostTimes = 200;

/** One error that comes more and more often. */
export interface ErrorRise {
  /** Of the episode: it begins with the first rise and ends when the error comes less than three times in ten minutes. */
  readonly id: string;
  readonly error: RecognisedError;
  /** Within the last ten minutes. */
  readonly count: number;
  /** Within the ten minutes before. */
  readonly before: number;
  readonly atMs: number;
}

interface Course {
  times: number[];
  error: RecognisedError;
  rise: ErrorRise | null;
}

/** Watches whether one error comes at a rising rate: at least three times in ten minutes, and twice as often as in the ten before. */
export class ErrorRises {
  readonly #courses = new Map<string, Course>();

  /** @returns the rise that begins with this occurrence, once per episode, or null. */
  add(error: RecognisedError, atMs: number): ErrorRise | null {
    const { fingerprint } = error;
    const course = this.#courses.get(fingerprint) ?? { times: [], error, rise: null };
    this.#courses.delete(fingerprint);
    this.#courses.set(fingerprint, course);
    dropOldest(this.#courses, mostFollowed);
    course.error = error;
    course.times = [...course.times, atMs].slice(-mostTimes);
    const { count, before } = this.#counts(course, atMs);
    if (course.rise !== null && count >= least) return null;
    course.rise = null;
    if (count < least || count < 2 * before) return null;
    course.rise = { id: `errors/${fingerprint}/${Math.round(atMs)}`, error, count, before, atMs };
    return course.rise;
  }

  /** @returns the open rise with the most occurrences, with its present count, or null. */
  present(nowMs: number): ErrorRise | null {
    let most: ErrorRise | null = null;
    for (const course of this.#courses.values()) {
      if (course.rise === null) continue;
      const { count } = this.#counts(course, nowMs);
      if (count < least) course.rise = null;
      else if (count > (most?.count ?? 0)) most = { ...course.rise, error: course.error, count };
    }
    return most;
  }

  clear(): void {
    this.#courses.clear();
  }

  /** Compared in both directions: after a clock was set back, nothing must count for hours. */
  #counts({ times }: Course, nowMs: number): { readonly count: number; readonly before: number } {
    const ages = times.map((atMs) => Math.abs(nowMs - atMs));
    return {
      count: ages.filter((age) => age < windowMs).length,
      before: ages.filter((age) => age >= windowMs && age < 2 * windowMs).length,
    };
  }
}

/** "“No space left on device” came 4 times in ten minutes, before that once". */
export const riseText = ({ error, count, before }: ErrorRise): string =>
  `“${error.title}” came ${count} times in ten minutes${before === 0 ? '' : `, ${before === 1 ? 'once' : `${before} times`} in the ten before`}`;
